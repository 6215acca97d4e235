"""Hands that change things while the real process is ended, and everything that must hold once it has started again."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import httpx
from sqlmodel import Session, select

from tests.features.changes.pages import at_desk
from tests.features.changes.support import WRITES, change, custom
from tests.servers import Portal
from web.audit.models import Operation
from web.emulator.server import Emulator

SETTLED_WITHIN_S = 40.0
BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
ALICE = {"X-Forwarded-Access-Token": "dapi-alice", "X-Forwarded-Email": "alice@example.com"}
HANDS = 4


class Crowd:
    """Hands that change things until the portal is gone. Each write that they ask for is unlike all others."""

    def __init__(self, portal: Portal, dice: random.Random) -> None:
        self.portal, self.gone = portal, threading.Event()
        seeds = [random.Random(dice.random()) for _ in range(HANDS)]  # noqa: S311 - a seed, no secret
        self.threads = [threading.Thread(target=self._work, args=(own,), daemon=True) for own in seeds]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Returns when no hand does anything more."""
        self.gone.set()
        for thread in self.threads:
            thread.join(30)
            assert not thread.is_alive()

    def _work(self, dice: random.Random) -> None:
        with httpx.Client(base_url=self.portal.url, headers=BOB, timeout=20, trust_env=False) as who:
            while not self.gone.is_set():
                try:
                    self._one(who, dice)
                except httpx.HTTPError:
                    time.sleep(0.01)

    def _one(self, who: httpx.Client, dice: random.Random) -> None:
        name = f"k-{uuid.uuid4().hex[:10]}"
        post(who, custom(name, tags=[{"key": "made", "value": name}]))
        wanted = [change("tags.update", name, add={"mark": uuid.uuid4().hex[:8]})]
        wanted.append(change("endpoint.delete", name) if dice.random() < 0.4 else limits(name, dice))
        for one in wanted:
            if not self.gone.is_set():
                post(who, one)


def limits(name: str, dice: random.Random) -> dict[str, Any]:
    """A gateway limit that hardly any other change asks for."""
    limit = dice.randrange(1, 1_000_000)
    return change("gateway.update", name, rate_limits=[{"calls": limit, "key": "endpoint", "renewal_period": "minute"}])


def post(who: httpx.Client, wanted: dict[str, Any]) -> int:
    answer = who.post("/api/v1/changes", json={"change": wanted}, headers={"Idempotency-Key": uuid.uuid4().hex})
    return answer.status_code


def recovered(start_portal: Callable[..., Portal], emulator: Emulator) -> float:
    """A start after kills; seconds from then until nothing is unsettled. Then all that must hold is looked at."""
    portal = start_portal(PORTAL_SETTLE_EVERY_S="0.2")
    began = time.monotonic()
    while open_ := [o for o in operations(portal) if o.outcome in ("pending", "unknown")]:
        told = [(o.kind, o.endpoint, o.outcome, o.error) for o in open_[:5]]
        assert time.monotonic() - began < SETTLED_WITHIN_S, f"{len(open_)} unsettled: {told}\n{portal.said()}"
        time.sleep(0.1)
    took = time.monotonic() - began
    made = operations(portal)
    only_what_was_intended(made, emulator)
    all_true(made, emulator)
    assert httpx.get(f"{portal.url}/api/v1/audit/verify", headers=ALICE, timeout=60).json()["ok"]
    portal.kill()
    return took


def operations(portal: Portal) -> list[Operation]:
    """All of the history, read beside the portal."""
    engine = at_desk(portal).engine
    with Session(engine) as session:
        session.connection(execution_options={"portal_readonly": True})
        found = list(session.exec(select(Operation)))
    engine.dispose()
    return found


def only_what_was_intended(made: list[Operation], emulator: Emulator) -> None:
    """Every write that the workspace got is a call of an operation on record, and none came twice."""
    calls = {(c["method"], c["path"]) for o in made for c in o.calls}
    sent = [e for e in emulator.world.requests.entries if e.method in WRITES and "/serving-endpoints" in e.path]
    sent = [e for e in sent if not e.path.endswith("/invocations")]
    stray = [(e.method, e.path) for e in sent if not any(e.method == m and fnmatchcase(e.path, p) for m, p in calls)]
    assert stray == [], "an effect without an intent"
    twice = [key for key, times in Counter((e.method, e.path, e.body_hash) for e in sent).items() if times > 1]
    assert twice == [], "sent twice"
    asked = Counter(e.path for e in sent if e.method == "POST" and e.path == "/api/2.0/serving-endpoints")
    creates = sum(o.kind == "endpoint.create" for o in made)
    assert sum(asked.values()) <= creates


def all_true(made: list[Operation], emulator: Emulator) -> None:
    """What the history says of each operation is what the workspace shows."""
    live = {e.name: e for e in emulator.world.endpoints.values()}
    deleted = {o.endpoint for o in made if o.kind == "endpoint.delete" and o.outcome == "success"}
    for o in made:
        there = o.endpoint in live
        if o.kind == "endpoint.create":
            assert (there or o.endpoint in deleted) == (o.outcome == "success"), (o.outcome, o.error)
        elif o.kind == "endpoint.delete":
            assert there == (o.outcome != "success"), (o.outcome, o.error)
        elif o.kind == "tags.update" and there:
            shown = live[o.endpoint].tags.get("mark") == o.change["body"]["add"]["mark"]
            assert shown == (o.outcome == "success"), (o.outcome, o.error)
