"""Waking an entity that has scaled to zero: the first requests wait for it, as on the real service."""

from __future__ import annotations

import asyncio

from web.emulator.serving import lifecycle
from web.emulator.serving.endpoint import Entity
from web.emulator.wire import ApiError
from web.emulator.world import World

_LOOK_AGAIN_S = 0.1


async def wake(world: World, entity: Entity) -> float:
    """Wait until the entity runs; gives the seconds waited. Raises 503/504 where the switch says it does not wait."""
    began = asyncio.get_running_loop().time()
    while left_ms := lifecycle.wake(world, entity):
        status = world.switches.cold_start_status
        if status:
            code = "DEADLINE_EXCEEDED" if status == 504 else "TEMPORARILY_UNAVAILABLE"
            raise ApiError(
                status, code, f"Served entity '{entity.name()}' is scaling from zero. Try again in a moment."
            )
        await asyncio.sleep(min(left_ms / 1000, _LOOK_AGAIN_S))
    return asyncio.get_running_loop().time() - began
