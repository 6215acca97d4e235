"""Usage, HTTP request and Telemetry in a real browser, each used once."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Accessible = Callable[[Page], None]


def test_a_service_outside_is_asked_from_the_page(bob_page: Page) -> None:
    bob_page.goto("/http-request")
    bob_page.get_by_label("Connection").fill("crm_api")
    bob_page.get_by_label("Path").fill("/notes")
    bob_page.get_by_role("button", name="Send").click()
    expect(bob_page.locator("#answer")).to_contain_text("/notes")
    expect(bob_page.get_by_label("Connection")).to_have_value("crm_api")


def test_telemetry_goes_through_review_and_back(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/telemetry")
    bob_page.get_by_label("Logs: what the model writes").check()
    bob_page.get_by_label("Logs table").fill("main.ml.otel_logs")
    bob_page.get_by_role("button", name="Review").click()
    bob_page.get_by_role("link", name="Back").click()
    expect(bob_page.get_by_label("Logs table")).to_have_value("main.ml.otel_logs")
    bob_page.get_by_role("button", name="Review").click()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page.get_by_label("Logs: what the model writes")).to_be_checked()
