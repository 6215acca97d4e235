"""The New endpoint form in a real browser: pickers, rows, tabs, the keyboard, and no scripts at all."""

import json
import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.fixtures import OpenPage, check_both_themes, quiet, visit
from tests.features.create.support import ENTITY, KEY, MODEL, writes

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def field(page: Page, name: str) -> Locator:
    return page.locator(f'#create-form [name="{name}"]')


def pick(page: Page, name: str) -> Locator:
    """A choice of the first entity's picker, once it is there."""
    return page.locator(f'#create-form select[name="{ENTITY}{name}"]')


def choose_churn(page: Page) -> None:
    """Catalog, schema, model: each offers its choices once the one before is chosen."""
    for name, value in (("catalog", "main"), ("schema", "ml"), ("model", "churn")):
        pick(page, name).select_option(value)
    expect(field(page, ENTITY + "entity_version")).to_have_value("4")


def test_pickers_propose_the_newest_ready_version_and_the_summary_follows(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=custom")
    choose_churn(bob_page)
    field(bob_page, "name").fill("b-summary")
    bob_page.get_by_label("Yes").check()
    summary = bob_page.locator(".create-summary")
    for words in ("b-summary", "main.ml.churn", "version 4", "CPU", "scales to zero"):
        expect(summary).to_contain_text(words)


def test_a_name_is_judged_while_it_is_typed(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=custom")
    field(bob_page, "name").press_sequentially("churn")
    expect(bob_page.locator("#name-check")).to_contain_text("exists already")
    field(bob_page, "name").press_sequentially("-of-mine")
    expect(bob_page.locator("#name-check")).to_contain_text("No endpoint that you may see")


def test_rows_are_added_by_keyboard_and_what_was_typed_stays(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=custom")
    choose_churn(bob_page)
    field(bob_page, "description").fill("Mine")
    for button, first in (("Add tag", "tags[0].key"), ("Add variable", ENTITY + "environment_vars[0].name")):
        bob_page.get_by_role("button", name=button).focus()
        bob_page.keyboard.press("Enter")
        expect(field(bob_page, first)).to_be_focused()
    bob_page.get_by_role("button", name="Add served entity").focus()
    bob_page.keyboard.press("Enter")
    expect(field(bob_page, "served_entities[1].source")).to_be_focused()
    field(bob_page, ENTITY + "traffic").fill("90")
    field(bob_page, ENTITY + "traffic").press("Tab")
    expect(field(bob_page, "served_entities[1].traffic")).to_have_value("10")
    expect(field(bob_page, "description")).to_have_value("Mine")
    expect(field(bob_page, ENTITY + "entity_version")).to_have_value("4")
    bob_page.get_by_role("button", name="Remove served entity 2").click()
    expect(field(bob_page, "served_entities[1].source")).to_have_count(0)


def test_a_provider_shows_only_its_own_fields_and_keeps_the_rest(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=external")
    field(bob_page, MODEL + "name").fill("claude-v2")
    field(bob_page, MODEL + "provider").focus()
    field(bob_page, MODEL + "provider").select_option("amazon-bedrock")
    expect(field(bob_page, MODEL + "amazon_bedrock_config.aws_region")).to_be_visible()
    expect(bob_page.locator('[name*="openai_config"]')).to_have_count(0)
    expect(field(bob_page, MODEL + "name")).to_have_value("claude-v2")
    expect(field(bob_page, MODEL + "provider")).to_be_focused()
    field(bob_page, MODEL + "variant").select_option("profile")
    expect(bob_page.get_by_label("Instance profile ARN")).to_be_visible()


def test_a_typed_key_is_never_in_the_page_again(bob_page: Page, emulator: "Emulator") -> None:
    bob_page.goto("/endpoints/new?kind=external")
    field(bob_page, "name").fill("b-typed")
    field(bob_page, KEY + "mode").select_option("plaintext")
    field(bob_page, KEY + "typed").fill("sk-browser-4711")
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.locator("#problems")).to_be_focused()
    assert "sk-browser-4711" not in bob_page.content()
    expect(bob_page.get_by_text("A value is kept")).to_be_visible()
    field(bob_page, MODEL + "name").fill("gpt-4o")
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.get_by_role("button", name="Apply")).to_be_visible()
    assert "sk-browser-4711" not in bob_page.content()
    assert writes(emulator) == []


def test_throughput_comes_in_the_models_own_steps(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=provisioned")
    pick(bob_page, "model").select_option("llama_4_maverick")
    expect(field(bob_page, ENTITY + "provisioned_model_units")).to_have_attribute("step", "50")
    field(bob_page, ENTITY + "measure").select_option("tokens")
    expect(field(bob_page, ENTITY + "max_provisioned_throughput")).to_have_attribute("step", "2600")


def test_the_json_tab_is_the_same_value_both_ways(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=custom")
    field(bob_page, "name").fill("b-json")
    choose_churn(bob_page)
    bob_page.get_by_label("No", exact=True).check()
    bob_page.get_by_role("button", name="JSON").click()
    editor = bob_page.locator("json-editor")
    expect(editor.locator(".cm-content")).to_be_visible()
    body = json.loads(editor.evaluate("element => element.value"))
    assert body["config"]["served_entities"][0]["entity_version"] == "4"
    body["config"]["served_entities"][0]["workload_size"] = "Large"
    body["novelty"] = True
    editor.evaluate("(element, text) => { element.value = text }", json.dumps(body))
    bob_page.get_by_role("button", name="Form", exact=True).click()
    expect(field(bob_page, ENTITY + "workload_size")).to_have_value("Large")
    expect(bob_page.get_by_text("novelty")).to_be_visible()
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.get_by_role("heading", level=1)).to_contain_text("Review")
    expect(bob_page.locator("main")).to_contain_text("novelty")


def test_enter_in_a_field_reviews_and_adds_no_row(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=custom")
    field(bob_page, "name").fill("b-enter")
    field(bob_page, "name").press("Enter")
    expect(bob_page.locator("#problems")).to_contain_text("Choose a model.")


def test_without_scripts_an_endpoint_is_created_all_the_same(open_page: OpenPage, emulator: "Emulator") -> None:
    page = open_page("bob", java_script_enabled=False)
    page.goto("/endpoints/new?kind=custom")
    field(page, "name").fill("b-plain")
    for name, value in (("catalog", "main"), ("schema", "ml"), ("model", "churn")):
        field(page, ENTITY + name).fill(value)
    page.get_by_role("button", name="List what can be chosen").click()
    field(page, ENTITY + "entity_version").select_option("3")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Review").last.click()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("/endpoints/b-plain$"))
    assert [(w["method"], w["user"]) for w in writes(emulator)] == [("POST", "bob@example.com")]


def test_every_form_is_accessible_in_both_themes_and_fits_a_phone(open_page: OpenPage) -> None:
    page = open_page("bob", width=390, color_scheme="light")
    for address in ("", "?kind=foundation", "?kind=provisioned", "?kind=external", "?from=churn"):
        visit(page, f"/endpoints/new{address}")
        check_both_themes(page)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    visit(page, "/endpoints/new?kind=custom")
    rows = {
        "Add variable": ENTITY + "environment_vars",
        "Add grant": "permissions",
        "Add rate limit": "gateway.rate_limits",
    }
    for button, first in rows.items():
        page.get_by_role("button", name=button).first.click()
        expect(page.locator(f'[name^="{first}[0]."]:focus')).to_have_count(1)
    page.get_by_role("button", name="Review").last.click()
    expect(page.locator("#problems")).to_be_visible()
    check_both_themes(page)


def test_what_is_chosen_while_the_form_is_drawn_again_stays(bob_page: Page) -> None:
    bob_page.goto("/endpoints/new?kind=external")
    key, held = "[name$='openai_api_key.{}']", list[Route]()
    scope = bob_page.locator(f"select{key.format('scope')}")
    expect(scope).to_be_visible()
    late = re.compile("/endpoints/new$")
    bob_page.route(late, lambda route: route.continue_() if held else held.append(route))
    with bob_page.expect_request(late):
        bob_page.locator("select[name$='.variant']").select_option(index=0)
    scope.select_option("ml")
    bob_page.locator(f"select{key.format('key')}").select_option("openai")
    bob_page.locator("[name$='external_model.name']").fill("gpt-4o-mini")
    with quiet(bob_page):
        held[0].continue_()
    expect(scope).to_have_value("ml")
    expect(bob_page.locator(key.format("key"))).to_have_value("openai")
    expect(bob_page.locator("[name$='external_model.name']")).to_have_value("gpt-4o-mini")
