"""The traffic page in a real browser: by keyboard alone, without scripts, with 15 entities on a small screen."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage, check_both_themes
from tests.features.changes.support import until_ready, writes
from tests.features.traffic.support import endpoint_of

if TYPE_CHECKING:
    from web.emulator.server import Emulator

REVIEW = re.compile("/changes/review/")


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until the element has the focus; fails when the keyboard never comes by."""
    wanted = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]  # a role
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never reached the {role} '{name}'")


def numbers(page: Page) -> list[str]:
    found: list[str] = page.locator(".split-number input").evaluate_all("all => all.map(one => one.value)")
    return found


def test_a_split_is_shifted_reviewed_and_applied_by_keyboard_alone(
    bob_page: Page, bob: httpx.Client, emulator: "Emulator"
) -> None:
    page, press = bob_page, bob_page.keyboard.press
    page.goto("/endpoints/churn")
    tab_to(page, "link", "Shift traffic")
    press("Enter")
    expect(page.locator("traffic-split:defined").first).to_be_visible()
    tab_to(page, "button", "25 %")
    press("Enter")
    assert numbers(page) == ["75", "25"]
    expect(page.locator("[data-said]")).to_have_text("churn-4 25 %, churn-3 75 %")
    tab_to(page, "slider", "Share of churn-4")
    for key in ("PageUp", "ArrowRight", "ArrowRight"):
        press(key)
    assert numbers(page) == ["63", "37"]
    press("Tab")
    page.keyboard.type("40")
    press("Enter")
    assert numbers(page) == ["60", "40"]
    expect(page.get_by_label("churn-4 traffic percentage")).to_be_focused()
    tab_to(page, "button", "Review")
    press("Enter")
    expect(page).to_have_url(REVIEW)
    said = page.get_by_label("I know this, and apply it all the same").get_attribute("aria-label")
    tab_to(page, "checkbox", str(said))
    press(" ")
    tab_to(page, "button", "Apply")
    press("Enter")
    expect(page).to_have_url(re.compile("/endpoints/churn$"))
    [sent] = writes(emulator)
    assert (sent["method"], sent["path"], sent["user"]) == (
        "PUT",
        "/api/2.0/serving-endpoints/churn/config",
        "bob@example.com",
    )
    routes = until_ready(bob, "churn")["config"]["traffic_config"]["routes"]
    assert [(r["served_model_name"], r["traffic_percentage"]) for r in routes] == [("churn-3", 60), ("churn-4", 40)]


def test_without_scripts_the_numbers_and_the_canary_steps_work(open_page: OpenPage, emulator: "Emulator") -> None:
    page = open_page("bob", java_script_enabled=False)
    page.goto("/endpoints/churn/traffic")
    expect(page.get_by_text("Whole numbers from 0 to 100 that add up to 100.")).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    expect(page.get_by_role("button", name="Even")).to_have_count(0)
    page.get_by_role("button", name="25 %").click()
    expect(page.get_by_label("churn-3 traffic percentage")).to_have_value("75")
    page.get_by_label("churn-3 traffic percentage").fill("70")
    page.get_by_label("churn-4 traffic percentage").press("Enter")
    expect(page.get_by_text("Traffic percentages add up to 95, not to 100.").first).to_be_visible()
    page.get_by_label("churn-4 traffic percentage").fill("30")
    page.get_by_role("button", name="Review").click()
    expect(page).to_have_url(REVIEW)
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("churn-4 traffic percentage")).to_have_value("30")
    assert writes(emulator) == []


def test_a_double_click_on_review_makes_one_draft(bob_page: Page, emulator: "Emulator") -> None:
    posts: list[str] = []
    bob_page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    bob_page.goto("/endpoints/churn/traffic")
    expect(bob_page.locator("traffic-split:defined").first).to_be_visible()
    bob_page.get_by_role("button", name="Swap").click()
    bob_page.get_by_role("button", name="Review").dblclick()
    expect(bob_page).to_have_url(REVIEW)
    assert len(posts) == 1
    assert writes(emulator) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_15_entities_fit_and_are_accessible_in_both_themes(
    open_page: OpenPage, emulator: "Emulator", width: int
) -> None:
    endpoint_of(emulator, "fifteen", 15)
    page = open_page("bob", width=width, color_scheme="light", reduced_motion="reduce")
    page.goto("/endpoints/fifteen/traffic")
    expect(page.locator("traffic-split:defined").first).to_be_visible()
    page.get_by_role("button", name="Lock churn-2").click()
    page.get_by_role("slider", name="Share of churn-15").press("End")
    assert numbers(page) == ["0", "5", *["0"] * 12, "95"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("scrollTo(0, 0)")
    check_both_themes(page)


def test_the_other_states_are_accessible(open_page: OpenPage, accessible: Callable[[Page], None]) -> None:
    page = open_page("bob", color_scheme="dark")
    for name in ("fraud-realtime", "price-forecast", "scratch", "databricks-gpt-oss-120b"):
        page.goto(f"/endpoints/{name}/traffic")
        accessible(page)
