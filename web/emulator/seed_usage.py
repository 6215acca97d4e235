"""Two weeks of rows in `system.serving.endpoint_usage` for the endpoints that track usage."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from web.emulator.seed_parts import DAY_MS

if TYPE_CHECKING:
    from web.emulator.world import World

DAYS, PER_DAY = 14, 24
REQUESTERS = ("bob@example.com", "frank@example.com", "erin@example.com", "grace@example.com")
STATUSES = (200,) * 46 + (429, 429, 400, 500)


@dataclass(frozen=True)
class Served:
    """An endpoint whose calls are counted: whether it `talks` in tokens, what it serves by id, and each share."""

    name: str
    talks: bool
    entities: list[str]
    weights: list[int]


def plant(world: World) -> None:
    """The same rows each time, apart from their dates."""
    now, served = world.clock.now_ms(), list[Served]()
    for endpoint in world.endpoints.values():
        if endpoint.config is None or not (endpoint.ai_gateway or {}).get("usage_tracking_config"):
            continue
        talks = endpoint.kind == "external"
        entities = {entity.name(): entity for entity in endpoint.config.entities}
        weights = [share or 2 for _, share in endpoint.config.routes]
        names = [name for name, _ in endpoint.config.routes]
        served.append(Served(endpoint.name, talks, [entities[name].id for name in names], weights))
    world.earlier_usage = lambda: _rows(now, served)


def _rows(now: int, served: list[Served]) -> list[dict[str, Any]]:
    dice = random.Random(4711)
    rows = []
    for one in served:
        for _ in range(DAYS * PER_DAY):
            entity = dice.choices(one.entities, one.weights)[0]
            rows.append(_row(now, dice, entity, one.talks) | {"endpoint_name": one.name})
    return sorted(rows, key=lambda row: str(row["request_time"]))


def _row(now: int, dice: random.Random, entity: str, talks: bool) -> dict[str, Any]:
    from web.emulator.world import ACCOUNT_ID, WORKSPACE_ID

    at = now - dice.randrange(60_000, DAYS * DAY_MS)
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
        "served_entity_id": entity,
    }  # fmt: skip
