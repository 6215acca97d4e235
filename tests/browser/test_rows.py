"""Forms whose rows come and go: what was typed stays with its own row, and the keyboard stays in the form."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

ENTITY = "served_entities[0]."
MODEL = ENTITY + "external_model."


@dataclass(frozen=True)
class Rows:
    """One kind of row: where it is, the button that adds one, the field typed into, and the words on "Remove"."""

    address: str
    add: str
    field: str
    remove: str
    filled: int = 0

    def at(self, place: int) -> str:
        return self.field.replace("*", str(place))


NEW = "/endpoints/new?kind="
KINDS = {
    "new: served entities": Rows(NEW + "custom", "Add served entity", "served_entities[*].name", "served entity", 1),
    "new: variables": Rows(NEW + "custom", "Add variable", ENTITY + "environment_vars[*].name", "variable"),
    "new: tags": Rows(NEW + "custom", "Add tag", "tags[*].key", "tag"),
    "new: limits": Rows(NEW + "external", "Add rate limit", "gateway.rate_limits[*].calls", "rate limit"),
    "new: grants": Rows(NEW + "custom", "Add grant", "permissions[*].name", "grant"),
    "config: served entities": Rows(
        "/endpoints/fraud-realtime/config", "Add served entity", "served_entities[*].name", "", 1
    ),
    "config: variables": Rows(
        "/endpoints/fraud-realtime/config", "Add variable", ENTITY + "environment_vars[*].name", "variable"
    ),
    "gateway: limits": Rows("/endpoints/churn/gateway", "Add rate limit", "gateway.rate_limits[*].calls", "rate limit"),
    "settings: tags": Rows("/endpoints/product-embeddings/settings", "Add tag", "tags[*].key", "tag", 1),
}


def type_in(page: Page, rows: Rows, place: int, text: str) -> None:
    page.locator(f'[name="{rows.at(place)}"]').fill(text)


def typed(page: Page, rows: Rows) -> list[str]:
    start, _, end = rows.field.partition("*")
    found: list[str] = page.locator(f'[name^="{start}"][name$="{end}"]:not([type=hidden])').evaluate_all(
        "all => all.map(one => one.value)"
    )
    return found


def in_form(page: Page) -> bool:
    """Whether the keyboard is on a control of the form, and not back at the top of the page."""
    return bool(page.evaluate("document.activeElement.closest('form') !== null"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_typed_stays_with_its_row(bob_page: Page, kind: str) -> None:
    rows = KINDS[kind]
    bob_page.goto(rows.address)
    for place in range(3):
        if place >= rows.filled:
            bob_page.get_by_role("button", name=rows.add, exact=True).click()
            expect(bob_page.locator(f'[name="{rows.at(place)}"]')).to_have_count(1)
            assert in_form(bob_page), "the keyboard left the form when a row was added"
        if place == 0:
            type_in(bob_page, rows, 0, "11")
    type_in(bob_page, rows, 1, "22")
    assert typed(bob_page, rows) == ["11", "22", ""]
    bob_page.get_by_role("button", name=re.compile(f"^Remove {rows.remove}")).nth(1).click()
    expect(bob_page.locator(f'[name="{rows.at(2)}"]')).to_have_count(0)
    assert typed(bob_page, rows) == ["11", ""]
    assert in_form(bob_page), "the keyboard left the form when a row was removed"
    type_in(bob_page, rows, 1, "33")
    bob_page.get_by_role("button", name=rows.add, exact=True).click()
    expect(bob_page.locator(f'[name="{rows.at(2)}"]')).to_have_count(1)
    assert typed(bob_page, rows) == ["11", "33", ""]


def test_levels_stay_with_the_people_they_were_chosen_for(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/permissions")
    for person in ("charlie@example.com", "erin@example.com"):
        bob_page.locator("#grants-form").get_by_label("Name").fill(person)
        bob_page.get_by_role("button", name="Add", exact=True).click()
        expect(bob_page.locator("#grants-form").get_by_label("Name")).to_have_value("")
    levels = bob_page.locator('#grants-form select[name^="grants["]')
    levels.nth(2).select_option("CAN_VIEW")
    bob_page.get_by_role("button", name="Remove ml-team").click()
    expect(levels).to_have_count(3)
    assert [levels.nth(n).input_value() for n in range(3)] == ["CAN_MANAGE", "CAN_VIEW", "CAN_QUERY"]
    assert in_form(bob_page)


def test_open_cards_stay_open_and_closed_ones_closed(bob_page: Page) -> None:
    bob_page.goto("/endpoints/churn/config")
    bob_page.locator("#entity-1-summary").click()
    bob_page.locator('[name="served_entities[1].name"]').fill("mine")
    bob_page.get_by_role("button", name="Duplicate churn-3").click()
    expect(bob_page.locator("#entity-2")).to_be_visible()
    cards = bob_page.locator("details.entity-card")
    names = [bob_page.locator(f'[name="served_entities[{n}].name"]').input_value() for n in range(3)]
    assert (names[0], names[2]) == ("churn-3", "mine")
    assert [cards.nth(n).get_attribute("open") is not None for n in (0, 2)] == [False, True]
    bob_page.get_by_role("button", name="Remove churn-3").first.click()
    expect(bob_page.locator("#entity-2")).to_have_count(0)
    assert bob_page.locator('[name="served_entities[1].name"]').input_value() == "mine"
    assert cards.nth(1).get_attribute("open") is not None
    assert in_form(bob_page)


def test_another_provider_takes_over_no_text_of_the_one_before(bob_page: Page) -> None:
    bob_page.goto(NEW + "external")
    bob_page.get_by_role("button", name="Add served entity").click()
    second = bob_page.locator('[name="served_entities[1].external_model.name"]')
    second.fill("of-the-second")
    bob_page.locator(f'[name="{MODEL}name"]').fill("of-the-first")
    settings = bob_page.locator(f'input[name^="{MODEL}openai_config."]:not([type=hidden]):visible')
    assert settings.count() > 0
    for place in range(settings.count()):
        settings.nth(place).fill("openai’s")
    provider = bob_page.locator(f'[name="{MODEL}provider"]')
    provider.focus()
    provider.select_option("amazon-bedrock")
    expect(bob_page.locator(f'[name="{MODEL}amazon_bedrock_config.aws_region"]')).to_be_visible()
    fields = bob_page.locator(f'input[name^="{MODEL}amazon_bedrock_config."]:not([type=hidden]):visible')
    values = [fields.nth(place).input_value() for place in range(fields.count())]
    assert values == [""] * len(values)
    expect(second).to_have_value("of-the-second")
    expect(bob_page.locator(f'[name="{MODEL}name"]')).to_have_value("of-the-first")
    expect(provider).to_be_focused()
