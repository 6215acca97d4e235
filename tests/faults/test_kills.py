"""kill -9 of the real process at random moments: no effect without an intent, nothing twice, nothing unsettled."""

import os
import random
import time
from collections.abc import Callable

from tests.faults.crowd import Crowd, recovered
from tests.servers import Portal
from web.emulator.server import Emulator

SOAK = bool(os.environ.get("PORTAL_SOAK"))
ROUNDS = int(os.environ.get("PORTAL_KILLS", "200")) if SOAK else 2
LOOK_EVERY = 10 if SOAK else 2
SEED = int(os.environ.get("PORTAL_SEED", "9130"))


def test_a_kill_at_any_moment_of_a_change_loses_and_doubles_nothing(
    start_portal: Callable[..., Portal], emulator: Emulator
) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a seed, no secret
    recovery: list[float] = []
    for turn in range(ROUNDS):
        emulator.world.clock.advance(600)
        portal = start_portal(PORTAL_SETTLE_EVERY_S="0.2")
        crowd = Crowd(portal, dice)
        crowd.start()
        time.sleep(0.1 + dice.random() * 0.9)
        portal.kill()
        crowd.end()
        if turn % LOOK_EVERY == LOOK_EVERY - 1:
            recovery.append(recovered(start_portal, emulator))
            print(f"seed {SEED}, after {turn + 1} kills: settled {recovery[-1]:.1f} s after the start", flush=True)
    print(f"seed {SEED}: {ROUNDS} kills, slowest recovery {max(recovery):.1f} s")
