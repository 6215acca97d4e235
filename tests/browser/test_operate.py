"""What needs attention, a failed update's doctor and the page of errors: accessible in both themes, wide and narrow."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage

Accessible = Callable[[Page], None]


def test_from_the_list_to_the_cause_to_the_log(open_page: OpenPage, accessible: Accessible) -> None:
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = open_page("bob", color_scheme=scheme, width=width)
        page.goto("/endpoints")
        troubles = page.locator(".endpoints-attention")
        expect(troubles).to_contain_text("Needs attention")
        accessible(page)
        troubles.get_by_role("link", name="lead-scoring").click()
        expect(page.locator("#endpoint-failure")).to_contain_text("Certain")
        accessible(page)
        page.get_by_role("link", name="All logs").click()
        expect(page.locator(".logs-row[data-here]")).to_contain_text("Traceback")
        page.goto("/help/errors?q=stuck")
        expect(page.get_by_role("heading", name="Stuck in NOT_READY")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
