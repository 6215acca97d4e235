"""Thousands of changes whose replies are lost, cut, late refusals or never began: none is sent twice, each is true.

Creates (some with permissions), config updates, tags, gateway limits, permissions and deletes, a mixture by
PORTAL_SEED: 20 in `make test`, PORTAL_OPS (5,000) in `make soak`, which takes seven minutes.
"""

import copy
import os
import random
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults import scenarios
from tests.faults.rig import BOB, Rig
from tests.faults.scenarios import API, GRANT, Scenario
from tests.features.changes.support import change, custom
from web.audit.models import Operation
from web.audit.queries import unsettled
from web.changes.fields import writable_config
from web.changes.settle import settle
from web.emulator import faults
from web.emulator.requestlog import Entry
from web.emulator.server import Emulator

OPS = int(os.environ.get("PORTAL_OPS", "5000")) if os.environ.get("PORTAL_SOAK") else 20
SEED = int(os.environ.get("PORTAL_SEED", "1"))
LONGEST_REPLY = 1500
FEW, MANY = 3, 8
AFTER_MS = 11_000
SIZES = ("Small", "Medium", "Large")


def test_no_lost_reply_leads_to_a_second_send_or_to_a_false_record(emulator: Emulator, tmp_path: Path) -> None:
    rig, dice = Rig(emulator, tmp_path), random.Random(SEED)  # noqa: S311 - a seed, no secret
    hand = Hand(rig, dice)
    log, seen = emulator.world.requests.entries, Counter[str]()
    true: list[tuple[list[bool], int]] = []
    for _ in range(OPS):
        scenario = hand.next()
        method, path = dice.choice(scenario.match)
        log.clear()
        emulator.world.faults.ordered = [faults.parse({"match": {"method": method, "path": path}, **lost(dice)})]
        scenario.go()
        emulator.world.faults.ordered = []
        sent = rig.sent()
        assert 1 <= len(sent) <= len(scenario.match), f"seed {SEED}: {told(sent)}"
        assert len({(e.method, e.path) for e in sent}) == len(sent), f"seed {SEED}: {told(sent)}"
        seen["unknown"] += len(unsettled(rig.engine))
        seen[scenario.change.kind] += 1
        rig.later_ms += AFTER_MS
        emulator.world.clock.advance(AFTER_MS / 1000)
        settle(rig.ledger, rig.ws, sees_all=False, me=BOB)
        left = [(o.kind, o.calls, o.error) for o in unsettled(rig.engine)]
        assert left == [], f"seed {SEED}: not settled {AFTER_MS} ms later: {left}"
        true.append(([200 <= (e.status or 0) < 300 for e in sent], len(scenario.match)))
    operations = rig.settled()
    assert len(operations) == OPS
    for operation, (done, calls) in zip(operations, true, strict=True):
        says_truly(operation, done, calls)
    assert rig.chain_holds()
    print(f"seed {SEED}: {OPS} changes, {dict(seen)}")


def says_truly(operation: Operation, done: list[bool], calls: int) -> None:
    """The record is what the workspace did."""
    told = f"seed {SEED}: {operation.kind} {operation.outcome} {operation.error} {operation.calls}, done {done}"
    assert operation.outcome in ("success", "refused", "failed"), told
    assert (operation.outcome == "success") == (done == [True] * calls), told
    recorded = [c["status"] == "done" for c in operation.calls]
    assert recorded == done + [False] * (calls - len(done)), told


def told(sent: list[Entry]) -> list[str]:
    return [f"{e.method} {e.path} {e.status}" for e in sent]


def lost(dice: random.Random) -> dict[str, Any]:
    """A reply that does not arrive whole, before or after the effect."""
    kind = dice.choice(["reset", "drop_reply", "truncate", "truncate", "garbage", "status"])
    status = dice.choice([500, 502, 503, 504])
    return {"fault": kind, "at": dice.randrange(1, LONGEST_REPLY), "status": status, "times": 1}


class Hand:
    """Changes of a few endpoints of bob's, each unlike what is there, so that it can be told whether it was applied."""

    def __init__(self, rig: Rig, dice: random.Random) -> None:
        self.rig, self.dice = rig, dice
        for _ in range(FEW):
            scenarios.ready(rig)

    def next(self) -> Scenario:
        """The next change, not sent yet."""
        kinds: list[Callable[[], Scenario]] = [self.tags, self.gateway, self.permissions, self.config]
        if len(self.names) < MANY:
            kinds += [self.create, self.create]
        if len(self.names) > FEW:
            kinds.append(self.delete)
        return self.dice.choice(kinds)()

    @property
    def names(self) -> list[str]:
        """Of those that there are."""
        return sorted(e.name for e in self.rig.emulator.world.endpoints.values() if e.name.startswith("f-"))

    def one(self) -> dict[str, Any]:
        """The live JSON of any of them, once its updates under way have ended."""
        self.rig.emulator.world.clock.advance(3600)
        return dict(self.rig.raw("GET", f"{API}/{self.dice.choice(self.names)}").json())

    def tags(self) -> Scenario:
        wanted = change("tags.update", self.one()["name"], add={"mark": uuid.uuid4().hex[:8]})
        return scenarios.plain(self.rig, wanted, [("PATCH", f"{API}/*/tags")])

    def gateway(self) -> Scenario:
        limits = [{"calls": self.dice.randrange(1, 10**6), "key": "endpoint", "renewal_period": "minute"}]
        wanted = change("gateway.update", self.one()["name"], rate_limits=limits)
        return scenarios.plain(self.rig, wanted, [("PUT", f"{API}/*/ai-gateway")])

    def permissions(self) -> Scenario:
        live = self.one()
        path = f"/api/2.0/permissions/serving-endpoints/{live['id']}"
        mine = {"user_name": BOB, "permission_level": "CAN_MANAGE"}
        has = "CAN_QUERY" in [p["permission_level"] for p in self._of_users(path)]
        users = {"group_name": "users", "permission_level": "CAN_VIEW" if has else "CAN_QUERY"}
        wanted = change("permissions.update", live["name"], access_control_list=[mine, users])
        return scenarios.plain(self.rig, wanted, [("PUT", path)])

    def _of_users(self, path: str) -> list[dict[str, Any]]:
        grants = self.rig.raw("GET", path).json()["access_control_list"]
        return [p for g in grants if g.get("group_name") == "users" for p in g["all_permissions"]]

    def config(self) -> Scenario:
        live = self.one()
        body = copy.deepcopy(writable_config(live["config"]))
        entity = body["served_entities"][0]
        entity["workload_size"] = self.dice.choice([s for s in SIZES if s != entity["workload_size"]])
        wanted = change("config.update", live["name"], **body)
        return scenarios.plain(self.rig, wanted, [("PUT", f"{API}/*/config")])

    def create(self) -> Scenario:
        posts = [("POST", API)]
        if self.dice.random() < 0.5:
            return scenarios.plain(self.rig, custom(scenarios.name()), posts)
        grants = ("PATCH", "/api/2.0/permissions/serving-endpoints/*")
        return scenarios.plain(self.rig, custom(scenarios.name(), permissions=GRANT), [*posts, grants])

    def delete(self) -> Scenario:
        return scenarios.plain(self.rig, change("endpoint.delete", self.one()["name"]), [("DELETE", f"{API}/*")])
