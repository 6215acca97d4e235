"""The endpoint as it will be after a Change, for the texts that describe a state instead of requests."""

from dataclasses import dataclass
from typing import Any

from web.changes.calls import desired_config, uses_model_units
from web.changes.fields import current_config, tags_of, writable_config
from web.changes.kinds import Change, Kind
from web.changes.spell.shapes import ENDPOINT, LEVELS

RESTORED = ("config", "tags", "ai_gateway", "email_notifications")
GRANTEES = ("user_name", "group_name", "service_principal_name")


@dataclass(frozen=True)
class Resulting:
    """`spec` has the shape of a create request; `grants` the direct grants, None when nobody said what they are."""

    spec: dict[str, Any]
    grants: list[dict[str, str]] | None
    exists: bool
    endpoint_id: str
    model_units: bool


def resulting(change: Change, live: dict[str, Any] | None) -> Resulting:
    """What the endpoint will be. Without `live` only what the Change itself says is known."""
    spec = _created(change) if change.kind is Kind.CREATE else _edited(change, live or {})
    spec["config"] = _clean_config(spec.get("config"))
    return Resulting(
        spec={"name": change.endpoint, **{k: v for k, v in spec.items() if v not in (None, {}, [])}},
        grants=_grants(change, live or {}),
        exists=change.kind is not Kind.CREATE,
        endpoint_id=str((live or {}).get("id") or ""),
        model_units=isinstance(spec["config"], dict) and uses_model_units(spec["config"]),
    )


def _created(change: Change) -> dict[str, Any]:
    return {k: v for k, v in change.body.items() if k not in ("name", "permissions")}


def _edited(change: Change, live: dict[str, Any]) -> dict[str, Any]:
    spec = {k: live[k] for k in ENDPOINT if k in live and k != "name"}
    spec["config"] = current_config(live)
    if change.kind in (Kind.CONFIG, Kind.TRAFFIC):
        spec["config"] = desired_config(change, live)
    elif change.kind is Kind.TAGS:
        spec["tags"] = _tags(change, live)
    elif change.kind is Kind.GATEWAY:
        spec["ai_gateway"] = change.body
    elif change.kind is Kind.NOTIFICATIONS:
        spec["email_notifications"] = change.body.get("email_notifications")
    elif change.kind is Kind.TELEMETRY:
        spec["telemetry_config"] = change.body.get("telemetry_config")
    elif change.kind is Kind.RESTORE:
        spec |= {part: change.body[part] for part in RESTORED if part in change.body}
    return spec


def _tags(change: Change, live: dict[str, Any]) -> list[dict[str, str]]:
    tags = {**tags_of(live), **(change.body.get("add") or {})}
    gone = set(change.body.get("delete") or [])
    return [{"key": k, "value": v} for k, v in sorted(tags.items()) if k not in gone]


def _clean_config(config: Any) -> Any:
    """Without what the workspace owns; a config of an odd shape stays for the shapes to sort out."""
    if not isinstance(config, dict) or not config:
        return config
    entities, traffic = config.get("served_entities") or [], config.get("traffic_config") or {}
    routes = traffic.get("routes") or [] if isinstance(traffic, dict) else None
    if not _objects(entities) or not _objects(routes):
        return config
    mirror = {} if entities else {k: v for k, v in config.items() if k == "served_models"}
    return {**writable_config(config), **mirror}


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _grants(change: Change, live: dict[str, Any]) -> list[dict[str, str]] | None:
    """Direct grants from the Change, else from an `access_control_list` beside the live endpoint."""
    if change.kind is Kind.CREATE or (change.kind is Kind.RESTORE and change.body.get("permissions")):
        entries = change.body.get("permissions")
    elif change.kind is Kind.PERMISSIONS:
        entries = change.body.get("access_control_list")
    else:
        entries = live.get("access_control_list")
    if not isinstance(entries, list):
        return None
    return [grant for entry in entries if isinstance(entry, dict) for grant in _direct(entry)]


def _direct(entry: dict[str, Any]) -> list[dict[str, str]]:
    """A grant as it is asked for, or each direct level of one as it is answered."""
    who = {k: str(entry[k]) for k in GRANTEES if entry.get(k)}
    levels = [entry.get("permission_level")]
    if isinstance(entry.get("all_permissions"), list):
        given = [p for p in entry["all_permissions"] if isinstance(p, dict)]
        levels = [p.get("permission_level") for p in given if not p.get("inherited")]
    return [{**who, "permission_level": str(level)} for level in levels if level in LEVELS and len(who) == 1]
