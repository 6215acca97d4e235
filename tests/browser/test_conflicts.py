"""Conflicts, the queue and the history in a real browser: by keyboard, by itself, accessible in both themes."""

import re
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.changes.pages import at_desk, config_edit, enqueue, foreign, submit
from tests.features.changes.support import change, make, ready, until_ready
from tests.servers import Portal
from web.audit.ledger import Ledger
from web.emulator.server import Emulator

Accessible = Callable[[Page], None]
BOB = "bob@example.com"


@pytest.fixture
def desk(portal: Portal) -> Iterator[Ledger]:
    ledger = at_desk(portal)
    yield ledger
    ledger.engine.dispose()


@pytest.fixture
def name(bob: httpx.Client) -> str:
    name = f"b-{uuid.uuid4().hex[:8]}"
    ready(bob, name)
    return name


def conflict(bob: httpx.Client, desk: Ledger, emulator: Emulator, name: str) -> str:
    """The address of a Review whose two fields somebody else has changed too."""
    live = until_ready(bob, name)
    at = submit(desk, BOB, config_edit(live, workload_size="Medium", entity_version="2"), live)
    foreign(emulator, "PUT", f"{name}/config", config_edit(live, workload_size="Large", entity_version="3").body)
    until_ready(bob, name)
    return at


def advance(emulator: Emulator) -> None:
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 4000}, timeout=10).raise_for_status()


@pytest.mark.expects_browser_errors
def test_a_conflict_is_decided_by_keyboard(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, name: str, bob_page: Page
) -> None:
    """The 422 of an undecided field is an error to the console: the page is the form again, with the choice kept."""
    bob_page.goto(conflict(bob, desk, emulator, name))
    version = bob_page.get_by_role("group", name="Model version of served entity churn-1")
    expect(version.get_by_text("When you began")).to_be_visible()
    version.get_by_role("radio", name="Keep what is live").focus()
    bob_page.keyboard.press("ArrowRight")
    expect(version.get_by_role("radio", name="Keep yours")).to_be_checked()
    bob_page.get_by_role("button", name="Review").press("Enter")
    size = bob_page.get_by_role("group", name="Workload size of served entity churn-1")
    expect(size).to_contain_text("Decide this field")
    expect(version).not_to_contain_text("Decide this field")
    expect(version.get_by_role("radio", name="Keep yours")).to_be_checked()
    size.get_by_role("radio", name="Keep what is live").press(" ")
    bob_page.get_by_role("button", name="Review").press("Enter")
    bob_page.get_by_role("button", name="Apply").press("Enter")
    expect(bob_page).to_have_url(re.compile(f"/endpoints/{name}$"))
    entity = until_ready(bob, name)["config"]["served_entities"][0]
    assert (entity["entity_version"], entity["workload_size"]) == ("2", "Large")


def test_a_queued_change_is_applied_by_any_page_that_is_open(
    bob: httpx.Client, desk: Ledger, emulator: Emulator, name: str, bob_page: Page
) -> None:
    live = until_ready(bob, name)
    emulator.world.clock.speed = 1.0
    foreign(emulator, "PUT", f"{name}/config", config_edit(live, scale_to_zero_enabled=True).body)
    enqueue(bob, bob.get(submit(desk, BOB, config_edit(live, workload_size="Medium"), live)).text)
    bob_page.goto("/audit")
    expect(bob_page.get_by_role("link", name="queued")).to_be_visible()
    advance(emulator)
    expect(bob_page.get_by_text(f"Your queued change of {name} was sent.")).to_be_visible(timeout=15_000)
    expect(bob_page).to_have_url(re.compile("/audit$"))


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_pages_are_accessible(
    bob: httpx.Client,
    desk: Ledger,
    emulator: Emulator,
    name: str,
    open_page: OpenPage,
    accessible: Accessible,
    scheme: str,
    width: int,
) -> None:
    make(bob, change("tags.update", name, add={"stage": "prod"}))
    paths = [conflict(bob, desk, emulator, name), f"/endpoints/{name}/history", f"/endpoints/{name}/history/compare"]
    live = until_ready(bob, name)
    emulator.world.clock.speed = 1.0
    foreign(emulator, "PUT", f"{name}/config", config_edit(live, scale_to_zero_enabled=True).body)
    waiting = submit(desk, BOB, config_edit(live, workload_size="Small"), live)
    enqueue(bob, bob.get(waiting).text)
    page = open_page("bob", width=width, color_scheme=scheme)
    for path in (*paths, waiting, "/changes/queue", f"/endpoints/{name}"):
        page.goto(path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            f"{path} scrolls sideways at {width}"
        )
