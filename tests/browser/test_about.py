"""The page about the portal is reached from the person's menu; tests/browser/test_pages.py looks at how it is made."""

from playwright.sync_api import Page, expect


def test_this_portal_is_found_in_the_menu(bob_page: Page) -> None:
    bob_page.goto("/endpoints")
    bob_page.locator("summary.person").click()
    bob_page.get_by_role("link", name="This portal").click()
    expect(bob_page.get_by_role("heading", name="This portal")).to_be_visible()
