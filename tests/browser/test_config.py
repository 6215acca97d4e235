"""The config form in a real browser: by keyboard up to the roll-out, with many entities, without scripts."""

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, expect

from tests.browser.fixtures import OpenPage, check_both_themes, visit
from tests.features.config.support import entity, place, received, routes
from tests.features.create.support import writes

if TYPE_CHECKING:
    from web.emulator.server import Emulator

TEN = [f"churn-{letter}" for letter in "abcdefghij"]


def field(page: Page, name: str) -> Locator:
    return page.locator(f'#config-form [name="{name}"]')


def served(emulator: "Emulator", name: str, entities: list[str]) -> str:
    """The name of an endpoint that serves these, each with the same traffic."""
    from tests.features.config.support import direct

    share, rest = divmod(100, len(entities))
    split = routes(**dict.fromkeys(entities, share) | {entities[0]: share + rest})
    models = [entity(each, "3", environment_vars={"MODE": "fast"}) for each in entities]
    config = {"served_entities": models, "traffic_config": split}
    answer = direct(emulator, "POST", "", {"name": name, "config": config})
    assert answer.status_code == 200, answer.text
    emulator.world.clock.advance(7200)
    return name


def test_an_edit_by_keyboard_alone_up_to_the_roll_out(bob_page: Page, emulator: "Emulator") -> None:
    bob_page.goto("/endpoints/churn")
    bob_page.get_by_role("link", name="Edit config").focus()
    bob_page.keyboard.press("Enter")
    bob_page.locator("#entity-0-summary").focus()
    bob_page.keyboard.press("Enter")
    field(bob_page, place(0) + "workload_size").focus()
    bob_page.keyboard.press("ArrowDown")
    expect(bob_page.locator("#config-changes")).to_contain_text("Medium")
    expect(bob_page.locator("#entity-0-mark")).to_contain_text("Changed")
    bob_page.get_by_role("button", name="Review").last.focus()
    bob_page.keyboard.press("Enter")
    bob_page.get_by_role("button", name="Apply").focus()
    bob_page.keyboard.press("Enter")
    expect(bob_page).to_have_url(re.compile("/endpoints/churn$"))
    expect(bob_page.locator("#endpoint-entities")).to_contain_text("Config version 5")
    expect(bob_page.locator("#endpoint-status")).to_contain_text("Ready")
    assert received(emulator)["served_entities"][0]["workload_size"] == "Medium"


def test_a_new_version_beside_the_old_one_takes_its_first_traffic(bob_page: Page, emulator: "Emulator") -> None:
    bob_page.goto("/endpoints/churn/config")
    bob_page.get_by_role("button", name="Add version 4 beside it, at 0 %: churn-3").click()
    expect(bob_page.locator("#entity-1-summary")).to_be_focused()
    expect(bob_page.locator("#entity-1-mark")).to_contain_text("New")
    field(bob_page, place(1) + "traffic").fill("5")
    field(bob_page, place(1) + "traffic").press("Tab")
    expect(bob_page.locator("#config-changes")).to_contain_text("5 %")
    bob_page.get_by_role("button", name="Review").last.click()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page).to_have_url(re.compile("/endpoints/churn$"))
    assert sum(r["traffic_percentage"] for r in received(emulator)["traffic_config"]["routes"]) == 100


def test_ten_entities_stay_short_and_an_error_opens_its_own(bob_page: Page, emulator: "Emulator") -> None:
    bob_page.goto(f"/endpoints/{served(emulator, 'b-ten', TEN)}/config")
    expect(bob_page.locator(".config-entity")).to_have_count(10)
    expect(bob_page.locator(".config-entity > details[open]")).to_have_count(0)
    bob_page.locator("#entity-6-summary").click()
    expect(bob_page.locator(f'select[name="{place(6)}catalog"]')).to_have_value("main")
    field(bob_page, place(6) + "name").fill("not a name")
    expect(bob_page.locator("#entity-6-title")).to_have_text("not a name")
    bob_page.locator("#entity-6-summary").click()
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.locator("#problems")).to_be_focused()
    expect(bob_page.locator("#entity-6 > details")).to_have_attribute("open", "")
    bob_page.locator("#problems a").first.click()
    expect(bob_page.locator("#entity-6").get_by_text("letters, digits")).to_be_in_viewport()
    bob_page.get_by_role("button", name="Remove not a name").click()
    expect(bob_page.locator(".config-entity")).to_have_count(9)
    expect(bob_page.locator("#config-changes")).to_contain_text("Removed")


def test_what_was_open_stays_open_when_rows_change(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/config")
    bob_page.locator("#entity-1-summary").click()
    bob_page.locator("#entity-1").get_by_role("button", name="Add variable").click()
    expect(field(bob_page, place(1) + "environment_vars[0].name")).to_be_focused()
    expect(bob_page.locator("#entity-1 > details")).to_have_attribute("open", "")
    expect(bob_page.locator("#entity-0 > details")).not_to_have_attribute("open", "")


def test_the_json_tab_is_the_same_value_both_ways(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/config")
    bob_page.get_by_role("button", name="JSON").click()
    editor = bob_page.locator("json-editor")
    expect(editor.locator(".cm-content")).to_be_visible()
    body = json.loads(editor.evaluate("element => element.value"))
    body["served_entities"][1]["workload_size"] = "Large"
    body["served_entities"][1]["novelty"] = True
    editor.evaluate("(element, text) => { element.value = text }", json.dumps(body))
    expect(bob_page.locator("#config-changes")).to_contain_text("novelty")
    bob_page.get_by_role("button", name="Form", exact=True).click()
    expect(field(bob_page, place(1) + "workload_size")).to_have_value("Large")
    bob_page.locator("#entity-1-summary").click()
    expect(bob_page.locator("#entity-1").get_by_text("novelty")).to_be_visible()


def test_without_scripts_it_is_edited_all_the_same(open_page: OpenPage, emulator: "Emulator") -> None:
    page = open_page("bob", java_script_enabled=False)
    page.goto("/endpoints/churn/config")
    page.get_by_role("button", name="Use version 4 in churn-3").click()
    expect(page.locator("#config-changes")).to_contain_text("entity_version")
    page.get_by_role("button", name="Review").last.click()
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#config-changes")).to_contain_text("entity_version")
    page.get_by_role("button", name="Review").last.click()
    page.get_by_role("checkbox", name="I know this").check()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("/endpoints/churn$"))
    assert [w["method"] for w in writes(emulator)] == ["PUT"]


def test_the_form_is_accessible_and_fits_in_both_themes(bob_page: Page, emulator: "Emulator") -> None:
    page, three = bob_page, served(emulator, "b-three", TEN[:3])
    for address in (f"{three}/config", "lead-scoring/config?start=tried"):
        visit(page, f"/endpoints/{address}")
        in_both_themes(page)
    visit(page, f"/endpoints/{three}/config")
    page.locator("#entity-2-summary").click()
    field(page, place(2) + "name").fill("a b")
    page.get_by_role("button", name="Review").last.click()
    expect(page.locator("#problems")).to_be_visible()
    in_both_themes(page)


def in_both_themes(page: Page) -> None:
    """Light and dark, on a wide screen and on a phone."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        check_both_themes(page)
