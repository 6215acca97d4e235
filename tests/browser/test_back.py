"""Pages the browser keeps for going back, or fetches before the click: at once, never old, never another person's."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from tests.browser.fixtures import visit
from tests.features.endpoints.support import requests
from web.emulator.front_door import COOKIE, FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator

WATCH = "addEventListener('pageshow', event => { if (event.persisted) window.kept = true; })"


@pytest.fixture
def keeping(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], door: FrontDoor
) -> Iterator[BrowserContext]:
    """Bob in a browser that keeps pages in memory, as everybody's does; Playwright turns that off otherwise."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    context = browser.new_context(base_url=door.url)
    sign_in(context, door, "bob")
    yield context
    browser.close()


def sign_in(context: BrowserContext, door: FrontDoor, person: str) -> None:
    """From now on this browser is this person's."""
    context.add_cookies([{"name": COOKIE, "value": door.sign_in(person), "url": door.url}])


def left(context: BrowserContext, path: str) -> Page:
    """A page of the portal that was opened and left for another one."""
    page = context.new_page()
    visit(page, path)
    page.evaluate(WATCH)
    page.goto("/about")
    return page


def test_going_back_shows_the_kept_page(keeping: BrowserContext) -> None:
    for path in ("/endpoints/churn", "/endpoints/churn/config"):
        page = left(keeping, path)
        page.go_back(wait_until="commit")
        page.wait_for_function("() => window.kept === true")


def test_a_kept_list_learns_what_happened_meanwhile(
    keeping: BrowserContext, bob: httpx.Client, door: FrontDoor
) -> None:
    page = left(keeping, "/endpoints?q=churn-legacy")
    expect(page.get_by_role("heading", name="This portal")).to_be_visible()
    change = {"kind": "endpoint.delete", "endpoint": "churn-legacy", "body": {}}
    bob.post("/api/v1/changes", json={"change": change}, headers={"Idempotency-Key": "b" * 32}).raise_for_status()
    page.go_back(wait_until="commit")
    page.wait_for_function("() => window.kept === true")
    expect(page.get_by_text("No endpoint matches")).to_be_visible()


def test_a_kept_page_is_never_shown_to_somebody_else(keeping: BrowserContext, door: FrontDoor) -> None:
    page = left(keeping, "/endpoints")
    keeping.clear_cookies()
    sign_in(keeping, door, "charlie")
    page.go_back(wait_until="commit")
    expect(page.locator("meta[name=person]")).to_have_attribute("content", "charlie@example.com")
    expect(page.locator("#main")).to_be_visible()
    expect(page.get_by_role("link", name="lead-scoring")).to_have_count(0)


def test_a_kept_page_is_not_shown_after_signing_out(keeping: BrowserContext) -> None:
    page = left(keeping, "/endpoints/churn")
    keeping.clear_cookies()
    page.go_back(wait_until="commit")
    expect(page.get_by_text("Databricks Apps the platform signs people in")).to_be_visible()


def test_a_page_is_fetched_when_the_pointer_rests_on_its_link(bob_page: Page, emulator: "Emulator") -> None:
    visit(bob_page, "/endpoints")
    httpx.delete(f"{emulator.url}/_emulator/requests")
    link = bob_page.locator("#endpoints-rows").get_by_role("link", name="churn", exact=True)
    link.hover()
    deadline = time.monotonic() + 20
    while not any(one["path"].endswith("/serving-endpoints/churn") for one in requests(emulator)):
        assert time.monotonic() < deadline, "nothing was fetched"
        bob_page.wait_for_timeout(50)
    link.click()
    expect(bob_page.get_by_role("heading", name="churn", exact=True)).to_be_visible()
    arrival = "performance.getEntriesByType('navigation')[0].deliveryType"
    assert bob_page.evaluate(arrival) == "navigational-prefetch"
