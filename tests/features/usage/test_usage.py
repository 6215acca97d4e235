"""Usage by endpoint, entity, person and day; estimates only where a price is known; the missing grant by its name."""

import html
import json
import re
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import client
from tests.features.changes.support import fault
from tests.servers import Portal
from web.emulator.front_door import COOKIE, FrontDoor
from web.emulator.server import Emulator

WAREHOUSE = "8f3a2b1c9d4e5f60"
POLL = re.compile(r'hx-get="(/usage/rows[^"]+)"')
PRICES = {"currency": "EUR", "endpoints": {"company-gpt": {"input": 2, "output": 10}}}


@pytest.fixture(scope="module")
def priced_door(workspace_server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    """A front door before a portal with a warehouse and a price for one endpoint."""
    folder = tmp_path_factory.mktemp("usage")
    (folder / "prices.json").write_text(json.dumps(PRICES))
    settings = {"PORTAL_WAREHOUSE_ID": WAREHOUSE, "PORTAL_PRICES": str(folder / "prices.json")}
    portal = Portal(workspace_server.url, folder, settings).start()
    door = FrontDoor(portal.url, workspace_server.url).start()
    yield door
    door.stop()
    portal.stop()


@pytest.fixture
def usage_door(priced_door: FrontDoor, emulator: Emulator) -> FrontDoor:
    """The same before a freshly seeded workspace."""
    return priced_door


def rows(answer: httpx.Response) -> dict[str, list[str]]:
    """Cells by the first cell of each row."""
    found = re.findall(r"<tr>(.*?)</tr>", answer.text.partition("<tbody>")[2], re.DOTALL)
    told = [
        [html.unescape(re.sub(r"<[^>]+>", "", c)).strip() for c in re.findall(r"<td.*?</td>", r, re.DOTALL)]
        for r in found
    ]
    return {cells[0]: cells[1:] for cells in told if cells}


def ask(who: httpx.Client, **wanted: str) -> httpx.Response:
    """The page once the warehouse has answered, as its fragment asks for it."""
    answer = who.get("/usage", params=wanted)
    deadline = time.monotonic() + 20
    while more := POLL.search(answer.text):
        assert time.monotonic() < deadline, answer.text
        answer = who.get(html.unescape(more[1]))
    return answer


def test_calls_are_counted_by_each_dimension(usage_door: FrontDoor, emulator: Emulator) -> None:
    kept = emulator.world.usage
    with client(usage_door, "alice") as alice:
        by = {one: rows(ask(alice, by=one, days="30")) for one in ("endpoint", "person", "day")}
        one = rows(ask(alice, by="entity", days="30", endpoint="churn"))
    assert {name: int(cells[0]) for name, cells in by["endpoint"].items()} == {
        name: sum(row["endpoint_name"] == name for row in kept) for name in ("churn", "company-gpt")
    }
    assert int(by["person"]["bob@example.com"][0]) == sum(row["requester"] == "bob@example.com" for row in kept)
    assert sum(int(cells[0]) for cells in by["day"].values()) == len(kept)
    assert set(one) == {"churn-3", "churn-4"}


def test_a_cost_is_an_estimate_where_a_price_is_known(usage_door: FrontDoor, emulator: Emulator) -> None:
    mine = [row for row in emulator.world.usage if row["endpoint_name"] == "company-gpt"]
    spent = sum(row["input_token_count"] * 2 + row["output_token_count"] * 10 for row in mine) / 1_000_000
    with client(usage_door, "alice") as alice:
        shown = ask(alice, days="30")
    assert rows(shown)["company-gpt"][4] == f"≈ {spent:.2f}"
    assert rows(shown)["churn"][4] == "–"
    assert f"≈ {spent:.2f} EUR" in shown.text


def test_the_missing_grant_is_named_with_its_statement(usage_door: FrontDoor) -> None:
    with client(usage_door, "bob") as bob:
        shown = ask(bob)
    assert shown.status_code == 200
    assert "Missing: USE SCHEMA on system.serving" in shown.text
    assert "GRANT USE SCHEMA ON SCHEMA system.serving" in shown.text


def test_what_a_person_types_is_a_parameter(usage_door: FrontDoor) -> None:
    with client(usage_door, "alice") as alice:
        shown = ask(alice, endpoint="x' OR '1'='1", by="u.requester; DROP")
    assert "No calls in this period" in shown.text


def test_a_sign_in_without_the_sql_scope_says_so(usage_door: FrontDoor, emulator: Emulator) -> None:
    body = {"error_code": "PERMISSION_DENIED", "message": "Provided token does not have required scopes: sql"}
    fault(emulator, "POST", "/api/2.0/sql/statements", "status", status=403, body=body)
    with client(usage_door, "alice") as alice:
        assert "Your sign-in does not reach SQL" in alice.get("/usage").text


def test_without_a_warehouse_the_page_says_what_to_set(bob: httpx.Client) -> None:
    assert "PORTAL_WAREHOUSE_ID" in bob.get("/usage").text


@pytest.fixture
def asleep(emulator: Emulator) -> None:
    """The warehouse is stopped, and starts in three minutes."""
    emulator.world.sql.by_id[WAREHOUSE].state = "STOPPED"
    emulator.world.clock.speed = 1


@pytest.mark.usefixtures("asleep")
def test_a_sleeping_warehouse_keeps_no_request_waiting(usage_door: FrontDoor, emulator: Emulator) -> None:
    with client(usage_door, "alice") as alice:
        began = time.monotonic()
        shown = alice.get("/usage")
        assert time.monotonic() - began < 3
        assert "The SQL warehouse is starting" in shown.text
        more = POLL.search(shown.text)
        assert more
        assert "The SQL warehouse is starting" in alice.get(html.unescape(more[1])).text
        httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 200}).raise_for_status()
        assert "churn" in rows(alice.get(html.unescape(more[1])))


