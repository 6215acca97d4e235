"""P7: what a first view and the next weigh, and how soon they can be used, on a processor four times slower."""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.benchmarks.harness import Row, percentile
from tests.benchmarks.site import TOKEN, person, portal, workspace
from tests.browser import chromium

COLD = (130.0, 12.0)
HEAVY = (160.0, 12.0)
"""Where a page needs a library of its own at once: charts, or the form made from a schema (40 KB)."""
WARM = (25.0, 2.0)
"""The most kilobytes and requests."""

SLOWER = 4
ROUNDS = 3
WATCH = """
window.seen = {lcp: 0, busyUntil: 0};
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.lcp = one.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(one => { seen.busyUntil = one.startTime + one.duration; }))
  .observe({type: "longtask", buffered: true});
"""
SEEN = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const sent = [page, ...performance.getEntriesByType("resource")].filter(entry => entry.transferSize > 0);
  return {
    kb: sent.reduce((sum, entry) => sum + entry.transferSize, 0) / 1000, requests: sent.length,
    lcp: seen.lcp, ready: Math.max(page.domContentLoadedEventEnd, seen.busyUntil),
  };
}"""


def measure() -> list[Row]:
    """The list of 1,000 endpoints and three pages of one of them, cold and warm; ratios to the most that is allowed."""
    path = chromium.find()
    if not path:
        raise SystemExit("No Chromium on this machine: run `make test` once, or set PORTAL_TEST_CHROMIUM")
    with workspace("fleet:1000") as behind, portal(behind) as ours, sync_playwright() as playwright:
        with person(ours.url) as who:
            name = _custom(who.get("/api/v1/endpoints").json()["endpoints"])
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        rows: list[Row] = []
        for what, address, most in (
            ("the list", "/endpoints", COLD),
            ("an endpoint", f"/endpoints/{name}", COLD),
            ("its playground", f"/endpoints/{name}/playground", HEAVY),
            ("its traffic", f"/endpoints/{name}/traffic", COLD),
        ):
            both = [_views(browser, ours.url + address) for _ in range(ROUNDS)]
            rows += _told(f"{what}, cold", [cold for cold, _ in both], most)
            rows += _told(f"{what}, warm", [warm for _, warm in both], WARM)
        browser.close()
    return rows


def _custom(endpoints: list[dict[str, Any]]) -> str:
    return str(next(one["name"] for one in endpoints if one["kind"] == "custom" and one["state"]["ready"] == "READY"))


def _views(browser: Browser, url: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A view with an empty cache and one more: kilobytes on the wire, requests, ms until painted and until quiet."""
    context = browser.new_context(extra_http_headers={"X-Forwarded-Access-Token": TOKEN})
    context.add_init_script(WATCH)
    both = view(context, url), view(context, url)
    context.close()
    return both


def view(context: BrowserContext, url: str) -> dict[str, Any]:
    """One view in a window of its own."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle")
    page.wait_for_function("() => seen.lcp > 0 && !document.querySelector('.console:not([data-drawn])')")
    seen: dict[str, Any] = page.evaluate(SEEN)
    page.close()
    return seen


def _told(what: str, views: list[dict[str, Any]], most: tuple[float, float]) -> list[Row]:
    kb, requests, lcp, ready = (percentile([one[k] for one in views], 0.5) for k in ("kb", "requests", "lcp", "ready"))
    return [
        Row("P7", f"{what}: weight", f"{kb:.0f} KB", f"{most[0]:.0f} KB", kb / most[0], 1),
        Row("P7", f"{what}: requests", f"{requests:.0f}", f"{most[1]:.0f}", requests / most[1], 1),
        Row("P7", f"{what}: largest paint, of 1 s", f"{lcp:.0f} ms", "1000 ms", lcp / 1000),
        Row("P7", f"{what}: interactive, of 1 s", f"{ready:.0f} ms", "1000 ms", ready / 1000),
    ]
