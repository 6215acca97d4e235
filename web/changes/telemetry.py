"""telemetry.update: OpenTelemetry logs, traces and metrics of an endpoint in Unity Catalog tables (reference §1.1).

`table_names` are written and never shown again: the workspace turns them into a `telemetry_profile_id`.
"""

from collections.abc import Iterator
from typing import Any

from web.workspace import serving

FEATURES = ("LOGS", "TRACES", "METRICS", "INFERENCE_TABLE")
PREFIX = "TELEMETRY_FEATURE_"
TABLES = ("logs_table", "traces_table", "metrics_table", "annotations_table")
Breach = tuple[str, str]


def config_of(holder: dict[str, Any]) -> dict[str, Any]:
    """The telemetry of an endpoint's JSON or a change's body; empty when there is none."""
    found = holder.get("telemetry_config")
    return found if isinstance(found, dict) else {}


def telemetry_breaches(body: dict[str, Any]) -> Iterator[Breach]:
    """(path, what to do) for each broken rule. An empty config takes telemetry away and breaks none."""
    config = config_of(body)
    if not config:
        return
    features = config.get("enabled_telemetry_features")
    known = {PREFIX + name for name in FEATURES}
    if not isinstance(features, list) or not features or not set(map(str, features)) <= known:
        yield "telemetry_config.enabled_telemetry_features", "Choose what to record: logs, traces, metrics or calls."
    if bool(config.get("table_names")) == bool(config.get("telemetry_profile_id")):
        yield "telemetry_config.table_names", "Give either table names or a telemetry profile, not both."
    for name, table in (config.get("table_names") or {}).items():
        if str(table).count(".") != 2 or not all(str(table).split(".")):
            yield f"telemetry_config.table_names.{name}", "A table is named catalog.schema.table."


def telemetry_blockers(live: dict[str, Any]) -> Iterator[Breach]:
    """(path, reason) for what the endpoint as it is forbids."""
    if reason := unsupported(live):
        yield "", reason
    elif (live.get("state") or {}).get("config_update") == "IN_PROGRESS":
        yield "", "A config update is in progress: telemetry cannot be changed until it has ended."


def unsupported(live: dict[str, Any]) -> str:
    """Why this endpoint takes no telemetry; "" when it does."""
    if serving.kind_of(live) in ("external", "foundation"):
        return "Telemetry is for models that run on your own compute, not for external and foundation models."
    return "" if live.get("config") else "The endpoint serves nothing yet. Give it a config first."


def telemetry_shows(body: dict[str, Any], live: dict[str, Any]) -> bool:
    """Whether the live endpoint shows what was asked; table names cannot be seen."""
    wanted = {k: v for k, v in config_of(body).items() if k != "table_names"}
    have = config_of(live)
    return bool(config_of(body)) == bool(have) and all(have.get(k) == v for k, v in wanted.items())
