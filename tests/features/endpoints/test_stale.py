"""The list when the workspace does not answer: the last one known, marked; one copy a person."""

from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def keeping(workspace_server: "Emulator", tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    """The door of a portal that keeps a listing for a minute. Alice asks it for nothing but in one test."""
    portal = Portal(workspace_server.url, tmp_path_factory.mktemp("keeping"), {"PORTAL_LIST_STALE_S": "60"}).start()
    door = FrontDoor(portal.url, workspace_server.url).start()
    yield door
    door.stop()
    portal.stop()


def test_the_last_list_is_shown_and_marked_when_the_workspace_is_down(emulator: "Emulator", bob: httpx.Client) -> None:
    before = listed(bob)
    fault(emulator, LIST, fault="status", status=503)
    page = bob.get("/endpoints").text
    assert names(page) == before
    assert "Shown as of" in page
    assert 'id="endpoints-table" data-live=' in page
    httpx.delete(f"{emulator.url}/_emulator/faults")
    assert "Shown as of" not in bob.get("/endpoints").text


def test_garbage_instead_of_a_list_is_said_and_breaks_nothing(emulator: "Emulator", alice: httpx.Client) -> None:
    fault(emulator, LIST, fault="garbage")
    answer = alice.get("/endpoints")
    assert answer.status_code in (200, 503)
    assert "not a list of endpoints" in answer.text or "Shown as of" in answer.text


def test_without_any_list_the_error_keeps_its_status(emulator: "Emulator", keeping: FrontDoor) -> None:
    fault(emulator, LIST, fault="status", status=500)
    with client(keeping, "alice") as alice:
        answer = alice.get("/endpoints")
    assert answer.status_code == 500
    assert "Try again" in answer.text


def test_a_refused_credential_loses_its_list_at_once(emulator: "Emulator", bob: httpx.Client) -> None:
    listed(bob)
    body = {"error_code": "PERMISSION_DENIED", "message": "Source IP address is blocked"}
    fault(emulator, LIST, fault="status", status=403, body=body)
    answer = bob.get("/endpoints")
    assert answer.status_code == 403
    assert names(answer.text) == []


def test_many_tabs_ask_the_workspace_once(emulator: "Emulator", keeping: FrontDoor) -> None:
    with client(keeping, "bob") as bob, ThreadPoolExecutor(8) as tabs:
        pages = list(tabs.map(lambda number: bob.get(f"/endpoints/table?page={number}"), range(24)))
    assert {page.status_code for page in pages} == {200}
    assert [r["path"] for r in requests(emulator)].count(LIST) <= 1


def test_ones_own_change_shows_at_once_in_a_kept_list(emulator: "Emulator", keeping: FrontDoor) -> None:
    with client(keeping, "bob") as bob:
        assert "churn-legacy" in listed(bob)
        form = bob.post("/endpoints/churn-legacy/delete", data={"confirm": "churn-legacy"})
        draft = form.headers["location"].rpartition("/")[2]
        assert bob.post("/changes", data={"draft": draft}).status_code == 303
        assert "churn-legacy" not in listed(bob)


def test_a_kept_list_is_never_somebody_elses(emulator: "Emulator", keeping: FrontDoor) -> None:
    with client(keeping, "bob") as bob, client(keeping, "charlie") as charlie:
        assert "churn" in listed(bob)
        assert "churn" not in listed(charlie)
        assert "churn" in listed(bob)


def test_a_poll_with_nothing_new_is_a_304_for_who_has_it_alone(bob: httpx.Client, alice: httpx.Client) -> None:
    seen = bob.get("/endpoints/table?live=1")
    tag = {"If-None-Match": seen.headers["ETag"]}
    again = bob.get("/endpoints/table?live=1", headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert "Cookie" in again.headers["Vary"]
    assert alice.get("/endpoints/table?live=1", headers=tag).status_code == 200
    assert bob.get("/endpoints/table?live=1&q=churn", headers=tag).status_code == 200
