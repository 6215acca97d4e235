"""The Permissions page in a real browser: granting by name lets somebody query, a lock-out is ticked, both themes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Accessible = Callable[[Page], None]
INVOKE = "/api/v1/endpoints/churn/invocations?served_entity=churn-3"
PAGE = "/endpoints/churn/permissions"


def asked(who: httpx.Client) -> int:
    """The status of a valid question to the model."""
    row = {"tenure_months": 12, "monthly_charges": 40.0, "age": 40, "contract": "monthly"}
    return who.post(INVOKE, json={"dataframe_records": [row]}).status_code


def test_a_suggested_person_is_granted_and_can_query(bob_page: Page, charlie: httpx.Client) -> None:
    assert asked(charlie) in (403, 404)
    bob_page.goto(PAGE)
    name = bob_page.locator("#grants-form").get_by_label("Name")
    name.press_sequentially("charl")
    expect(bob_page.locator("#people-new option")).to_have_attribute("value", "charlie@example.com")
    name.fill("Charlie Costa")
    bob_page.get_by_role("button", name="Add").click()
    expect(bob_page.get_by_label("Level of Charlie Costa")).to_have_value("CAN_QUERY")
    expect(bob_page.get_by_text("charlie@example.com")).to_be_visible()
    expect(name).to_be_focused()
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.get_by_text("charlie@example.com").first).to_be_visible()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page.get_by_text("The permissions were changed.").first).to_be_visible()
    assert asked(charlie) == 200


def test_the_explanation_grants_the_missing_piece(bob_page: Page) -> None:
    bob_page.goto(PAGE)
    card = bob_page.locator(".card-box").filter(has_text="Why can't somebody")
    card.get_by_label("Who").select_option("service_principal")
    card.get_by_label("Name").fill("app-support-desk")
    card.get_by_role("button", name="Explain").click()
    expect(bob_page.get_by_role("status").filter(has_text="app-support-desk cannot query churn")).to_be_visible()
    bob_page.get_by_role("button", name="Grant CAN_QUERY").click()
    bob_page.get_by_role("button", name="Apply").click()
    bob_page.goto(f"{PAGE}/why?kind=service_principal&who=app-support-desk")
    expect(bob_page.get_by_text("app-support-desk can query churn.")).to_be_visible()


def test_a_lock_out_is_accepted_before_it_is_sent(bob_page: Page, emulator: "Emulator") -> None:
    bob_page.goto(PAGE)
    bob_page.get_by_role("button", name="Remove Bob Berger").click()
    expect(bob_page.get_by_label("Level of Bob Berger")).to_have_count(0)
    bob_page.get_by_role("button", name="Remove ml-team").click()
    expect(bob_page.get_by_text("Nobody yet")).to_be_visible()
    bob_page.get_by_role("button", name="Review").last.click()
    bob_page.get_by_label("You lose CAN_MANAGE on this endpoint").check()
    bob_page.get_by_role("button", name="Apply").click()
    missed = bob_page.get_by_label("Nobody but workspace admins")
    expect(missed).to_be_focused()
    expect(missed).to_have_accessible_description("Nothing was sent: accept this first, or go back.")
    missed.check()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page.get_by_text("Perhaps you do not see it any more.")).to_be_visible()
    assert not emulator.world.endpoints["churn"].grants.get("user_name")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_pages_are_accessible_and_fit(open_page: OpenPage, accessible: Accessible, scheme: str, width: int) -> None:
    page = open_page("bob", width=width, color_scheme=scheme)
    for path in ("support-agent/permissions", "churn/permissions/why"):
        page.goto(f"/endpoints/{path}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(PAGE)
    for person in ("ml-team", "Bob Berger"):
        page.get_by_role("button", name=f"Remove {person}").click()
        expect(page.get_by_label(f"Level of {person}")).to_have_count(0)
    page.get_by_role("button", name="Review").last.click()
    expect(page.get_by_text("You lose CAN_MANAGE")).to_be_visible()
    accessible(page)
    viewer = open_page("charlie", width=width, color_scheme=scheme)
    viewer.goto("/endpoints/wine-quality/permissions")
    accessible(viewer)
