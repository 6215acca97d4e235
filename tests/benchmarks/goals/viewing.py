"""P7: what a first view weighs and how soon it can be used, in a headless Chromium with nothing in its cache."""

from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.benchmarks.harness import Row, percentile
from tests.benchmarks.site import TOKEN, person, portal, workspace
from tests.browser import chromium

MOST_KB = 160.0
MOST_REQUESTS = 12.0
ROUNDS = 3
SEEN = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const all = performance.getEntriesByType("resource");
  const bytes = [page, ...all].reduce((sum, entry) => sum + entry.transferSize, 0);
  return {kb: bytes / 1000, requests: all.length + 1, ready: page.domContentLoadedEventEnd};
}"""


def measure() -> list[Row]:
    """The list of 1,000 endpoints and the page of one, cold; ratios to the most that is allowed."""
    path = chromium.find()
    if not path:
        raise SystemExit("No Chromium on this machine: run `make test` once, or set PORTAL_TEST_CHROMIUM")
    with workspace("fleet:1000") as behind, portal(behind) as ours, sync_playwright() as playwright:
        with person(ours.url) as who:
            name = who.get("/api/v1/endpoints").json()["endpoints"][0]["name"]
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        rows: list[Row] = []
        for what, address in (("/endpoints", "/endpoints"), ("an endpoint", f"/endpoints/{name}")):
            rows += _told(what, [view(browser, ours.url + address) for _ in range(ROUNDS)])
        browser.close()
    return rows


def view(browser: Browser, url: str) -> dict[str, Any]:
    """One view with an empty cache: kilobytes on the wire, requests, ms until scripts have run."""
    context = browser.new_context(extra_http_headers={"X-Forwarded-Access-Token": TOKEN})
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    seen: dict[str, Any] = page.evaluate(SEEN)
    context.close()
    return seen


def _told(what: str, views: list[dict[str, Any]]) -> list[Row]:
    kb, requests, ready = (percentile([one[key] for one in views], 0.5) for key in ("kb", "requests", "ready"))
    return [
        Row("P7", f"{what}, cold: weight", f"{kb:.0f} KB", f"{MOST_KB:.0f} KB", kb / MOST_KB, 1),
        Row("P7", f"{what}, cold: requests", f"{requests:.0f}", f"{MOST_REQUESTS:.0f}", requests / MOST_REQUESTS, 1),
        Row("P7", f"{what}, cold: interactive, of 1 s", f"{ready:.0f} ms", "1000 ms", ready / 1000),
    ]
