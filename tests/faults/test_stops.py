"""SIGTERM under load, with hung upstreams and open streams: unready at once, streams end in words, nothing is lost.

Once in `make test`, PORTAL_STOPS (100) times in `make soak`: in a tenth of them the workspace hangs, the rest end
quickly.
"""

import os
import random
import threading
import time
from collections.abc import Callable

import httpx

from tests.faults.crowd import BOB, Crowd, operations, recovered
from tests.servers import Portal
from web.emulator.faults import Fault
from web.emulator.server import Emulator

SOAK = bool(os.environ.get("PORTAL_SOAK"))
STOPS = int(os.environ.get("PORTAL_STOPS", "100")) if SOAK else 1
LOOK_EVERY = 10 if SOAK else 1
SEED = int(os.environ.get("PORTAL_SEED", "15"))
CHAT = "/api/v1/endpoints/databricks-meta-llama-3-3-70b-instruct/invocations"
ENDINGS = ("data: [DONE]", '"code": "PORTAL_STOPPING"')
STREAMS = 3


class Reader:
    """A stream that somebody reads to its end."""

    def __init__(self, portal: Portal, tokens: int) -> None:
        self.text, self.problem = "", ""
        self.body = {"messages": [{"role": "user", "content": f"Hi [[tokens {tokens}]][[pace 20/s]]"}], "stream": True}
        self.url = portal.url + CHAT
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        try:
            with httpx.stream("POST", self.url, json=self.body, headers=BOB, timeout=20) as answer:
                for piece in answer.iter_text():
                    self.text += piece
        except httpx.HTTPError as error:
            self.problem = repr(error)

    def ended_well(self) -> None:
        """Fails unless the stream was closed cleanly and its last frame says how it ended."""
        self.thread.join(15)
        assert not self.thread.is_alive()
        assert not self.problem, f"{self.problem} after {self.text[-300:]}"
        assert any(ending in self.text[-400:] for ending in ENDINGS), self.text[-400:]


def test_a_stop_under_load_ends_in_time_and_loses_nothing(
    start_portal: Callable[..., Portal], emulator: Emulator
) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a seed, no secret
    took: list[float] = []
    for turn in range(STOPS):
        emulator.world.clock.advance(600)
        took.append(stop_under_load(start_portal(PORTAL_SETTLE_EVERY_S="0.2"), emulator, dice, hangs=turn % 10 == 0))
        if turn % LOOK_EVERY == LOOK_EVERY - 1:
            recovered(start_portal, emulator)
    print(f"seed {SEED}: {STOPS} stops, slowest {max(took):.1f} s, in the middle {sorted(took)[STOPS // 2]:.1f} s")


def stop_under_load(portal: Portal, emulator: Emulator, dice: random.Random, *, hangs: bool) -> float:
    """Seconds from the signal to the end, after everything was looked at that must hold meanwhile."""
    crowd, before = Crowd(portal, dice), len(operations(portal))
    readers = [Reader(portal, 400 if hangs else dice.randrange(5, 30)) for _ in range(STREAMS)]
    crowd.start()
    if hangs:
        paths = {"PATCH": "/api/2.0/serving-endpoints/*/tags", "GET": "/api/2.0/serving-endpoints/price-forecast"}
        emulator.world.faults.ordered = [Fault("drip", path, way, delay_s=1) for way, path in paths.items()]
        waits = threading.Thread(target=waiting, args=(portal,))
        waits.start()
    until(lambda: all(r.text or r.problem for r in readers) and len(operations(portal)) > before + 2)
    time.sleep(dice.random() * 0.3)
    began = time.monotonic()
    portal.signal()
    unready(portal)
    assert time.monotonic() - began < 1.5, "what looks at readiness learns it at once"
    if dice.random() < 0.5:
        portal.signal()
    portal.ended(15)
    took = time.monotonic() - began
    assert took < 13, f"{took:.1f} s"
    for reader in readers:
        reader.ended_well()
    crowd.end()
    if hangs:
        waits.join(15)
    emulator.world.faults.ordered = []
    assert "Traceback" not in portal.said()
    return took


def waiting(portal: Portal) -> None:
    """Somebody whose page waits for a workspace that hangs is told so, however the portal ends."""
    answer = httpx.get(f"{portal.url}/endpoints/price-forecast", headers=BOB, timeout=20)
    assert answer.status_code == 503
    assert "The portal was restarted" in answer.text or "did not answer in time" in answer.text, answer.text


def unready(portal: Portal) -> None:
    """Returns once /readyz is 503, or refused."""

    def says_no() -> bool:
        try:
            return httpx.get(f"{portal.url}/readyz", timeout=2).status_code == 503
        except httpx.HTTPError:
            return True

    until(says_no)


def until(holds: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)
