"""One endpoint's whole life in a browser: created, edited three times, deleted, and back from history as it was."""

import re
import uuid
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_journeys import SLOW_MS, fill
from tests.features.changes.support import until_ready, writes
from tests.features.create import support
from web.changes.fields import editable

if TYPE_CHECKING:
    from web.emulator.server import Emulator

ROW = {"age": 40, "tenure_months": 12, "monthly_charges": 40.0, "contract": "monthly"}


def apply(page: Page, name: str) -> None:
    """From a filled form through Review to Apply."""
    page.get_by_role("button", name=re.compile("^Review")).first.click()
    confirm(page, name)


def confirm(page: Page, name: str) -> None:
    """Apply on the Review page that has just opened, warnings accepted."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review", timeout=SLOW_MS)
    for warning in page.get_by_label("I know this").all():
        warning.check()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(rf"/endpoints(/{name}(/\w+)?)?$"), timeout=SLOW_MS)


def create(page: Page, name: str) -> None:
    """One served entity, a tag, usage tracking, and a grant to somebody in no group."""
    page.goto("/endpoints/new?kind=custom")
    fill(page, support.custom(name))
    page.get_by_label("Track usage").check()
    for button, values in (
        ("Add tag", {"tags[0].key": "team", "tags[0].value": "growth"}),
        ("Add grant", {"permissions[0].name": "charlie@example.com"}),
    ):
        page.get_by_role("button", name=button).click()
        for field, value in values.items():
            page.locator(f'[name="{field}"]').fill(value)
    apply(page, name)


def add_a_version(page: Page, name: str) -> None:
    """The newest version of the model beside the one that serves, at 0 % of the traffic."""
    page.goto(f"/endpoints/{name}/config")
    page.get_by_role("button", name="Add version 4 beside").click(timeout=SLOW_MS)
    expect(page.locator("#entity-1")).to_be_visible(timeout=SLOW_MS)
    apply(page, name)


def shift(page: Page, name: str) -> None:
    """A quarter of the traffic to the new version, with its slider."""
    page.goto(f"/endpoints/{name}/traffic")
    expect(page.locator("traffic-split:defined").first).to_be_visible()
    slider = page.get_by_role("slider", name="Share of churn-4")
    for key in ("PageUp", "PageUp", *["ArrowRight"] * 5):
        slider.press(key)
    expect(page.get_by_label("churn-4 traffic percentage")).to_have_value("25")
    apply(page, name)


def settle_in(page: Page, name: str) -> None:
    """A second tag, then an address to mail."""
    page.goto(f"/endpoints/{name}/settings")
    page.get_by_role("button", name="Add tag").click()
    page.locator('[name="tags[1].key"]').fill("env")
    page.locator('[name="tags[1].value"]').fill("prod")
    apply(page, name)
    page.goto(f"/endpoints/{name}/settings")
    page.get_by_label("When an update fails").fill("ml-team@example.com")
    page.get_by_role("button", name="Review notifications").click()
    confirm(page, name)


def delete(page: Page, name: str) -> None:
    page.goto(f"/endpoints/{name}")
    page.get_by_role("link", name="Delete endpoint").click()
    page.locator('[name="confirm"]').fill(name)
    page.get_by_role("button", name="Delete endpoint").last.click()
    confirm(page, name)


def restore(page: Page, name: str) -> None:
    page.goto(f"/endpoints/{name}/history")
    page.get_by_role("link", name="Restore", exact=True).click()
    said: Locator = page.locator("main")
    expect(said).to_contain_text("The endpoint gets a new id")
    page.get_by_role("button", name="Restore").click()
    confirm(page, name)


def parts(live: dict[str, Any]) -> dict[str, Any]:
    """What a person may change of an endpoint; the id is not of that kind."""
    return {key: value for key, value in editable(live).items() if key != "id"}


def asked(who: httpx.Client, name: str) -> int:
    """The status of a valid question to the first version."""
    url = f"/api/v1/endpoints/{name}/invocations?served_entity=churn-3"
    return who.post(url, json={"dataframe_records": [ROW]}).status_code


def test_a_deleted_endpoint_comes_back_as_it_was(
    bob_page: Page, bob: httpx.Client, charlie: httpx.Client, emulator: "Emulator"
) -> None:
    name = f"life-{uuid.uuid4().hex[:8]}"
    create(bob_page, name)
    first = until_ready(bob, name)
    assert asked(charlie, name) == 200
    for step in (add_a_version, shift, settle_in):
        step(bob_page, name)
        until_ready(bob, name)
    before = until_ready(bob, name)
    assert [r["traffic_percentage"] for r in before["config"]["traffic_config"]["routes"]] == [75, 25]
    assert (before["id"], before["config"]["config_version"]) == (first["id"], 3)
    delete(bob_page, name)
    assert asked(charlie, name) == 404
    restore(bob_page, name)
    after = until_ready(bob, name)
    assert parts(after) == parts(before)
    assert after["id"] != before["id"]
    assert asked(charlie, name) == 200
    grants = "/api/2.0/permissions/serving-endpoints/{}"
    root = "/api/2.0/serving-endpoints"
    sent = [(w["method"], w["path"]) for w in writes(emulator)]
    assert sent == [
        ("POST", root),
        ("PATCH", grants.format(before["id"])),
        ("PUT", f"{root}/{name}/config"),
        ("PUT", f"{root}/{name}/config"),
        ("PATCH", f"{root}/{name}/tags"),
        ("PATCH", f"{root}/{name}/notifications"),
        ("DELETE", f"{root}/{name}"),
        ("POST", root),
        ("PATCH", grants.format(after["id"])),
    ]
    assert {w["user"] for w in writes(emulator)} == {"bob@example.com"}
