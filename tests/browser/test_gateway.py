"""The AI Gateway in a real browser: a limit met in the playground, blocking, moving the table, themes and widths."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.changes.support import change, make

Accessible = Callable[[Page], None]


def apply(page: Page) -> None:
    page.get_by_role("button", name="Review").last.click()
    confirm(page)


def confirm(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review: Change AI Gateway")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("/gateway$"))


@pytest.mark.expects_browser_errors
def test_a_limit_set_here_is_explained_when_the_playground_meets_it(bob_page: Page, bob: httpx.Client) -> None:
    bob_page.goto("/endpoints/company-gpt/gateway")
    bob_page.get_by_role("button", name="Add rate limit").press("Enter")
    third = bob_page.locator(".row-form").nth(2)
    expect(third.get_by_label("For")).to_be_focused()
    third.get_by_label("For").select_option("user")
    third.get_by_label("Who").fill("bob@example.com")
    third.get_by_label("Calls").fill("1")
    apply(bob_page)
    expect(bob_page.get_by_text("bob@example.com may make 1 call a minute.")).to_be_visible()
    bob_page.goto("/endpoints/company-gpt/playground")
    asked = {"messages": [{"role": "user", "content": "Hello"}]}
    assert bob.post("/api/v1/endpoints/company-gpt/invocations", json=asked).status_code == 200
    bob_page.locator("[data-prompt]").fill("Hello")
    bob_page.locator("[data-prompt]").press("Enter")
    expect(bob_page.locator("chat-panel").get_by_text("Rate limit reached")).to_be_visible()
    bob_page.get_by_role("link", name="See the rate limits").click()
    expect(bob_page.get_by_text("bob@example.com may make 1 call a minute.")).to_be_visible()


def test_everybody_is_blocked_by_a_switch_and_let_in_again(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/gateway")
    bob_page.get_by_label("Block all calls").check()
    apply(bob_page)
    expect(bob_page.get_by_text("All calls are blocked: everybody gets HTTP 429.")).to_be_visible()
    bob_page.get_by_label("Block all calls").uncheck()
    apply(bob_page)
    expect(bob_page.get_by_text("All calls are blocked")).to_have_count(0)


def test_the_inference_table_is_led_to_its_new_place(bob_page: Page, accessible: Accessible) -> None:
    bob_page.goto("/endpoints/churn/gateway")
    expect(bob_page.get_by_text("cannot be changed while it is on")).to_be_visible()
    bob_page.get_by_role("button", name="Move to another place").click()
    confirm(bob_page)
    expect(bob_page.get_by_label("Progress")).to_contain_text("Choose the new place")
    accessible(bob_page)
    bob_page.get_by_label("Schema").fill("agents")
    bob_page.get_by_label("Inference table").check()
    apply(bob_page)
    expect(bob_page.get_by_text("Calls are recorded in main.agents.churn_payload.")).to_be_visible()


def test_the_page_of_who_may_only_look_is_accessible_and_fits(open_page: OpenPage, accessible: Accessible) -> None:
    page = open_page("charlie", color_scheme="dark")
    page.goto("/endpoints/wine-quality/gateway")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 1280


def test_form_and_json_are_two_views_of_one_edit(bob_page: Page, bob: httpx.Client) -> None:
    assert make(bob, change("gateway.update", "churn", usage_tracking_config={"enabled": True})).status_code == 201
    bob_page.goto("/endpoints/churn/gateway")
    bob_page.get_by_label("Block all calls").check()
    bob_page.get_by_role("button", name="JSON").click()
    expect(bob_page.locator("json-editor .cm-content")).to_contain_text('"calls": 0')
    bob_page.get_by_role("button", name="Form", exact=True).click()
    expect(bob_page.get_by_label("Block all calls")).to_be_checked()


def test_a_removed_limit_takes_its_typed_numbers_along(bob_page: Page) -> None:
    bob_page.goto("/endpoints/company-gpt/gateway")
    calls = bob_page.get_by_label("Calls")
    calls.nth(0).fill("111")
    calls.nth(1).fill("222")
    bob_page.get_by_role("button", name="Remove rate limit 1").click()
    expect(bob_page.locator(".row-form")).to_have_count(1)
    expect(bob_page.locator(".row-form").get_by_label("Calls")).to_have_value("222")
    expect(bob_page.get_by_role("button", name="Add rate limit")).to_be_focused()
