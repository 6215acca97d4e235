"""Pages stand still: nothing moves under a person's pointer while they load."""

import pytest
from playwright.sync_api import Page

SHIFTS = """() => new Promise(done => {
  const moved = [];
  new PerformanceObserver(list => moved.push(...list.getEntries().filter(one => !one.hadRecentInput).map(one =>
    [one.value, ...one.sources.map(source => source.node?.nodeName + "." + source.node?.className)]
  ))).observe({type: "layout-shift", buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(moved), 0)));
})"""

HARDLY = 0.01
"""A tenth of what is called good (0.1), and of what a person notices."""


@pytest.mark.parametrize("path", ["/endpoints/churn", "/endpoints/churn/config", "/playground"])
def test_nothing_moves_while_a_page_loads(bob_page: Page, path: str) -> None:
    bob_page.goto(path, wait_until="networkidle")
    shifts = bob_page.evaluate(SHIFTS)
    assert sum(shift[0] for shift in shifts) < HARDLY, shifts
