"""The traffic split: routes of integers that sum to 100 (§3.2)."""

from __future__ import annotations

from typing import Any

from web.emulator.serving.endpoint import Entity
from web.emulator.wire import invalid


def routes(config: dict[str, Any], entities: list[Entity], kind: str) -> list[tuple[str, int]]:
    """The routes of a config; a single entity gets everything when none are sent. Raises 400."""
    sent = (config.get("traffic_config") or {}).get("routes")
    known = [entity.name() for entity in entities]
    if not sent:
        if len(entities) > 1 and kind != "provisioned":
            raise invalid("traffic_config must be specified when there is more than one served entity.")
        return [(name, 100 if place == 0 else 0) for place, name in enumerate(known)]
    found: dict[str, int] = {}
    for route in sent:
        name, percent = _route(route)
        if name not in known:
            raise invalid(
                f"Traffic route '{name}' does not match any served entity. Served entities: {', '.join(known)}."
            )
        if name in found:
            raise invalid(f"Traffic route '{name}' is given more than once.")
        found[name] = percent
    total = sum(found.values())
    if total != 100:
        raise invalid(f"Traffic percentages must sum to 100, but sum to {total}.")
    return list(found.items())


def _route(route: Any) -> tuple[str, int]:
    if not isinstance(route, dict):
        raise invalid("Each route must be an object.")
    entity, model = route.get("served_entity_name"), route.get("served_model_name")
    if entity and model and entity != model:
        raise invalid(f"Route names '{entity}' and '{model}' contradict each other.")
    percent = route.get("traffic_percentage")
    if not isinstance(percent, int) or isinstance(percent, bool) or not 0 <= percent <= 100:
        raise invalid(f"traffic_percentage must be an integer between 0 and 100, but is {percent}.")
    return str(entity or model or ""), percent
