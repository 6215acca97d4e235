"""The list when the workspace does not answer: the last one known, marked; one copy a person."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import client
from tests.features.endpoints.support import LIST, fault, listed, names, requests
from tests.servers import Portal
from web.emulator.front_door import FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator


@pytest.fixture
def patient(emulator: "Emulator", start_portal: Callable[..., Portal]) -> Iterator[httpx.Client]:
    """Bob at a portal that keeps a listing for a minute."""
    door = FrontDoor(start_portal(PORTAL_LIST_STALE_S="60").url, emulator.url).start()
    with client(door, "bob") as bob:
        yield bob
    door.stop()


def test_the_last_list_is_shown_and_marked_when_the_workspace_is_down(emulator: "Emulator", bob: httpx.Client) -> None:
    before = listed(bob)
    fault(emulator, LIST, fault="status", status=503)
    page = bob.get("/endpoints").text
    assert names(page) == before
    assert "Shown as of" in page
    assert 'data-live="10"' in page
    httpx.delete(f"{emulator.url}/_emulator/faults")
    assert "Shown as of" not in bob.get("/endpoints").text


def test_garbage_instead_of_a_list_is_said_and_breaks_nothing(emulator: "Emulator", alice: httpx.Client) -> None:
    fault(emulator, LIST, fault="garbage")
    answer = alice.get("/endpoints")
    assert answer.status_code in (200, 503)
    assert "not a list of endpoints" in answer.text or "Shown as of" in answer.text


def test_without_any_list_the_error_keeps_its_status(emulator: "Emulator", start_portal: Callable[..., Portal]) -> None:
    fault(emulator, LIST, fault="status", status=503)
    door = FrontDoor(start_portal().url, emulator.url).start()
    with client(door, "bob") as bob:
        answer = bob.get("/endpoints")
    door.stop()
    assert answer.status_code == 503
    assert "Try again" in answer.text


def test_a_refused_credential_loses_its_list_at_once(emulator: "Emulator", bob: httpx.Client) -> None:
    listed(bob)
    body = {"error_code": "PERMISSION_DENIED", "message": "Source IP address is blocked"}
    fault(emulator, LIST, fault="status", status=403, body=body)
    answer = bob.get("/endpoints")
    assert answer.status_code == 403
    assert names(answer.text) == []


def test_many_tabs_ask_the_workspace_once(emulator: "Emulator", patient: httpx.Client) -> None:
    httpx.delete(f"{emulator.url}/_emulator/requests")
    with ThreadPoolExecutor(8) as tabs:
        pages = list(tabs.map(lambda number: patient.get(f"/endpoints/table?page={number}"), range(24)))
    assert {page.status_code for page in pages} == {200}
    assert [r["path"] for r in requests(emulator)].count(LIST) == 1


def test_a_kept_list_is_never_somebody_elses(emulator: "Emulator", start_portal: Callable[..., Portal]) -> None:
    door = FrontDoor(start_portal(PORTAL_LIST_STALE_S="60").url, emulator.url).start()
    with client(door, "alice") as alice, client(door, "charlie") as charlie:
        assert "churn" in listed(alice)
        assert "churn" not in listed(charlie)
        assert "credit-risk" in listed(alice)
    door.stop()
