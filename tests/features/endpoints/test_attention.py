"""What needs somebody stands above the list: out of the listing and kept samples, with no call more; else nothing."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import expect
from sqlmodel import Session

from tests.browser.fixtures import OpenPage
from tests.features.endpoints.support import LIST, fault, requests
from tests.servers import Portal
from web.db import samples
from web.db.engine import open_engine
from web.emulator.front_door import COOKIE, FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def section(page: str) -> str:
    """The part of the page; empty when it is not there."""
    return page.partition('endpoints-attention" open')[2].partition("Look again")[0]


def looked(page: str) -> str:
    """What is said of where the portal looked, and of what it does not know."""
    return page.partition('class="endpoints-looked"')[2].partition("</details>")[0]


def test_failed_updates_stand_above_the_list_without_another_call(emulator: "Emulator", bob: httpx.Client) -> None:
    bob.get("/healthz")
    httpx.delete(f"{emulator.url}/_emulator/requests")
    shown = section(bob.get("/endpoints").text)
    assert "lead-scoring" in shown
    assert "the config before goes on serving" in shown
    assert "nothing serves" in shown
    assert "It has no config yet" in shown
    assert shown.index("invoice-ocr") < shown.index("scratch")
    assert {r["path"] for r in requests(emulator) if "/serving-" in r["path"]} == {LIST}


def test_a_filtered_list_and_people_without_trouble_see_no_such_part(bob: httpx.Client, charlie: httpx.Client) -> None:
    assert section(bob.get("/endpoints?q=churn").text) == ""
    assert "lead-scoring" not in section(charlie.get("/endpoints").text)


def test_samples_tell_of_errors_and_of_endpoints_nobody_asks(
    emulator: "Emulator", start_portal: Callable[..., Portal]
) -> None:
    portal = start_portal()
    engine = open_engine(portal.database_url)
    now = int(time.time() * 1000) // samples.COARSE_MS * samples.COARSE_MS
    ids = {name: str(emulator.world.endpoints[name].id) for name in ("churn", "fraud-realtime")}
    hours = 2 * 60 * samples.MINUTE_MS
    idle = [
        samples.MetricSample(
            endpoint_id=ids["fraud-realtime"], at=now - place * hours, step=hours, requests=0.0, failed=0.0, data={}
        )
        for place in range(7 * 12)
    ]
    samples.store(engine, ids["churn"], now, {"v": 1, "e": {}}, (40.0, 8.0))
    with Session(engine) as session:
        session.add_all(idle)
        session.commit()
    engine.dispose()
    door = FrontDoor(portal.url, emulator.url).start()
    try:
        cookies = {COOKIE: door.sign_in("bob")}
        shown = section(httpx.get(f"{door.url}/endpoints", cookies=cookies, timeout=30, trust_env=False).text)
    finally:
        door.stop()
    assert "20% of its requests failed in the last 15 minutes" in shown
    assert "Nothing has queried it for 7 days" in shown


def test_creators_who_left_and_versions_behind_an_alias_are_found_after_the_page(
    emulator: "Emulator", alice: httpx.Client
) -> None:
    emulator.world.people.by_name["bob@example.com"].active = False
    catalog = emulator.world.catalog
    for model, status in (("main.public.wine_quality", "READY"), ("main.finance.credit_risk", "PENDING_REGISTRATION")):
        catalog.put(model, 2, None, status=status)
        catalog.models[model].aliases["champion"] = 2
    httpx.delete(f"{emulator.url}/_emulator/requests")
    shown = alice.get("/attention").text
    calls = [r["path"] for r in requests(emulator)]
    assert sum("/scim/" in path and "/Me" not in path for path in calls) <= 2
    assert len(calls) <= 40
    assert '<a href="/endpoints?creator=bob%40example.com">bob@example.com</a>' in section(shown)
    assert "Not in the workspace any more, or deactivated" in section(shown)
    behind = "Serves version 1 of main.public.wine_quality, while its alias champion points to version 2."
    assert behind in section(shown)
    assert "credit_risk" not in section(shown)
    assert "looked up" in looked(shown)
    httpx.delete(f"{emulator.url}/_emulator/requests")
    assert "bob%40example.com" in section(alice.get("/endpoints").text)
    assert {r["path"] for r in requests(emulator) if "/Me" not in r["path"]} <= {LIST}


def test_what_cannot_be_known_of_the_fleet_is_said(emulator: "Emulator", bob: httpx.Client) -> None:
    fault(emulator, "/api/2.0/preview/scim/v2/Users", fault="status", status=403, times=9)
    fault(emulator, "/api/2.1/unity-catalog/models/*", fault="status", status=403, times=99)
    said = looked(bob.get("/attention").text)
    assert "Whether creators are still in the workspace is not known: you may not list people." in said
    assert "models could not be looked at" in said
    assert "ready endpoints, those whose metrics are watched" in said


def test_the_list_is_there_before_the_rest_is_looked_up(open_page: OpenPage, emulator: "Emulator") -> None:
    fault(emulator, "/api/2.0/preview/scim/v2/Users", fault="delay", delay_s=2, times=1)
    page = open_page("alice")
    page.goto("/endpoints")
    expect(page.get_by_role("link", name="churn", exact=True).last).to_be_visible()
    page.get_by_role("button", name="Look again").click()
    expect(page.locator("#attention")).to_contain_text("Creators and model versions looked up")
