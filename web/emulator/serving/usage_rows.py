"""Rows of `system.serving.served_entities`: written whenever a config is tried (§2.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.emulator.serving.endpoint import Config, Endpoint, Entity

if TYPE_CHECKING:
    from web.emulator.world import World

ENTITY_TYPES = {
    "custom": "CUSTOM_MODEL",
    "provisioned": "FOUNDATION_MODEL",
    "foundation": "FOUNDATION_MODEL",
    "external": "EXTERNAL_MODEL",
    "feature": "FEATURE_SPEC",
}


def record(world: World, endpoint: Endpoint, config: Config) -> None:
    """Add a row per entity of a config; `change_time` is its start (virtual ms)."""
    world.served_entities += [_row(endpoint, config, entity) for entity in config.entities]


def close(world: World, endpoint: Endpoint) -> None:
    """Mark the rows of a deleted endpoint with the time of its deletion (virtual ms)."""
    for row in world.served_entities:
        if row["endpoint_name"] == endpoint.name and row["endpoint_delete_time"] is None:
            row["endpoint_delete_time"] = world.clock.now_ms()


def _row(endpoint: Endpoint, config: Config, entity: Entity) -> dict[str, Any]:
    model = entity.spec.get("external_model") or {}
    return {
        "served_entity_id": entity.id,
        "created_by": endpoint.creator,
        "endpoint_name": endpoint.name,
        "endpoint_id": endpoint.id,
        "served_entity_name": entity.name(),
        "entity_type": ENTITY_TYPES.get(endpoint.kind, "CUSTOM_MODEL"),
        "entity_name": entity.spec.get("entity_name") or model.get("name"),
        "entity_version": entity.spec.get("entity_version"),
        "endpoint_config_version": config.version,
        "task": endpoint.task,
        "change_time": config.start_ms,
        "endpoint_delete_time": None,
    }
