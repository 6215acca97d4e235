"""Every state of the playground and the schema page is accessible, in light and dark, wide and narrow."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.features.playground.support import LLAMA, REASONER, answered, chat, say

Accessible = Callable[[Page], None]


def fits(page: Page) -> None:
    """Nothing makes the page itself scroll sideways."""
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.expects_browser_errors
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_the_chat_is_accessible_in_every_state(
    open_page: Callable[..., Page], accessible: Accessible, theme: str, width: int
) -> None:
    page = chat(open_page("bob", width=width, color_scheme=theme), REASONER, "support-agent")
    for opened in ("[data-settings]", "[data-prompt-set]", "[data-use-code]"):
        page.locator(f"{opened} > summary").click()
    page.locator("[data-set-lines]").fill("What is 2 + 2?")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("[data-set-result] tfoot")).to_be_visible(timeout=15_000)
    say(page, "Write python code with a table")
    for column in (0, 1):
        answered(page, column)
    page.locator(".turn-step summary").first.click()
    say(page, "Hi [[status 429]]")
    expect(answered(page)).to_contain_text("Rate limit reached")
    answered(page, 1)
    accessible(page)
    fits(page)


@pytest.mark.parametrize(("theme", "width"), [("light", 390)])
def test_the_console_is_accessible_in_every_state(
    open_page: Callable[..., Page], accessible: Accessible, theme: str, width: int
) -> None:
    page = open_page("bob", width=width, color_scheme=theme)
    page.goto("/endpoints/recommender/playground")
    expect(page.locator("[data-view=form] input[type=text]").first).to_be_visible()
    accessible(page)
    page.goto("/endpoints/churn/playground")
    page.locator("[data-send]").click()
    expect(page.locator("[data-answer] tbody")).to_be_visible()
    accessible(page)
    fits(page)
    page.get_by_role("tab", name="JSON", exact=True).click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type('{"data')
    expect(page.locator(".suggest li")).to_have_count(2)
    accessible(page)
    page.goto("/endpoints/invoice-ocr/playground")
    accessible(page)


@pytest.mark.parametrize(("theme", "width"), [("dark", 390)])
def test_the_schema_page_is_accessible_in_every_state(
    open_page: Callable[..., Page], accessible: Accessible, theme: str, width: int
) -> None:
    page = open_page("bob", width=width, color_scheme=theme)
    page.goto("/endpoints/churn/schema")
    page.get_by_label("Search fields").fill("tenure")
    page.locator("[data-schema-raw] summary").click()
    expect(page.locator("#schema-raw")).to_contain_text('"openapi"')
    accessible(page)
    fits(page)
    for name in (LLAMA, "company-gpt", "price-forecast"):
        page.goto(f"/endpoints/{name}/schema")
        accessible(page)
        fits(page)
