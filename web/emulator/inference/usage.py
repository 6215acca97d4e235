"""Rows of system.serving.endpoint_usage, written when usage tracking is on (columns of the vendor's table)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from web.emulator.models.base import Payload
from web.emulator.people import Person
from web.emulator.serving.endpoint import Endpoint, Entity
from web.emulator.world import World


def tracked(endpoint: Endpoint) -> bool:
    """Whether usage tracking is on."""
    return bool(((endpoint.ai_gateway or {}).get("usage_tracking_config") or {}).get("enabled"))


def tokens(answer: Payload | None) -> tuple[int, int]:
    """(input, output) tokens an answer reports, in either vocabulary."""
    spent = (answer or {}).get("usage") or ((answer or {}).get("response") or {}).get("usage") or {}
    given = int(spent.get("prompt_tokens", spent.get("input_tokens", 0)) or 0)
    return given, int(spent.get("completion_tokens", spent.get("output_tokens", 0)) or 0)


def row(
    world: World, endpoint: Endpoint, entity: Entity, person: Person, payload: Payload, *,
    status: int, request_id: str, spent: tuple[int, int], characters: tuple[int, int],
) -> dict[str, Any]:  # fmt: skip
    """One row. Times are ISO texts in UTC; `usage_context` is what the request carried."""
    from web.emulator.world import ACCOUNT_ID, WORKSPACE_ID

    at = datetime.fromtimestamp(world.clock.now_ms() / 1000, UTC)
    return {
        "account_id": ACCOUNT_ID,
        "workspace_id": WORKSPACE_ID,
        "client_request_id": payload.get("client_request_id"),
        "databricks_request_id": request_id,
        "requester": person.user_name,
        "status_code": status,
        "request_time": at.isoformat(timespec="milliseconds"),
        "input_token_count": spent[0],
        "output_token_count": spent[1],
        "input_character_count": characters[0],
        "output_character_count": characters[1],
        "usage_context": payload.get("usage_context") or {},
        "request_streaming": payload.get("stream") is True,
        "served_entity_id": entity.id,
        "endpoint_name": endpoint.name,
    }
