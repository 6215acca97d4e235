"""The Settings page in a real browser: rows by keyboard, the code of a change copied from Review, Back, both themes."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage

Accessible = Callable[[Page], None]


def test_a_tag_is_added_by_keyboard_reviewed_copied_as_code_and_applied(open_page: OpenPage) -> None:
    page = open_page("bob", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/endpoints/churn/settings")
    page.get_by_role("button", name="Add tag").press("Enter")
    expect(page.locator('[name="tags[3].key"]')).to_be_focused()
    page.keyboard.type("owner")
    page.keyboard.press("Tab")
    page.keyboard.type("it's bob")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review")
    for language, words in (
        ("CLI", "databricks serving-endpoints patch churn"),
        ("Python", "w.serving_endpoints.patch("),
        ("curl", "curl -X PATCH"),
        ("Terraform", 'resource "databricks_model_serving"'),
        ("Bundle YAML", "model_serving_endpoints:"),
    ):
        page.get_by_role("tab", name=language, exact=True).click()
        panel = page.get_by_role("tabpanel", name=language, exact=True)
        panel.get_by_role("button", name="Copy").click()
        expect(panel.get_by_role("button", name="Copied")).to_be_visible()
        assert words in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("link", name="Back").click()
    expect(page.locator('[name="tags[3].value"]')).to_have_value("it's bob")
    page.get_by_role("button", name="Review tags").click()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("The tags were changed.").first).to_be_visible()
    expect(page.get_by_text("it's bob")).to_be_visible()


def test_duplicate_leads_to_a_filled_form(bob_page: Page) -> None:
    bob_page.goto("/endpoints/company-gpt")
    bob_page.get_by_role("link", name="Duplicate endpoint").click()
    expect(bob_page.get_by_label("Name", exact=True).first).to_have_value("company-gpt-copy")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_pages_are_accessible_and_fit(open_page: OpenPage, accessible: Accessible, scheme: str, width: int) -> None:
    for person, name in (("bob", "churn-legacy"), ("charlie", "wine-quality"), ("bob", "databricks-gpt-oss-120b")):
        page = open_page(person, width=width, color_scheme=scheme)
        page.goto(f"/endpoints/{name}/settings")
        if name == "churn-legacy":
            page.get_by_role("button", name="Review tags").click()
            expect(page.get_by_role("alert").filter(has_text="Nothing differs")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        expect(page).to_have_url(re.compile("settings"))
