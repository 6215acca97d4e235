"""Two weeks of rows in `system.serving.endpoint_usage` for the endpoints that track usage."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from web.emulator.seed_parts import DAY_MS
from web.emulator.serving.endpoint import Entity

if TYPE_CHECKING:
    from web.emulator.world import World

DAYS, PER_DAY = 14, 24
REQUESTERS = ("bob@example.com", "frank@example.com", "erin@example.com", "grace@example.com")
STATUSES = (200,) * 46 + (429, 429, 400, 500)


def plant(world: World) -> None:
    """The same rows each time, apart from their dates."""
    dice = random.Random(4711)
    for endpoint in world.endpoints.values():
        if endpoint.config is None or not (endpoint.ai_gateway or {}).get("usage_tracking_config"):
            continue
        talks = endpoint.kind == "external"
        entities = {entity.name(): entity for entity in endpoint.config.entities}
        weights = [share or 2 for _, share in endpoint.config.routes]
        names = [name for name, _ in endpoint.config.routes]
        for _ in range(DAYS * PER_DAY):
            name = dice.choices(names, weights)[0]
            world.usage.append(_row(world, dice, entities[name], talks) | {"endpoint_name": endpoint.name})
    world.usage.sort(key=lambda row: str(row["request_time"]))


def _row(world: World, dice: random.Random, entity: Entity, talks: bool) -> dict[str, Any]:
    from web.emulator.world import ACCOUNT_ID, WORKSPACE_ID

    at = world.clock.now_ms() - dice.randrange(60_000, DAYS * DAY_MS)
    status = dice.choice(STATUSES)
    tokens = (dice.randrange(40, 900), dice.randrange(20, 600) if status == 200 else 0) if talks else (0, 0)
    return {
        "account_id": ACCOUNT_ID, "workspace_id": WORKSPACE_ID, "client_request_id": None,
        "databricks_request_id": str(UUID(int=dice.getrandbits(128), version=4)), "requester": dice.choice(REQUESTERS),
        "status_code": status,
        "request_time": datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds"),
        "input_token_count": tokens[0], "output_token_count": tokens[1], "input_character_count": tokens[0] * 4,
        "output_character_count": tokens[1] * 4, "usage_context": {},
        "request_streaming": talks and dice.random() < 0.4,
        "served_entity_id": entity.id,
    }  # fmt: skip
