"""However often a person presses Apply, goes back or reloads: the change is sent once, and they are told so."""

import re
import time
import uuid
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.changes.pages import at_desk, submit
from tests.features.changes.support import change, fault, ready, writes
from tests.servers import Portal
from web.changes.kinds import Change
from web.emulator.server import Emulator

BOB = "bob@example.com"
SLOW = {"delay_s": 0.6}
ONCE = "This change was sent once"
Reviewed = Callable[[], str]


@pytest.fixture
def name(bob: httpx.Client) -> str:
    name = f"o-{uuid.uuid4().hex[:8]}"
    ready(bob, name)
    return name


@pytest.fixture
def reviewed(bob: httpx.Client, portal: Portal, emulator: Emulator, name: str) -> Iterator[Reviewed]:
    """Makes the Review of a change of tags, whose send takes a while."""
    desk = at_desk(portal)

    def make() -> str:
        while any(entry.status is None for entry in emulator.world.requests.entries):
            time.sleep(0.05)  # whoever pressed twice is told before the first press has taken effect
        live = bob.get(f"/api/v1/endpoints/{name}").json()
        wanted = Change.model_validate(change("tags.update", name, add={f"mark-{uuid.uuid4().hex[:6]}": "set"}))
        fault(emulator, "PATCH", "*/tags", "delay", **SLOW)
        return submit(desk, BOB, wanted, live)

    yield make
    desk.engine.dispose()


def sent(emulator: Emulator) -> int:
    return len(writes(emulator, "/tags"))


def apply(page: Page, **how: int) -> None:
    page.get_by_role("button", name="Apply").click(**how)  # type: ignore[arg-type]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_a_reload_and_the_back_button_send_once(
    open_page: OpenPage, reviewed: Reviewed, emulator: Emulator, name: str, scripts: bool
) -> None:
    page = open_page("bob", java_script_enabled=scripts)
    page.goto(reviewed())
    apply(page, click_count=2, delay=20)
    expect(page).to_have_url(re.compile(f"/endpoints/{name}$|/audit/[0-9a-f]+$"))
    expect(page.get_by_text(re.compile(f"The tags were changed|{ONCE}")).first).to_be_visible()
    page.reload()
    assert sent(emulator) == 1
    page.goto(reviewed())
    apply(page)
    expect(page).to_have_url(re.compile(f"/endpoints/{name}$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/changes/review/|/audit/"))
    if "/review/" in page.url:
        apply(page)
        expect(page.get_by_text(ONCE)).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    expect(page.get_by_text("success").or_(page.get_by_text("Succeeded")).first).to_be_visible()
    assert sent(emulator) == 2


def test_two_tabs_of_one_review_send_once_and_the_second_says_so(
    bob_page: Page, reviewed: Reviewed, emulator: Emulator, name: str
) -> None:
    at = reviewed()
    other = bob_page.context.new_page()
    for page in (bob_page, other):
        page.goto(at)
    apply(bob_page, no_wait_after=True)
    apply(other, no_wait_after=True)
    told = re.compile(f"/audit/|/endpoints/{name}$")
    for page in (bob_page, other):
        expect(page).to_have_url(told)
    (second,) = (page for page in (bob_page, other) if "/audit/" in page.url)
    expect(second.get_by_text(ONCE)).to_be_visible()
    assert sent(emulator) == 1
