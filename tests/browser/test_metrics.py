"""The metrics page in a real browser: traffic becomes lines and tables, in light and dark, wide and narrow."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.metrics.support import create, traffic

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Accessible = Callable[[Page], None]


def test_traffic_is_drawn_and_told(emulator: "Emulator", open_page: OpenPage, accessible: Accessible) -> None:
    create(emulator, "drawn")
    traffic(emulator, "drawn", good=6, bad=2)
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = open_page("bob", color_scheme=scheme, width=width)
        page.goto("/endpoints/drawn/metrics")
        expect(page.locator('[data-chart="requests"] canvas')).to_be_visible()
        expect(page.locator('[data-chart="latency"] canvas')).to_be_visible()
        page.get_by_text("Requests, per second, as a table").click()
        table = page.get_by_role("table").filter(has_text="Requests, per second")
        expect(table.get_by_role("cell").first).to_have_text("0.133")
        expect(page.locator('[data-chart="gpu"]')).to_be_hidden()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_open_table_stays_open_when_figures_are_refreshed(emulator: "Emulator", bob_page: Page) -> None:
    create(emulator, "refreshed")
    traffic(emulator, "refreshed", good=2)
    bob_page.goto("/endpoints/refreshed/metrics")
    expect(bob_page.locator('[data-chart="latency"] canvas')).to_be_visible()
    bob_page.get_by_text("Errors, per minute, as a table").click()
    with bob_page.expect_response("**/metrics/data*"):
        bob_page.evaluate("document.getElementById('metrics-data').dispatchEvent(new CustomEvent('live'))")
    expect(bob_page.locator('details[data-key="errors"]')).to_have_attribute("open", "")
    expect(bob_page.locator('[data-chart="errors"] canvas')).to_be_visible()


def test_without_scripts_the_tables_tell_everything(emulator: "Emulator", open_page: OpenPage) -> None:
    create(emulator, "told")
    traffic(emulator, "told", good=3)
    page = open_page("bob", java_script_enabled=False)
    page.goto("/endpoints/told/metrics")
    page.get_by_text("Requests, per second, as a table").click()
    expect(page.get_by_role("cell", name="0.050")).to_be_visible()
    expect(page.locator(".metrics-chart").first).to_be_hidden()
