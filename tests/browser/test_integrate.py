"""Integrate in a real browser: the key is typed once, an app gets the endpoint, others stay; themes and widths."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.integrate.test_attach import APP, resources

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Accessible = Callable[[Page], None]


def attach(page: Page, key: str, level: str = "CAN_QUERY") -> None:
    page.get_by_label("Resource key").fill(key)
    page.get_by_label("Permission of the app").select_option(level)
    page.locator("select[name=app]").select_option(APP)
    page.get_by_role("button", name="Review attaching").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review: Attach to an app")


def test_an_app_gets_the_endpoint_and_a_second_time_only_what_differs(bob_page: Page, emulator: "Emulator") -> None:
    before = resources(emulator)
    bob_page.goto("/endpoints/company-gpt/integrate")
    attach(bob_page, "gpt")
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page).to_have_url(re.compile("/endpoints/company-gpt/integrate$"))
    row = bob_page.locator("#attached tr", has_text=APP)
    expect(row).to_contain_text("CAN_QUERY")
    attach(bob_page, "gpt")
    expect(bob_page.get_by_text("Nothing differs from what is live.")).to_be_visible()
    bob_page.get_by_role("link", name="Back").click()
    expect(bob_page.get_by_label("Resource key")).to_have_value("gpt")
    attach(bob_page, "gpt", "CAN_VIEW")
    bob_page.get_by_role("button", name="Apply").click()
    expect(row).to_contain_text("CAN_VIEW")
    after = resources(emulator)
    assert {name: after[name] for name in before} == before
    assert after["gpt"]["serving_endpoint"] == {"name": "company-gpt", "permission": "CAN_VIEW"}
    row.get_by_role("button", name="Detach").click()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page.get_by_text("Attached now")).to_have_count(0)
    assert resources(emulator) == before


def test_the_texts_follow_the_key_while_it_is_typed(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/integrate")
    bob_page.get_by_label("Resource key").fill("scores")
    texts = bob_page.locator("#integrate-snippets")
    expect(texts).to_contain_text("value_from: scores")
    texts.get_by_role("tab", name="app.yaml").click()
    expect(texts.get_by_role("tabpanel", name="app.yaml")).to_contain_text("valueFrom: scores")
    bob_page.get_by_label("Resource key").fill("s")
    expect(texts).to_contain_text("2 to 30 letters")


def test_the_page_of_who_may_only_look_is_accessible_and_fits(open_page: OpenPage, accessible: Accessible) -> None:
    page = open_page("charlie", color_scheme="dark")
    page.goto("/endpoints/wine-quality/integrate")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
