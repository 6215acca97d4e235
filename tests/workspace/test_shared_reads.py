"""Reads of the same thing at the same time: one for each credential, and none from before a change."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.workspace.conftest import Backdoor, OpenDoor
from web.errors import NotFound
from web.workspace import listing, sight

PATH = "/api/2.0/serving-endpoints/chat"


def reads(backdoor: Backdoor) -> int:
    """How often the endpoint was read."""
    return sum(one["method"] == "GET" and one["path"] == PATH for one in backdoor.requests())


@pytest.fixture
def slow(backdoor: Backdoor) -> Backdoor:
    """Bob's endpoint `chat`, every read of which takes a second."""
    backdoor.endpoint("chat")
    backdoor.forget()
    backdoor.fault("delay", PATH, times=20, delay_s=1)
    return backdoor


def test_ten_tabs_of_one_person_ask_once(slow: Backdoor, open_door: OpenDoor) -> None:
    with ThreadPoolExecutor(10) as tabs:
        seen = list(tabs.map(lambda _: sight.watched(open_door("bob"), "chat"), range(10)))
    assert {one["name"] for one in seen} == {"chat"}
    assert reads(slow) == 1
    seen[0]["name"] = "mine"
    assert seen[1]["name"] == "chat", "each has a copy of its own"


def test_nobody_is_given_what_another_person_asked_for(slow: Backdoor, open_door: OpenDoor) -> None:
    with ThreadPoolExecutor(2) as people:
        bobs = people.submit(sight.watched, open_door("bob"), "chat")
        with pytest.raises(NotFound):
            sight.watched(open_door("charlie"), "chat")
        assert bobs.result()["name"] == "chat"


def test_after_a_change_no_read_from_before_it_is_joined(slow: Backdoor, open_door: OpenDoor) -> None:
    with ThreadPoolExecutor(1) as before:
        early = before.submit(sight.watched, open_door("bob"), "chat")
        deadline = time.monotonic() + 5
        while not reads(slow) and time.monotonic() < deadline:
            time.sleep(0.02)
        listing.forget(open_door("bob"))
        sight.watched(open_door("bob"), "chat")
        early.result()
    assert reads(slow) == 2
