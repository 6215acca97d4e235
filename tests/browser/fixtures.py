"""Browser pages of signed-in people, and an accessibility check. A pytest plugin, loaded for every test folder."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, expect

from tests.browser import chromium
from tests.browser.watch import Watch
from web.emulator.front_door import COOKIE, FrontDoor

OpenPage = Callable[..., Page]

STILL: dict[str, Any] = {"reduced_motion": "reduce"}
"""A spinner that turns takes a quarter of a core from whatever else is tested. MOVING is what most people have."""
MOVING: dict[str, Any] = {"reduced_motion": "no-preference"}

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """only => axe.run(document, {runOnly: only, resultTypes: ["violations"]}).then(done => done.violations)"""
EVERYTHING = {"type": "tag", "values": AXE_TAGS}
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""What a theme can break that it does not break at the same width in the other one."""

SETTLED = """async () => {
  for (let frame = 0; frame < 2; frame += 1) {
    for (const each of document.getAnimations()) try { each.finish() } catch { each.cancel() }
    await new Promise(requestAnimationFrame);
  }
}"""
"""No colour is half way to another: what moves is finished, what would move for ever (a spinner) is stilled."""


IDLE = "() => new Promise(done => requestAnimationFrame(() => requestIdleCallback(done)))"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's Chromium, which `make test` has made sure of; fails rather than skips without one."""
    path = chromium.find()
    assert path, "No Chromium on this machine: run `make test`, or set PORTAL_TEST_CHROMIUM"
    return {**browser_type_launch_args, "executable_path": path, "args": list(chromium.FLAGS)}


@pytest.fixture
def open_page(browser: Browser, door: FrontDoor, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """`open_page("bob", width=390, color_scheme="dark")`: a new signed-in browser window; `goto` takes plain paths.

    After the test its windows must have logged no error or warning, violated no CSP and called no other host, unless
    the test is marked `expects_browser_errors`.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(door.url)

    def open_(person: str | None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(
            base_url=door.url, viewport={"width": width, "height": height}, **{**STILL, **options}
        )
        contexts.append(context)
        watch.over(context)
        if person:
            context.add_cookies([{"name": COOKIE, "value": door.sign_in(person), "url": door.url}])
        return context.new_page()

    yield open_
    for context in contexts:
        context.close()
    if not request.node.get_closest_marker("expects_browser_errors"):
        assert not watch.seen, "the browser complained:\n" + "\n".join(watch.seen)


@pytest.fixture
def alice_page(open_page: OpenPage) -> Page:
    """A browser window of the workspace admin."""
    return open_page("alice")


@pytest.fixture
def bob_page(open_page: OpenPage) -> Page:
    """A browser window of a member of ml-team."""
    return open_page("bob")


@pytest.fixture
def charlie_page(open_page: OpenPage) -> Page:
    """A browser window of somebody in no group."""
    return open_page("charlie")


def visit(page: Page, path: str) -> Response | None:
    """The page with all that it asks for. Playwright's `networkidle` means the same and waits another half second."""
    with quiet(page):
        return page.goto(path)


@contextmanager
def quiet(page: Page) -> Iterator[None]:
    """Ends when nothing that was asked for since is under way, twice in a row while the browser had nothing to do.

    For pages with scripts: without them the browser never says that it is idle.
    """
    under_way: set[Request] = set()

    def begun(one: Request) -> None:
        under_way.add(one)

    def done(one: Request) -> None:
        under_way.discard(one)

    ears: dict[Any, Callable[[Request], None]] = {"request": begun, "requestfinished": done, "requestfailed": done}
    for event, ear in ears.items():
        page.on(event, ear)
    yield
    still, until = 0, time.monotonic() + 30
    while still < 2:
        assert time.monotonic() < until, f"still under way: {[one.url for one in under_way]}"
        page.evaluate(IDLE)
        still = 0 if under_way else still + 1
    for event, ear in ears.items():
        page.remove_listener(event, ear)


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """`accessible(page)` fails with what axe finds on the page as it is now."""
    return check_accessible


def check_accessible(page: Page, only: dict[str, Any] = EVERYTHING) -> None:
    """Fails naming each rule, why it matters and the first elements that break it."""
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(SETTLED)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe_source())
    found = page.evaluate(AXE, only)
    told = [f"{v['id']}: {v['help']}\n    " + "\n    ".join(map(_node, v["nodes"][:3])) for v in found]
    assert not told, f"axe on {page.url}:\n" + "\n".join(told)


def check_both_themes(page: Page) -> None:
    """A page in light, then in dark as it stands: that can only break colours. Light again when it returns."""
    check_accessible(page)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    check_accessible(page, OF_COLOURS)
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def _node(node: dict[str, Any]) -> str:
    """The element and what axe measured on it, colours and ratios included."""
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{node['html'][:200]}\n        {why[:300]}"


@cache
def _axe_source() -> str:
    from web.assets.build import AXE, ensure

    ensure()
    return AXE.read_text(encoding="utf-8")
