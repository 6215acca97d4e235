"""One person's many requests take turns, so that others are answered as if nobody else were there."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from tests.features.changes.support import fault
from tests.loops import finish
from tests.servers import Portal
from web.emulator.server import Emulator
from web.limits import TooMany
from web.turns import UNDER_WAY, Turns

ALICE, BOB = (
    {"X-Forwarded-Access-Token": f"dapi-{name}", "Sec-Fetch-Site": "same-origin"} for name in ("alice", "bob")
)
TABS = 20


def test_nobody_waits_alone_and_never_for_long() -> None:
    async def play() -> None:
        turns = Turns(turn_s=0.01)
        for _ in range(5):
            await asyncio.wait_for(turns.enter("bob"), 5)
        await turns.enter("alice")
        await asyncio.wait_for(turns.enter("bob"), 5)

    finish(play())


def test_past_the_last_place_one_is_told_to_come_again() -> None:
    async def play() -> None:
        turns = Turns(most=1, within_s=0.01, turn_s=0.01)
        await turns.enter("bob")
        with pytest.raises(TooMany):
            await turns.enter("bob")
        gone = asyncio.create_task(turns.enter("bob"))
        await asyncio.wait({gone}, timeout=0)
        gone.cancel()
        turns.leave("bob")
        await asyncio.wait_for(turns.enter("bob"), 5)

    finish(play())


@contextmanager
def halfway(portal: Portal) -> Iterator[None]:
    """A request of bob's whose body does not come: it is under way for as long as this lasts."""
    with socket.create_connection(("127.0.0.1", portal.port), 10) as line:
        token = "\r\n".join(f"{name}: {value}" for name, value in BOB.items())
        head = f"POST /changes HTTP/1.1\r\nHost: portal\r\n{token}\r\nContent-Length: 9\r\n"
        line.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
        yield


def test_who_holds_all_their_places_holds_nobody_elses(start_portal: Callable[..., Portal]) -> None:
    portal = start_portal()
    page = f"{portal.url}/endpoints/churn"
    assert httpx.get(page, headers=BOB, timeout=20).status_code == 200
    with ExitStack() as held:
        for _ in range(UNDER_WAY):
            held.enter_context(halfway(portal))
        refused = httpx.get(f"{portal.url}/api/v1/endpoints/churn", headers=BOB, timeout=20)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        assert json.loads(refused.text)["error"]["code"] == "TOO_MANY_REQUESTS"
        assert httpx.get(page, headers=ALICE, timeout=20).status_code == 200
        assert httpx.get(f"{portal.url}/healthz", headers=BOB, timeout=20).status_code == 200
    assert httpx.get(page, headers=BOB, timeout=20).status_code == 200


def test_twenty_tabs_of_one_person_watch_while_another_is_answered(portal: Portal, emulator: Emulator) -> None:
    fault(emulator, "GET", "/api/2.0/serving-endpoints/churn", "delay", delay_s=0.3, times=200)
    with ThreadPoolExecutor(TABS) as tabs:
        watched = [
            tabs.submit(httpx.get, f"{portal.url}/endpoints/churn/status", headers=BOB, timeout=30) for _ in range(TABS)
        ]
        other = httpx.get(f"{portal.url}/endpoints/wine-quality", headers=ALICE, timeout=30)
        assert other.status_code == 200
        assert {answer.result().status_code for answer in watched} == {200}
