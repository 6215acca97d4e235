"""Every fault at every point of every kind of change: one send at most, a true record, and a way on.

The points: each commit of the history, each write to the workspace before and after its effect, each stretch of its
reply. `make test` takes some by PORTAL_SEED, `make soak` takes all.
"""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults import scenarios
from tests.faults.rig import DEATHS, WORDS, Died, Rig
from tests.faults.scenarios import Scenario
from web.changes.perform import Result
from web.emulator.server import Emulator
from web.errors import PortalError

SOAK = bool(os.environ.get("PORTAL_SOAK"))
SEED = int(os.environ.get("PORTAL_SEED", "7"))
SOME = 12
RETRY_AFTER = ("0", "3600", "Wed, 21 Oct 2037 07:28:00 GMT", "soon", "")
Fault = dict[str, Any]
Case = tuple[Callable[[Rig], Scenario], int, Fault]


def faults() -> list[Fault]:
    """What can become of one write."""
    busy = [{"fault": "status", "status": 429, "headers": {"Retry-After": wait}} for wait in RETRY_AFTER]
    errors = [{"fault": "status", "status": status} for status in (400, 403, 404, 409, 500, 503)]
    odd = {"fault": "status", "status": 503, "headers": {"Retry-After": "3600"}, "body": "<html>"}
    cuts = [{"fault": "truncate", "at": at} for at in (1, 9, 17, 40, 60, 80, 83, 84, 90, 120, 400)]
    rest = [{"fault": kind} for kind in ("reset", "drop_reply", "garbage", "truncate")]
    return [*busy, *errors, odd, *cuts, *rest, {"fault": "delay", "delay_s": 0.6}]


def calls_of(make: Callable[[Rig], Scenario]) -> int:
    return 2 if make in (scenarios.create_with_permissions, scenarios.restore) else 1


EVERY: list[Case] = [(make, n, f) for make in scenarios.ALL for n in range(calls_of(make)) for f in faults()]
CHOSEN = EVERY if SOAK else random.Random(SEED).sample(EVERY, SOME)  # noqa: S311 - a seed, no secret


def named(case: Case) -> str:
    make, place, fault = case
    return f"{make.__name__}-{place + 1}-" + "-".join(str(v) for v in fault.values())


@pytest.fixture
def rig(emulator: Emulator, tmp_path: Path) -> Rig:
    return Rig(emulator, tmp_path)


@pytest.mark.parametrize("case", CHOSEN, ids=named)
def test_whatever_becomes_of_a_write_it_is_sent_once_and_its_record_is_true(rig: Rig, case: Case) -> None:
    make, place, fault = case
    scenario = make(rig)
    if fault["fault"] == "delay":
        rig.ws = rig.workspace(rig.ws.host, write_timeout_s=0.2)
    method, path = scenario.match[place]
    order = {"match": {"method": method, "path": path}, "times": 1, **fault}
    rig.emulator.world.requests.entries.clear()
    httpx.post(f"{rig.emulator.url}/_emulator/faults", json=order, timeout=20).raise_for_status()
    seen = attempt(scenario)
    if fault["fault"] == "delay":
        rig.until(lambda: all(e.status is not None for e in rig.sent()))
    holds(rig, scenario, seen)


@pytest.mark.parametrize("make", scenarios.ALL if SOAK else (scenarios.create_with_permissions, scenarios.queued))
def test_whichever_commit_fails_nothing_is_lost_or_doubled(
    emulator: Emulator, tmp_path: Path, make: Callable[[Rig], Scenario]
) -> None:
    points = count(Rig(emulator, tmp_path / "count"), make)
    assert points >= 2, "an intent and an outcome at least"
    for place in range(1, points + 1):
        for how in (*WORDS, *DEATHS) if SOAK else DEATHS if place % 2 else WORDS:
            rig = Rig(emulator, tmp_path / f"{place}-{how}")
            scenario = make(rig)
            rig.emulator.world.requests.entries.clear()
            rig.break_commit(place, how)
            try:
                seen = attempt(scenario)
            except Died:
                seen = None
                rig.restart()
            holds(rig, scenario, seen)
            rig.engine.dispose()


def count(rig: Rig, make: Callable[[Rig], Scenario]) -> int:
    scenario = make(rig)
    rig.break_commit(0, "")
    attempt(scenario)
    return rig.commits


def attempt(scenario: Scenario) -> Result | PortalError | None:
    """What the person gets to see."""
    try:
        return scenario.go()
    except PortalError as error:
        return error


def holds(rig: Rig, scenario: Scenario, seen: Result | PortalError | None) -> None:
    """Everything that must be so after any fault."""
    sent = rig.sent()
    told_truly(seen, [e.status for e in sent])
    made = rig.settled()
    assert len(sent) <= len(scenario.match), "sent again"
    assert len({(e.method, e.path) for e in sent}) == len(sent), "sent twice"
    assert len(made) == 1 if sent else len(made) <= 1, "no effect without an intent"
    for operation in made:
        done = [200 <= (e.status or 0) < 300 for e in sent]
        assert operation.outcome in ("success", "refused", "failed"), (operation.outcome, operation.error)
        assert (operation.outcome == "success") == (done == [True] * len(scenario.match)), (operation.error, done)
        recorded = [c["status"] == "done" for c in operation.calls]
        assert recorded == done + [False] * (len(recorded) - len(done)), [c["status"] for c in operation.calls]
        assert operation.outcome == "success" or (operation.error or {}).get("message"), "says why"
        assert bool((operation.error or {}).get("partial")) == (any(done) and not all(recorded)), operation.error
    before = len(rig.sent())
    attempt(scenario)
    assert len(rig.sent()) == before if made else len(scenario.match), "the same key again is no second change"
    assert rig.chain_holds()


def told_truly(seen: Result | PortalError | None, statuses: list[int | None]) -> None:
    """An error means that nothing was sent; success that everything was done."""
    if isinstance(seen, PortalError):
        assert statuses == [], f"{seen.message} but {statuses}"
    elif seen is not None and seen.operation.outcome == "success":
        assert all(200 <= (status or 0) < 300 for status in statuses)
    elif seen is not None and seen.error is not None:
        assert 400 <= (statuses[-1] or 0) < 500
