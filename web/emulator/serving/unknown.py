"""Fields of a config that no released client knows: kept and shown again, where the switch says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Fields = dict[str, Any]
OWNED = {"state", "creator", "creation_timestamp", "foundation_model", "type", "min_dbus", "max_dbus", "id"}
HIDDEN = {"burst_scaling_enabled"}
ROUTE = {"served_entity_name", "served_model_name", "traffic_percentage"}
CONFIG = {
    "name", "config", "config_version", "start_time", "served_entities", "served_models", "traffic_config",
    "auto_capture_config",
}  # fmt: skip


@dataclass(frozen=True)
class Unknown:
    """By place: of each entity and route by its name, of the traffic and of the config as a whole."""

    entities: dict[str, Fields] = field(default_factory=dict)
    routes: dict[str, Fields] = field(default_factory=dict)
    traffic: Fields = field(default_factory=dict)
    config: Fields = field(default_factory=dict)


def found(body: Fields, entities: dict[str, Fields], known: set[str]) -> Unknown:
    """What a request body has beside the fields of today. `entities` are those sent, by name; `known` their fields."""
    traffic = body.get("traffic_config") or {}
    routes = {str(r.get("served_entity_name") or r.get("served_model_name")): r for r in traffic.get("routes") or []}
    return Unknown(
        {name: _rest(entity, known | OWNED | HIDDEN) for name, entity in entities.items()},
        {name: _rest(route, ROUTE) for name, route in routes.items()},
        _rest(traffic, {"routes"}),
        _rest(body, CONFIG),
    )


def _rest(given: Fields, known: set[str]) -> Fields:
    return {name: value for name, value in given.items() if name not in known}


def add(shown: Fields, unknown: Unknown) -> Fields:
    """A config as the API shows it, with these fields in it."""
    for entity in shown["served_entities"]:
        entity.update(unknown.entities.get(entity["name"], {}))
    for route in shown["traffic_config"]["routes"]:
        route.update(unknown.routes.get(route["served_entity_name"], {}))
    shown["traffic_config"].update(unknown.traffic)
    return {**shown, **unknown.config}
