"""What needs attention leads to a failed update's doctor, to its log and to the page of errors.

tests/browser/test_pages.py looks at each of these pages in both themes, wide and narrow.
"""

from playwright.sync_api import Page, expect


def test_from_the_list_to_the_cause_to_the_log(bob_page: Page) -> None:
    bob_page.goto("/endpoints")
    troubles = bob_page.locator(".endpoints-attention")
    expect(troubles).to_contain_text("Needs attention")
    troubles.get_by_role("link", name="lead-scoring").click()
    expect(bob_page.locator("#endpoint-failure")).to_contain_text("Certain")
    bob_page.get_by_role("link", name="All logs").click()
    expect(bob_page.locator(".logs-row[data-here]")).to_contain_text("Traceback")
    bob_page.goto("/help/errors?q=stuck")
    expect(bob_page.get_by_role("heading", name="Stuck in NOT_READY")).to_be_visible()
