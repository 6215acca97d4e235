"""The submitted Telemetry form → the change, and back."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.checks import check
from web.changes.forms.tree import Tree, carried, leftover, merged, text
from web.changes.kinds import Change, Kind
from web.changes.telemetry import FEATURES, PREFIX, TABLES, config_of

LABELS = {
    "LOGS": "Logs: what the model writes",
    "TRACES": "Traces of each call",
    "METRICS": "Metrics",
    "INFERENCE_TABLE": "Calls and answers",
}


@dataclass
class TelemetryForm:
    """`on` of FEATURES; table names by field; `profile` an id that exists; `sampling` a fraction from 0 to 1."""

    on: set[str] = field(default_factory=set)
    tables: dict[str, str] = field(default_factory=dict)
    profile: str = ""
    sampling: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(fields: Tree) -> TelemetryForm:
    """The submitted form."""
    form = TelemetryForm(profile=text(fields, "profile"), sampling=text(fields, "sampling"), extra=carried(fields))
    form.on = {name for name in FEATURES if text(fields, name)}
    form.tables = {name: text(fields, name) for name in TABLES if text(fields, name)}
    return form


def write(form: TelemetryForm) -> dict[str, Any]:
    """The body of the change; nothing ticked takes telemetry away."""
    if not form.on:
        return {}
    out: dict[str, Any] = {"enabled_telemetry_features": [PREFIX + name for name in FEATURES if name in form.on]}
    if form.tables:
        out["table_names"] = form.tables
    elif form.profile:
        out["telemetry_profile_id"] = form.profile
    if form.sampling:
        out["inference_table_config"] = {"sampling_fraction": _number(form.sampling)}
    return {"telemetry_config": merged(form.extra, out)}


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def opened(holder: dict[str, Any]) -> TelemetryForm:
    """The form of an endpoint's JSON, or of a change's body."""
    config = config_of(holder)
    given = {str(f).removeprefix(PREFIX) for f in config.get("enabled_telemetry_features") or []}
    tables = config.get("table_names") or {}
    sampling = (config.get("inference_table_config") or {}).get("sampling_fraction")
    form = TelemetryForm(
        on=given & set(FEATURES),
        tables={name: str(tables[name]) for name in TABLES if tables.get(name)},
        profile=str(config.get("telemetry_profile_id") or ""),
        sampling="" if sampling is None else str(sampling),
    )
    form.extra = leftover(config, write(form).get("telemetry_config", config))
    return form


def review(fields: Tree, name: str) -> tuple[TelemetryForm, Change | None]:
    """The form and, when nothing is wrong with it, its change."""
    form = read(fields)
    change = Change(kind=Kind.TELEMETRY, endpoint=name, body=write(form))
    for finding in check(change):
        form.errors.setdefault(
            finding.path.removeprefix("telemetry_config.").removeprefix("table_names."), finding.message
        )
    share = _number(form.sampling) if form.sampling else 0.0
    if isinstance(share, str) or not 0 <= share <= 1:
        form.errors["sampling"] = "A number from 0 to 1."
    return form, None if form.errors else change