@pytest.mark.usefixtures("asleep")
def test_a_query_that_nobody_waits_for_is_cancelled(usage_door: FrontDoor, emulator: Emulator) -> None:
    with client(usage_door, "alice") as alice:
        more = POLL.search(alice.get("/usage").text)
        assert more
        late = re.sub(r"since_ms=\d+", "since_ms=1000", html.unescape(more[1]))
        assert "gave no answer within 10 minutes" in alice.get(late).text
        again = re.search(r'name="statement" value="([^"]+)"', alice.get("/usage").text)
        assert again
        left = alice.post("/usage/cancel", data={"statement": again[1]})
        assert "The query was cancelled" in alice.get(left.headers["location"]).text
    assert [one.state for one in emulator.world.sql.statements.values()] == ["CANCELED", "CANCELED"]


@pytest.mark.usefixtures("asleep")
def test_leaving_the_page_cancels_and_staying_shows_the_figures(
    usage_door: FrontDoor, emulator: Emulator, browser: Browser
) -> None:
    page = browser.new_context(base_url=usage_door.url).new_page()
    page.context.add_cookies([{"name": COOKIE, "value": usage_door.sign_in("alice"), "url": usage_door.url}])
    page.goto("/usage")
    expect(page.get_by_text("The SQL warehouse is starting").last).to_be_visible()
    page.get_by_role("link", name="Person").click()
    page.wait_for_url("**by=person**")
    expect(page.get_by_text("The SQL warehouse is starting").last).to_be_visible()
    first, second = emulator.world.sql.statements.values()
    expect(page.get_by_role("progressbar")).to_be_visible()
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 200}).raise_for_status()
    expect(page.get_by_role("cell", name="bob@example.com")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="rows of usage")).to_be_attached()
    assert (first.state, second.state) == ("CANCELED", "SUCCEEDED")
    page.context.close()
