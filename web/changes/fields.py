"""The field registry: which fields of an endpoint the workspace owns, never returns, or never lets change.

One table for the editor, the diff, the read-back and the drift view (reference §1.4, §1.5; CLI's input_only and
recreate_on_changes lists). A field that is not named here is carried through untouched.
"""

from dataclasses import dataclass
from typing import Any, Literal

Blast = Literal["none", "instant", "rollout", "recreate", "destroy"]
BLAST_ORDER: tuple[Blast, ...] = ("none", "instant", "rollout", "recreate", "destroy")


@dataclass(frozen=True)
class Field:
    """What is known of one field. `path` uses `[]` for "each item"."""

    path: str
    read_only: bool = False
    write_only: bool = False
    immutable: bool = False
    server_default: Any = None
    note: str = ""


ENTITY = "config.served_entities[]."
REGISTRY: tuple[Field, ...] = (
    Field("name", immutable=True, note="An endpoint keeps its name; a new name is a new endpoint."),
    Field("description", immutable=True, note="The workspace takes a description at creation only."),
    Field("route_optimized", immutable=True, note="Route optimization is chosen at creation only."),
    Field("budget_policy_id", immutable=True, write_only=True, note="Changed in the Databricks console only."),
    Field("config.auto_capture_config", immutable=True, note="Legacy inference tables cannot be moved."),
    Field("config.config_version", read_only=True),
    Field("config.start_time", read_only=True),
    Field("config.served_models", read_only=True, note="The deprecated mirror of served_entities."),
    Field(ENTITY + "state", read_only=True),
    Field(ENTITY + "creator", read_only=True),
    Field(ENTITY + "creation_timestamp", read_only=True),
    Field(ENTITY + "foundation_model", read_only=True),
    Field(ENTITY + "type", read_only=True),
    Field(ENTITY + "min_dbus", read_only=True),
    Field(ENTITY + "max_dbus", read_only=True),
    Field(ENTITY + "burst_scaling_enabled", write_only=True, note="The workspace takes it and never shows it."),
    Field(ENTITY + "workload_type", server_default="CPU"),
    Field(ENTITY + "workload_size", server_default="Small"),
    Field("telemetry_config.table_names", write_only=True, note="Turned into a telemetry profile."),
)

READ_ONLY_ENTITY = frozenset(f.path.removeprefix(ENTITY) for f in REGISTRY if f.read_only and f.path.startswith(ENTITY))
READ_ONLY_CONFIG = frozenset(
    f.path.removeprefix("config.")
    for f in REGISTRY
    if f.read_only and f.path.startswith("config.") and "[]" not in f.path
)
WRITE_ONLY_ENTITY = frozenset(
    f.path.removeprefix(ENTITY) for f in REGISTRY if f.write_only and f.path.startswith(ENTITY)
)
PLAINTEXT = "_plaintext"

# What names an item, so that lists compare without regard to order.
ITEM_KEYS: dict[str, tuple[str, ...]] = {
    "served_entities": ("name",),
    "routes": ("served_entity_name", "served_model_name"),
    "tags": ("key",),
    "resources": ("name",),
    "rate_limits": ("key", "principal"),
    "access_control_list": ("user_name", "group_name", "service_principal_name"),
}


def current_config(live: dict[str, Any]) -> dict[str, Any]:
    """The config an edit starts from: what serves, else what is being tried, else nothing."""
    config = live.get("config") or live.get("pending_config") or {}
    return config if isinstance(config, dict) else {}


def writable_entity(entity: dict[str, Any]) -> dict[str, Any]:
    """A served entity as PUT config takes it: everything but what the workspace owns."""
    return {k: v for k, v in entity.items() if k not in READ_ONLY_ENTITY}


def writable_route(route: dict[str, Any]) -> dict[str, Any]:
    """A route by its served entity; the deprecated twin name goes."""
    rest = {k: v for k, v in route.items() if k not in ("served_model_name", "served_entity_name")}
    return {"served_entity_name": route_name(route), **rest}


def route_name(route: dict[str, Any]) -> str:
    """The served entity a route names, by either of its two names."""
    return str(route.get("served_entity_name") or route.get("served_model_name") or "")


def writable_config(config: dict[str, Any]) -> dict[str, Any]:
    """A config as PUT config takes it, unknown fields included."""
    out = {k: v for k, v in config.items() if k not in READ_ONLY_CONFIG}
    out["served_entities"] = [writable_entity(e) for e in config.get("served_entities") or []]
    traffic = config.get("traffic_config") or {}
    routes = [writable_route(r) for r in traffic.get("routes") or []]
    out["traffic_config"] = {**traffic, "routes": routes}
    capture = out.get("auto_capture_config")
    if isinstance(capture, dict):
        out["auto_capture_config"] = {k: v for k, v in capture.items() if k != "state"}
    return out


def tags_of(live: dict[str, Any]) -> dict[str, str]:
    """The tags as a mapping; a tag without a value has ''."""
    return {
        str(t["key"]): str(t.get("value") or "") for t in live.get("tags") or [] if isinstance(t, dict) and "key" in t
    }


def editable(live: dict[str, Any]) -> dict[str, Any]:
    """The parts of an endpoint that a person can change, in the shape that is hashed, compared and restored."""
    return {
        "config": writable_config(current_config(live)) if current_config(live) else {},
        "tags": [{"key": k, "value": v} for k, v in sorted(tags_of(live).items())],
        "ai_gateway": live.get("ai_gateway") or {},
        "email_notifications": live.get("email_notifications") or {},
        "suspended": (live.get("state") or {}).get("suspend") == "STOPPED",
        "id": live.get("id"),
    }
