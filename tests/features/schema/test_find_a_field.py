"""A person finds a field by keyboard, links to it, measures the answer and takes the code along."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_fields_are_found_by_keyboard_and_linked_to(bob_page: Page) -> None:
    page = bob_page
    page.goto("/endpoints/churn/schema")
    expect(page.locator("#schema-found")).to_be_attached()
    page.keyboard.press("/")
    expect(page.get_by_label("Search fields")).to_be_focused()
    page.keyboard.type("tenure")
    expect(page.locator("#schema-found")).to_contain_text("2 fields")
    expect(page.locator(".schema-name:visible", has_text="monthly_charges")).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#schema-found")).to_contain_text("2 of 2: tenure_months")
    found = page.url
    assert found.endswith("#churn-3.request.dataframe_records.dataframe_records%5B%5D.tenure_months")
    page.keyboard.press("Escape")
    expect(page.locator("#schema-found")).to_be_empty()
    page.goto("/endpoints")
    page.goto(found)
    field = page.locator('[id="churn-3.request.dataframe_records.dataframe_records[].tenure_months"]')
    expect(field).to_be_in_viewport()


def test_a_broken_address_of_a_field_harms_nothing(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/schema#%E0%A4%A")
    expect(bob_page.get_by_role("heading", name="Request")).to_be_visible()


def test_speed_and_code_are_on_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page("bob", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/endpoints/churn/schema?entity=churn-4")
    expect(page.locator(".schema-glance")).to_contain_text("a table of 4 columns: tenure_years")
    page.get_by_role("button", name="Send the example").click()
    expect(page.locator("[data-says]")).to_contain_text("answered by churn-4")
    expect(page.locator("#use-code-curl code")).to_contain_text(
        "/serving-endpoints/churn/served-models/churn-4/invocations"
    )
    page.get_by_role("button", name="Copy curl").click()
    assert "support_calls" in page.evaluate("() => navigator.clipboard.readText()")
    page.locator("[data-schema-raw] summary").click()
    expect(page.locator("#schema-raw")).to_contain_text('"openapi": "3.1.0"')
    page.get_by_role("link", name="see them side by side").click()
    expect(page.locator("#differences")).to_be_in_viewport()
    page.get_by_role("link", name="Try it").click()
    expect(page.locator("#served-entity")).to_have_value("churn-4")
