"""Waking an entity that has scaled to zero: the first requests wait for it, as on the real service."""

from __future__ import annotations

import asyncio

from web.emulator.serving.endpoint import Entity
from web.emulator.wire import ApiError
from web.emulator.world import World

COLD_START_S = 15.0
ASLEEP = "Scaled to zero"
WAKING = "Scaling from zero…"


async def wake(world: World, entity: Entity) -> float:
    """Wait until the entity runs; gives the seconds waited. Raises 503/504 where the switch says it does not wait."""
    entity.last_request_ms = world.clock.now_ms()
    starts: dict[str, asyncio.Task[None]] = world.state.setdefault("cold_starts", {})
    if entity.message == ASLEEP:
        entity.message = WAKING
        starts[entity.id] = asyncio.create_task(_start(world, entity))
    start = starts.get(entity.id)
    if start is None or start.done():
        return 0.0
    if world.switches.cold_start_status:
        raise ApiError(
            world.switches.cold_start_status,
            "TEMPORARILY_UNAVAILABLE",
            "The served entity is scaling from zero. Try again.",
        )
    began = asyncio.get_running_loop().time()
    await asyncio.shield(start)
    return asyncio.get_running_loop().time() - began


async def _start(world: World, entity: Entity) -> None:
    await asyncio.sleep(world.clock.span_ms(COLD_START_S) / 1000)
    entity.message = ""
    entity.last_request_ms = world.clock.now_ms()
