"""Changes made elsewhere are pointed out until adopted or reverted; the portal's own never are."""

import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import client
from tests.features.changes.pages import config_edit, foreign
from tests.features.changes.support import WITHIN_S, change, fault, make, ready, until_ready
from tests.servers import Portal
from web.emulator.front_door import FrontDoor
from web.emulator.server import Emulator

BANNER = "Changed outside this portal since your last change here"
MARK = "Not made here"


@pytest.fixture
def live(bob: httpx.Client) -> dict[str, Any]:
    return ready(bob, f"h-{uuid.uuid4().hex[:10]}")


@pytest.fixture
def real_time(emulator: Emulator, live: dict[str, Any]) -> Iterator[Emulator]:
    """From now on updates take as long as in the real thing; time passes when it is told to."""
    emulator.world.clock.speed = 1.0
    yield emulator
    emulator.world.clock.speed = 2000.0


def retag(emulator: Emulator, name: str) -> None:
    foreign(emulator, "PATCH", f"{name}/tags", {"add_tags": [{"key": "sneaky", "value": "1"}]})


def test_adopting_ends_the_pointing(bob: httpx.Client, emulator: Emulator, live: dict[str, Any]) -> None:
    name = live["name"]
    retag(emulator, name)
    assert BANNER in bob.get(f"/endpoints/{name}").text
    page = bob.get(f"/endpoints/{name}/history").text
    assert MARK in page
    assert "tag sneaky added" in page
    seq = re.search(r'name="seq" value="(\d+)"', page)
    assert seq
    assert bob.post(f"/endpoints/{name}/history/adopt", data={"seq": seq.group(1)}).status_code == 303
    assert BANNER not in bob.get(f"/endpoints/{name}").text
    assert "adopted by bob@example.com" in bob.get(f"/endpoints/{name}/history").text


def test_undone_elsewhere_it_is_not_pointed_out_any_more(
    bob: httpx.Client, emulator: Emulator, live: dict[str, Any]
) -> None:
    name = live["name"]
    retag(emulator, name)
    assert BANNER in bob.get(f"/endpoints/{name}").text
    foreign(emulator, "PATCH", f"{name}/tags", {"delete_tags": ["sneaky"]})
    assert BANNER not in bob.get(f"/endpoints/{name}").text


def test_ones_own_change_is_never_strange_while_it_rolls_out_or_fails(
    bob: httpx.Client, real_time: Emulator, live: dict[str, Any]
) -> None:
    name = live["name"]
    bad = config_edit(live, entity_name="main.ml.broken_missing_module", entity_version="1")
    assert make(bob, bad.model_dump(mode="json")).status_code == 201
    assert MARK not in bob.get(f"/endpoints/{name}/history").text
    make(bob, change("tags.update", name, add={"a": "b"}))
    httpx.post(f"{real_time.url}/_emulator/clock", json={"advance_s": 4000}, timeout=10).raise_for_status()
    page = bob.get(f"/endpoints/{name}/history").text
    assert MARK not in page
    assert "The update failed: the config before it stays" in page
    assert BANNER not in bob.get(f"/endpoints/{name}").text


@pytest.mark.parametrize("kind", ["drop_reply", "read back"])
def test_ones_own_change_is_never_strange_when_its_answer_was_lost(
    bob: httpx.Client, emulator: Emulator, live: dict[str, Any], kind: str
) -> None:
    name = live["name"]
    if kind == "drop_reply":
        fault(emulator, "PATCH", f"/api/2.0/serving-endpoints/{name}/tags", "drop_reply")
        assert make(bob, change("tags.update", name, add={"a": "b"})).status_code == 202
    else:
        # The first read is the look before the change, the second its read-back.
        where = f"/api/2.0/serving-endpoints/{name}"
        fault(emulator, "GET", where, "delay", delay_s=0)
        fault(emulator, "GET", where, "garbage")
        assert make(bob, change("tags.update", name, add={"a": "b"})).status_code in (201, 202, 503)
    for _ in range(2):
        assert MARK not in bob.get(f"/endpoints/{name}/history").text
        assert BANNER not in bob.get(f"/endpoints/{name}").text


def test_ones_own_new_endpoint_under_an_old_name_is_never_strange(bob: httpx.Client, live: dict[str, Any]) -> None:
    name = live["name"]
    assert make(bob, change("endpoint.delete", name)).status_code == 201
    ready(bob, name, tags=[{"key": "second", "value": "life"}])
    assert MARK not in bob.get(f"/endpoints/{name}/history").text
    assert BANNER not in bob.get(f"/endpoints/{name}").text


def test_the_app_looks_by_itself_and_as_itself(start_portal: Callable[..., Portal], emulator: Emulator) -> None:
    portal = start_portal(PORTAL_LOOK_EVERY_S="0.2")
    door = FrontDoor(portal.url, emulator.url).start()
    with client(door, "bob") as bob:
        name = ready(bob, f"h-{uuid.uuid4().hex[:10]}")["name"]
        grants = [
            {"service_principal_name": "portal-app", "permission_level": "CAN_VIEW"},
            {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"},
        ]
        assert make(bob, change("permissions.update", name, access_control_list=grants)).status_code == 201
        until_ready(bob, name)
        httpx.delete(f"{emulator.url}/_emulator/requests", timeout=10).raise_for_status()
        retag(emulator, name)
        users = looks(emulator, name)
        assert users
        assert not users & {"bob@example.com", "charlie@example.com"}, "never as a person"
        fault(emulator, "GET", f"/api/2.0/serving-endpoints/{name}", "status", status=429, times=3)
        assert looks(emulator, name, 5)
        assert portal.said().count("cannot be looked for now") <= 1, "a problem is logged when it begins"
        assert BANNER in bob.get(f"/endpoints/{name}").text
    door.stop()


def looks(emulator: Emulator, name: str, at_least: int = 3) -> set[str]:
    """Who has read the endpoint, once that many reads came."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
        rows = log["requests"] if isinstance(log, dict) else log
        found = [r["user"] for r in rows if r["method"] == "GET" and r["path"].endswith(f"/serving-endpoints/{name}")]
        if len(found) >= at_least:
            return set(found)
        time.sleep(0.1)
    return set()
