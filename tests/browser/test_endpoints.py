"""The endpoints pages in a real browser: searching, following an update live, reading why one failed, deleting."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from web.emulator.server import Emulator

CHURN_3 = {
    "name": "churn-3",
    "entity_name": "main.ml.churn",
    "entity_version": "3",
    "workload_size": "Small",
    "scale_to_zero_enabled": True,
}


@pytest.fixture
def slow(emulator: "Emulator") -> "Emulator":
    """Updates take as long as in the real thing; time passes only when it is told to."""
    emulator.world.clock.speed = 1.0
    return emulator


def advance(emulator: "Emulator", seconds: int) -> None:
    """Let time pass in the workspace."""
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": seconds}).raise_for_status()


def create(emulator: "Emulator", endpoint: str, **entity: object) -> None:
    """Bob makes an endpoint with another tool."""
    httpx.post(
        f"{emulator.url}/api/2.0/serving-endpoints",
        headers={"Authorization": "Bearer dapi-bob"},
        json={"name": endpoint, "config": {"served_entities": [CHURN_3 | entity]}},
    ).raise_for_status()


def test_a_new_endpoint_comes_up_before_ones_eyes(slow: "Emulator", bob_page: Page) -> None:
    create(slow, "watched")
    bob_page.goto("/endpoints/watched")
    bob_page.evaluate("window.sameDocument = true")
    badges = bob_page.locator("#endpoint-status")
    expect(badges).to_contain_text("Not ready")
    expect(badges).to_contain_text("Updating")
    expect(bob_page.get_by_role("heading", name="Being tried")).to_be_visible()
    expect(bob_page.get_by_text("gives up after 30 min")).to_be_visible()
    advance(slow, 300)
    expect(badges).to_have_text("Ready", timeout=10_000)
    expect(bob_page.get_by_role("heading", name="Being tried")).to_have_count(0)
    expect(bob_page.locator("#endpoint-entities [data-live], #endpoint-entities[data-live]")).to_have_count(0)
    assert bob_page.evaluate("window.sameDocument")


def test_a_build_that_fails_shows_its_reason_and_the_end_of_its_log(slow: "Emulator", bob_page: Page) -> None:
    create(slow, "unlucky", name="leads", entity_name="main.ml.broken_missing_module", entity_version="1")
    bob_page.goto("/endpoints/unlucky")
    expect(bob_page.get_by_role("heading", name="Being tried")).to_be_visible()
    advance(slow, 300)
    expect(bob_page.get_by_role("heading", name="Tried and failed")).to_be_visible(timeout=10_000)
    expect(bob_page.get_by_text("needs the Python package lightgbm")).to_be_visible()
    expect(bob_page.get_by_role("group", name="End of the build log of leads")).to_contain_text("ModuleNotFoundError")
    expect(bob_page.locator("#endpoint-status")).to_contain_text("Update failed")


def test_the_list_follows_an_update(slow: "Emulator", bob_page: Page) -> None:
    create(slow, "aaa-watched")
    bob_page.goto("/endpoints?q=watched")
    row = bob_page.get_by_role("row").filter(has_text="aaa-watched")
    expect(row).to_contain_text("Updating")
    advance(slow, 300)
    expect(row).not_to_contain_text("Updating", timeout=10_000)
    expect(row).to_contain_text("Ready")


def test_search_by_keyboard_narrows_the_list_and_keeps_it_in_the_address(bob_page: Page) -> None:
    bob_page.goto("/endpoints")
    bob_page.keyboard.press("/")
    expect(bob_page.get_by_label("Search endpoints")).to_be_focused()
    bob_page.keyboard.type("frau")
    expect(bob_page.locator("#endpoints-rows tbody tr")).to_have_count(1)
    expect(bob_page).to_have_url(re.compile(r"/endpoints\?q=frau$"))
    bob_page.reload()
    expect(bob_page.get_by_label("Search endpoints")).to_have_value("frau")
    bob_page.get_by_role("link", name="fraud-realtime").press("Enter")
    expect(bob_page.get_by_role("heading", level=1)).to_have_text("fraud-realtime")


def test_deleting_asks_for_the_name_and_shows_the_review(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn-legacy")
    bob_page.get_by_role("link", name="Delete endpoint").click()
    bob_page.get_by_role("button", name="Delete endpoint").click()
    expect(bob_page.get_by_label("Name of the endpoint")).to_have_attribute("aria-invalid", "true")
    bob_page.get_by_label("Name of the endpoint").fill("churn-legacy")
    bob_page.get_by_role("button", name="Delete endpoint").click()
    expect(bob_page.get_by_role("heading", level=1)).to_contain_text("Review")
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page).to_have_url(re.compile(r"/endpoints$"))
    expect(bob_page.get_by_text("churn-legacy was deleted.")).to_be_visible()
    expect(bob_page.get_by_role("link", name="churn-legacy")).to_have_count(0)
