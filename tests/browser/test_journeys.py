"""What a newcomer does in the first minutes, in a real browser: every kind of endpoint from the form to its end."""

import re
import uuid
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.features.changes.support import until_ready, writes
from tests.features.create import support

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Fields = dict[str, str]
SLOW_MS = 20_000
PICKED = (".catalog", ".schema", ".model", ".entity_version", ".scope", ".key")
KINDS = {
    "foundation": support.foundation,
    "provisioned": support.provisioned,
    "custom": support.custom,
    "external": support.external,
}


def fill(page: Page, fields: Fields) -> None:
    """Fill the form as a person does: one field after the other, pickers once they offer the choice."""
    for name, value in fields.items():
        if name == "kind":
            continue
        field = page.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "hidden":
            continue
        if name.endswith(PICKED):
            page.locator(f'select[name="{name}"]').select_option(value, timeout=SLOW_MS)
            continue
        if field.count() > 1 or field.first.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f'[name="{name}"][value="{value}"]').check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value, timeout=SLOW_MS)
        else:
            field.fill(value)
            field.press("Tab")
    page.wait_for_load_state("networkidle")


def create(page: Page, fields: Fields) -> None:
    """From the empty form to the endpoint's page."""
    page.goto(f"/endpoints/new?kind={fields['kind']}")
    fill(page, fields)
    page.get_by_role("button", name="Review").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Review", timeout=SLOW_MS)
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(f"/endpoints/{fields['name']}$"), timeout=SLOW_MS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_goes_from_the_form_to_ready_without_a_reload(
    bob_page: Page, bob: httpx.Client, emulator: "Emulator", kind: str
) -> None:
    name = f"{kind}-{uuid.uuid4().hex[:8]}"
    create(bob_page, KINDS[kind](name))
    expect(bob_page.locator("main")).to_contain_text("Ready", timeout=SLOW_MS)
    until_ready(bob, name)
    assert [(w["method"], w["user"]) for w in writes(emulator)] == [("POST", "bob@example.com")]


def test_bob_creates_asks_and_deletes_and_the_audit_shows_it(
    bob_page: Page, bob: httpx.Client, emulator: "Emulator"
) -> None:
    name = f"journey-{uuid.uuid4().hex[:8]}"
    create(bob_page, support.custom(name))
    expect(bob_page.locator("main")).to_contain_text("Ready", timeout=SLOW_MS)
    until_ready(bob, name)
    example = bob.get(f"/api/v1/endpoints/{name}/openapi").json()
    schema = example["paths"][next(iter(example["paths"]))]["post"]["requestBody"]["content"]["application/json"]
    record = {"dataframe_records": [_row(schema["schema"])]}
    answer = bob.post(f"/api/v1/endpoints/{name}/invocations", json=record)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 1
    bob_page.goto(f"/endpoints/{name}/delete")
    bob_page.locator('[name="confirm"]').fill(name)
    bob_page.get_by_role("button", name="Delete endpoint").last.click()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page).to_have_url(re.compile("/endpoints$"), timeout=SLOW_MS)
    bob_page.goto(f"/audit?endpoint={name}")
    expect(bob_page.locator("#audit-rows tbody tr")).to_have_count(2)
    expect(bob_page.locator("#audit-rows")).to_contain_text("bob@example.com")
    sent = [(w["method"], w["user"]) for w in writes(emulator)]
    assert sent == [("POST", "bob@example.com"), ("DELETE", "bob@example.com")]


def _row(schema: dict[str, object]) -> dict[str, object]:
    """One record with a value for every column of the schema."""
    alternatives = schema["oneOf"]
    assert isinstance(alternatives, list)
    records = next(a["properties"]["dataframe_records"] for a in alternatives if "dataframe_records" in a["properties"])
    values = {"integer": 3, "number": 1.5, "string": "Berlin", "boolean": True}
    return {name: values[column["type"]] for name, column in records["items"]["properties"].items()}


def test_charlie_finds_nothing_of_bobs(charlie_page: Page, charlie: httpx.Client) -> None:
    charlie_page.goto("/endpoints")
    expect(charlie_page.locator("main")).not_to_contain_text("lead-scoring")
    for part in ("", "/schema", "/playground", "/history", "/delete", "/status", "/failure"):
        assert charlie.get(f"/endpoints/churn{part}").status_code == 404, part
    for part in ("", "/openapi", "/metrics", "/served-entities/churn-3/logs", "/served-entities/churn-3/build-logs"):
        assert charlie.get(f"/api/v1/endpoints/churn{part}").status_code == 404, part
    change = {"kind": "endpoint.delete", "endpoint": "churn", "body": {}}
    for url in ("/api/v1/changes", "/api/v1/changes/plan"):
        answer = charlie.post(url, json={"change": change}, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 404, url
    assert charlie.post("/api/v1/endpoints/churn/invocations", json={}).status_code == 404
