"""Somebody writes past the portal between its look at an endpoint and its own write: refused, or told afterwards."""

import copy
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import scenarios
from tests.faults.rig import ACTOR, AUTH, Rig
from tests.faults.scenarios import API
from web.changes.fields import writable_config
from web.changes.kinds import Change, Kind
from web.changes.perform import Meanwhile, perform
from web.changes.readback import VERSION
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Headers, Reply, Transport

Foreign = Callable[[], None]


class Overtaken(Transport):
    """A door to the workspace through which somebody slips right before a write."""

    slip: Foreign | None = None

    def send(
        self, method: str, path: str, headers: Headers, body: bytes | None, content_type: str = "application/json"
    ) -> Reply:
        if self.slip:
            self.slip()
        return super().send(method, path, headers, body, content_type)


@pytest.fixture
def rig(emulator: Emulator, tmp_path: Path) -> Rig:
    return Rig(emulator, tmp_path)


def config(live: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = copy.deepcopy(writable_config(live["config"]))
    body["served_entities"][0] |= fields
    return body


def test_an_update_that_was_lost_under_ours_is_on_record(rig: Rig) -> None:
    live = scenarios.ready(rig)
    name = live["name"]

    def slip() -> None:
        answer = rig.raw("PUT", f"{API}/{name}/config", config(live, workload_size="Large"))
        assert answer.status_code == 200, answer.text
        rig.emulator.world.clock.advance(3600)
        rig.until(lambda: rig.raw("GET", f"{API}/{name}").json()["state"]["config_update"] == "NOT_UPDATING")

    door = Overtaken(rig.ws.host, "tests", read_timeout_s=10, write_timeout_s=10)
    ws = Workspace(door, lambda: AUTH, label="tests")
    wanted = Change(kind=Kind.CONFIG, endpoint=name, body=config(live, scale_to_zero_enabled=True))
    codes = scenarios.acknowledged(rig, wanted)
    door.slip = slip
    made = perform(rig.ledger, ws, ACTOR, wanted, None, uuid.uuid4().hex, acknowledged=codes).operation
    assert made.outcome == "success", made.error
    version = live["config"]["config_version"]
    assert made.readback == [{"path": VERSION, "before": version + 1, "after": version + 2}]


def test_without_a_race_nothing_is_told(rig: Rig) -> None:
    made = scenarios.config(rig).go()
    assert made is not None
    assert (made.operation.outcome, made.operation.readback) == ("success", [])


class Slow(Transport):
    """A workspace in which somebody writes while a change is being checked: after what it touches was read once."""

    slip: Foreign | None = None
    touches = "/serving-endpoints/"

    def read(self, path: str, *rest: Any, **more: Any) -> Reply:
        reply = super().read(path, *rest, **more)
        if self.slip and self.touches in path:
            slip, self.slip = self.slip, None
            slip()
        return reply


@pytest.mark.parametrize("kind", [Kind.TAGS, Kind.GATEWAY, Kind.PERMISSIONS])
def test_what_moves_while_a_change_is_checked_stops_it(rig: Rig, kind: Kind) -> None:
    live = scenarios.ready(rig)
    name = live["name"]
    limit = {"key": "endpoint", "renewal_period": "minute"}
    grants = [{"user_name": ACTOR.email, "permission_level": "CAN_MANAGE"}]
    acl = f"/api/2.0/permissions/serving-endpoints/{live['id']}"
    moves: dict[Kind, tuple[dict[str, Any], tuple[str, str, dict[str, Any]]]] = {
        Kind.TAGS: ({"add": {"team": "ml"}}, ("PATCH", f"{API}/{name}/tags", {"add_tags": [{"key": "team"}]})),
        Kind.GATEWAY: (
            {"rate_limits": [{**limit, "calls": 7}]},
            ("PUT", f"{API}/{name}/ai-gateway", {"rate_limits": [{**limit, "calls": 9}]}),
        ),
        Kind.PERMISSIONS: (
            {"access_control_list": [*grants, *scenarios.GRANT]},
            ("PATCH", acl, {"access_control_list": [{"group_name": "ml-team", "permission_level": "CAN_VIEW"}]}),
        ),
    }
    body, theirs = moves[kind]
    change = Change(kind=kind, endpoint=name, body=body)
    codes = scenarios.acknowledged(rig, change)

    def slip() -> None:
        answer = rig.raw(*theirs)
        assert answer.status_code == 200, answer.text

    door = Slow(rig.ws.host, "tests", read_timeout_s=10, write_timeout_s=10)
    ws = Workspace(door, lambda: AUTH, label="tests")
    door.slip = slip
    if kind is Kind.PERMISSIONS:
        door.touches = "/permissions/"
    with pytest.raises(Meanwhile):
        perform(rig.ledger, ws, ACTOR, change, None, uuid.uuid4().hex, acknowledged=codes)
    assert [e.path for e in rig.sent()][-1] == theirs[1], "theirs was the last write"
    assert rig.settled() == []
