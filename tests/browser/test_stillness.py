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


@pytest.mark.parametrize("path", ["/endpoints", "/endpoints/churn", "/endpoints/churn/config", "/playground"])
def test_nothing_moves_while_a_page_loads(bob_page: Page, path: str) -> None:
    bob_page.goto(path, wait_until="networkidle")
    assert bob_page.evaluate(SHIFTS) == []
