"""What a workspace holds at first: demo, empty (everything but endpoints) or fleet:N (N endpoints)."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

from web.emulator import seed_around, seed_demo, seed_fleet
from web.emulator.models.demo_catalog import fill

if TYPE_CHECKING:
    from web.emulator.world import World

NAMES = re.compile(r"demo|empty|fleet:(\d{1,6})")


def check(name: str) -> str:
    """The name of a seed, as it is. Raises ArgumentTypeError for an unknown one."""
    if not NAMES.fullmatch(name):
        raise ArgumentTypeError(f"unknown seed {name!r}: use demo, empty or fleet:N")
    return name


def plant(world: World, name: str) -> None:
    """Fill an empty world. Raises ArgumentTypeError for an unknown seed."""
    match = NAMES.fullmatch(check(name))
    seed_around.people(world)
    fill(world.catalog, world.clock.now_ms())
    seed_around.registry(world)
    seed_around.secrets(world)
    seed_around.warehouses(world)
    world.volumes.add("/Volumes/main/ops/portal", "portal-app")
    if name == "demo":
        seed_demo.plant(world)
        seed_around.apps(world)
    elif match and match[1]:
        seed_fleet.plant(world, int(match[1]))
