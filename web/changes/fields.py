"""The field registry: which fields of an endpoint the workspace owns, never returns, or never lets change, which lists
have no order, and how far a change of a field reaches.

One table for the editor, the diff, the read-back and the drift view (reference §1.4, §1.5; CLI's input_only and
recreate_on_changes lists). A field that is not named here is carried through untouched, and reaches as far as what it
lies in.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Blast = Literal["none", "instant", "rollout", "recreate", "destroy"]
BLAST_ORDER: tuple[Blast, ...] = ("none", "instant", "rollout", "recreate", "destroy")


@dataclass(frozen=True)
class Field:
    """What is known of one field. `path` uses `[]` for "each item"; `items` names an item of a list without order;
    `reach`: how far a change of it goes, None: as far as what it lies in."""

    path: str
    read_only: bool = False
    write_only: bool = False
    immutable: bool = False
    server_default: Any = None
    items: tuple[str, ...] = ()
    reach: Blast | None = None
    note: str = ""


ENTITY = "config.served_entities[]."
REGISTRY: tuple[Field, ...] = (
    Field("config", reach="rollout", note="A new config version, rolled out while the old one serves."),
    Field("config.served_entities[]", items=("name",), reach="rollout", note="The entity is built again."),
    Field(
        "config.traffic_config.routes[]",
        items=("served_entity_name", "served_model_name"),
        reach="rollout",
        note="Traffic moves.",
    ),
    Field("tags[]", items=("key",), reach="instant"),
    Field("ai_gateway", reach="instant", note="Takes up to a minute to reach every caller."),
    Field("ai_gateway.rate_limits[]", items=("key", "principal")),
    Field("email_notifications", reach="instant"),
    Field("telemetry_config", reach="instant"),
    Field("access_control_list[]", items=("user_name", "group_name", "service_principal_name"), reach="instant"),
    Field("resources[]", items=("name",), reach="instant"),
    Field("suspended", reach="instant"),
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

# What names an item, so that lists compare without regard to order.
ITEM_KEYS: dict[str, tuple[str, ...]] = {
    f.path.rpartition(".")[2].removesuffix("[]"): f.items for f in REGISTRY if f.items
}
_BY_PATH = {f.path: f for f in REGISTRY}
_ITEM = re.compile(r"\[[^\[\]]*\]")


@lru_cache(maxsize=4096)
def lineage(path: str) -> tuple[Field, ...]:
    """What the registry knows of the field a diff's path names, and of what it lies in; the field itself first."""
    generic = _ITEM.sub("[]", path)
    steps = [generic]
    while "." in generic or generic.endswith("[]"):
        generic = generic[:-2] if generic.endswith("[]") else generic.rpartition(".")[0]
        steps.append(generic)
    return tuple(_BY_PATH[step] for step in steps if step in _BY_PATH)


def reach_of(path: str) -> Blast:
    """How far a change of this field goes."""
    known = lineage(path)
    if any(f.immutable for f in known):
        return "recreate"
    return next((f.reach for f in known if f.reach), "instant")


def is_default(path: str, value: Any) -> bool:
    """Whether the workspace itself would set this value where none is given. `path` may leave out `config.`"""
    for full in (path, f"config.{path}"):
        known = lineage(full)
        if known and known[0].path == _ITEM.sub("[]", full):
            return known[0].server_default is not None and bool(known[0].server_default == value)
    return False


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
