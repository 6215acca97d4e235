"""Going back shows the kept page at once; what is old on it is renewed, what is another person's is never shown."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from web.emulator.front_door import COOKIE, FrontDoor

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
    page.goto(path, wait_until="networkidle")
    page.evaluate(WATCH)
    page.goto("/about")
    return page


def test_going_back_shows_the_kept_page(keeping: BrowserContext) -> None:
    for path in ("/endpoints/churn", "/endpoints/churn/config"):
        page = left(keeping, path)
        page.go_back(wait_until="commit")
        page.wait_for_function("window.kept === true")


def test_a_kept_list_learns_what_happened_meanwhile(
    keeping: BrowserContext, bob: httpx.Client, door: FrontDoor
) -> None:
    page = left(keeping, "/endpoints?q=churn-legacy")
    expect(page.get_by_role("heading", name="This portal")).to_be_visible()
    change = {"kind": "endpoint.delete", "endpoint": "churn-legacy", "body": {}}
    bob.post("/api/v1/changes", json={"change": change}, headers={"Idempotency-Key": "b" * 32}).raise_for_status()
    page.go_back(wait_until="commit")
    page.wait_for_function("window.kept === true")
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
