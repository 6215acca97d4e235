"""Changes one after another on a few endpoints, each with a fault, and the truth that the history has to tell."""

import copy
import random
import uuid
from collections.abc import Callable
from typing import Any

from tests.faults import scenarios
from tests.faults.rig import BOB, Rig
from tests.faults.scenarios import API, GRANT, Scenario
from tests.features.changes.support import change, custom
from web.audit.models import Operation
from web.audit.queries import unsettled
from web.changes.fields import writable_config
from web.changes.settle import settle
from web.emulator.faults import Fault

FEW, MANY = 3, 8
AFTER_MS = 11_000
SIZES = ("Small", "Medium", "Large")


class Row:
    """Many changes, and what the workspace really did of each. Every one has to be settled after AFTER_MS."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.unknown = 0
        self.done: list[tuple[list[bool], int]] = []

    def one(self, scenario: Scenario, fault: Fault) -> None:
        """Send it into this fault. Fails when it was sent twice, or is not settled in time."""
        world = self.rig.emulator.world
        world.requests.entries.clear()
        world.faults.ordered = [fault]
        scenario.go()
        world.faults.ordered = []
        sent = self.rig.sent()
        told = f"{fault}: {[f'{e.method} {e.path} {e.status}' for e in sent]}"
        assert 1 <= len(sent) <= len(scenario.match), told
        assert len({(e.method, e.path) for e in sent}) == len(sent), told
        self.unknown += len(unsettled(self.rig.engine))
        self.rig.later_ms += AFTER_MS
        world.clock.advance(AFTER_MS / 1000)
        settle(self.rig.ledger, self.rig.ws, sees_all=False, me=BOB)
        left = [(o.kind, o.calls, o.error) for o in unsettled(self.rig.engine)]
        assert left == [], f"{told}: not settled {AFTER_MS} ms later: {left}"
        self.done.append(([200 <= (e.status or 0) < 300 for e in sent], len(scenario.match)))

    def is_true(self) -> None:
        """The history says of each change what the workspace did, and verifies."""
        operations = self.rig.settled(within=1)
        assert len(operations) == len(self.done)
        for operation, (done, calls) in zip(operations, self.done, strict=True):
            says_truly(operation, done, calls)
        assert self.rig.chain_holds()


def says_truly(operation: Operation, done: list[bool], calls: int) -> None:
    """The record is what the workspace did."""
    told = f"{operation.kind} {operation.outcome} {operation.error} {operation.calls}, done {done}"
    assert operation.outcome in ("success", "refused", "failed"), told
    assert (operation.outcome == "success") == (done == [True] * calls), told
    recorded = [c["status"] == "done" for c in operation.calls]
    assert recorded == done + [False] * (calls - len(done)), told


class Hand:
    """Changes of a few endpoints of bob's, each unlike what is there, so that it can be told whether it was applied."""

    def __init__(self, rig: Rig, dice: random.Random) -> None:
        self.rig, self.dice = rig, dice
        for _ in range(FEW):
            scenarios.ready(rig)

    def next(self) -> Scenario:
        """A change of any kind, not sent yet."""
        kinds: list[Callable[[], Scenario]] = [self.tags, self.gateway, self.permissions, self.config]
        if len(self.names) < MANY:
            kinds += [self.create, self.create_and_grant]
        if len(self.names) > FEW:
            kinds.append(self.delete)
        return self.dice.choice(kinds)()

    def forget_others(self) -> None:
        """The workspace loses all but a few, so that it stays as quick as it is."""
        live = self.rig.emulator.world.endpoints
        for name in self.names[FEW:]:
            del live[name]
        while len(self.names) < FEW:
            scenarios.ready(self.rig)

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
        return scenarios.plain(self.rig, custom(scenarios.name()), [("POST", API)])

    def create_and_grant(self) -> Scenario:
        both = [("POST", API), ("PATCH", "/api/2.0/permissions/serving-endpoints/*")]
        return scenarios.plain(self.rig, custom(scenarios.name(), permissions=GRANT), both)

    def delete(self) -> Scenario:
        return scenarios.plain(self.rig, change("endpoint.delete", self.one()["name"]), [("DELETE", f"{API}/*")])
