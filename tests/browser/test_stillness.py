"""Pages stand still: nothing moves under a person's pointer while they load."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.fixtures import MOVING, OpenPage
from tests.features.endpoints.support import fault
from tests.servers import Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

SHIFTS = """() => new Promise(done => {
  const moved = [];
  new PerformanceObserver(list => moved.push(...list.getEntries().filter(one => !one.hadRecentInput).map(one =>
    [one.value, ...one.sources.map(source => source.node?.nodeName + "." + source.node?.className)]
  ))).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(moved), 0)));
})"""

HARDLY = 0.005
"""A twentieth of what is called good (0.1): two lines of one list that change places."""

WIDE = (
    "/endpoints",
    "/endpoints/churn",
    "/endpoints/churn/config",
    "/endpoints/churn/logs",
    "/endpoints/new?kind=custom",
    "/audit",
    "/playground",
)
NARROW = ("/endpoints", "/endpoints/churn/metrics", "/endpoints/churn/logs", "/endpoints/churn/playground")


@pytest.mark.parametrize(("width", "paths"), [(1280, WIDE), (390, NARROW)])
def test_nothing_moves_while_a_page_loads(open_page: OpenPage, width: int, paths: tuple[str, ...]) -> None:
    page = open_page("bob", width=width, **MOVING)
    for path in paths:
        page.goto(path, wait_until="networkidle")
        shifts = page.evaluate(SHIFTS)
        assert sum(shift[0] for shift in shifts) < HARDLY, (path, shifts)


def test_nothing_moves_when_what_needs_more_calls_arrives(
    browser: Browser, start_portal: Callable[..., Portal], emulator: "Emulator"
) -> None:
    portal = start_portal()  # that nobody has looked around with
    fault(emulator, "/api/2.0/preview/scim/v2/Users", fault="delay", delay_s=1, times=1)
    with browser.new_context(extra_http_headers={"X-Forwarded-Access-Token": "dapi-alice"}) as window:
        page = window.new_page()
        page.goto(f"{portal.url}/endpoints")
        troubles = page.locator("#attention")
        expect(troubles).to_contain_text("Looking up creators")
        expect(troubles).to_contain_text("looked up")
        shifts = page.evaluate(SHIFTS)
    assert sum(shift[0] for shift in shifts) < HARDLY, shifts


def test_nothing_beside_the_rows_moves_during_a_search(open_page: OpenPage) -> None:
    bob_page = open_page("bob", **MOVING)
    bob_page.goto("/audit", wait_until="networkidle")
    bob_page.get_by_role("searchbox").fill("nothing like this")
    expect(bob_page.get_by_text("Nothing matches")).to_be_visible()
    shifts = bob_page.evaluate(SHIFTS.replace("!one.hadRecentInput", "true"))
    assert sum(shift[0] for shift in shifts) < HARDLY, shifts
