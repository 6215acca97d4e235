"""The page about the portal: reached from the person's menu, accessible in both themes, wide and narrow."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage


def test_this_portal_is_found_in_the_menu_and_accessible(
    open_page: OpenPage, accessible: Callable[[Page], None]
) -> None:
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = open_page("bob", color_scheme=scheme, width=width)
        page.goto("/endpoints")
        page.locator("summary.person").click()
        page.get_by_role("link", name="This portal").click()
        expect(page.get_by_role("heading", name="This portal")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
