"""A person sends rows, tensors or texts: form, table and JSON are one value, checked before it is sent."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.features.playground.support import order

if TYPE_CHECKING:
    from web.emulator.server import Emulator

PASTE = """(cell, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


def console(page: Page, name: str, query: str = "") -> Page:
    """The query console, ready."""
    page.goto(f"/endpoints/{name}/playground{query}")
    expect(page.locator("query-console [data-send]")).to_be_enabled()
    return page


def view(page: Page, name: str) -> None:
    """Another way to fill in the request."""
    page.get_by_role("tablist", name="Ways to fill in").get_by_role("tab", name=name, exact=True).click()


def request(page: Page) -> dict[str, object]:
    """The request as the JSON view has it."""
    view(page, "JSON")
    page.wait_for_selector(".cm-content")
    told: dict[str, object] = json.loads(page.locator("json-editor").evaluate("editor => editor.value"))
    return told


def test_rows_pasted_from_a_spreadsheet_are_typed_and_answered(bob_page: Page) -> None:
    page = console(bob_page, "churn", "?served_entity=churn-3")
    cell = page.locator('[data-row="0"][data-column="0"]')
    rows = "tenure_months\tage\tmonthly_charges\tcontract\n12\t40\t70.5\tmonthly\n3\tmany\t20\t\n"
    cell.evaluate(PASTE, rows)
    expect(page.locator("[data-view=table] tbody tr")).to_have_count(2)
    wrong = page.get_by_label("age, row 2")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-problems]")).to_contain_text("must be a whole number")
    wrong.fill("41")
    expect(page.locator("[data-problems] li")).to_have_count(0)
    page.locator("[data-send]").click()
    answer = page.locator("[data-answer]")
    expect(answer.locator("tbody tr")).to_have_count(2)
    expect(answer).to_contain_text("answered by churn-3")
    expect(answer).to_contain_text("200 · ")
    sent = request(page)["dataframe_split"]
    assert isinstance(sent, dict)
    assert sent["columns"][0] == "age"
    assert sent["data"] == [[40, 12, 70.5, "monthly"], [41, 3, 20, None]]


DROP = """(place, text) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], "dropped.csv", { type: "text/csv" }));
  place.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


def test_a_csv_file_is_opened_or_dropped_and_stays_in_the_browser(bob_page: Page, tmp_path: Path) -> None:
    page = console(bob_page, "churn", "?served_entity=churn-3")
    file = tmp_path / "rows.csv"
    file.write_text(
        '\ufeffcustomer;age;tenure_months;monthly_charges;contract\n7;40;12;70.5;"monthly; paid"\n8;41;3;20;\n'
    )
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Open CSV file").click()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url))
    chosen.value.set_files(file)
    expect(page.get_by_text("2 rows of rows.csv; not of this schema, so left out: customer")).to_be_visible()
    expect(page.get_by_label("contract, row 1")).to_have_value("monthly; paid")
    page.locator("[data-view=table]").evaluate(DROP, "age,tenure_months,monthly_charges\n50,5,9.5\n")
    expect(page.locator("[data-view=table] tbody tr")).to_have_count(1)
    assert sent == []
    page.locator("[data-view=table]").evaluate(DROP, "")
    expect(page.get_by_text("dropped.csv has no rows.")).to_be_visible()
    told = request(page)["dataframe_split"]
    assert isinstance(told, dict)
    assert told["data"][0][:3] == [50, 5, 9.5]


def test_form_table_and_json_are_one_value(bob_page: Page) -> None:
    page = console(bob_page, "churn", "?served_entity=churn-3")
    view(page, "Form")
    page.locator("[data-view=form]").get_by_label("age").fill("77")
    page.locator("[data-view=form]").get_by_label("age").press("Tab")
    view(page, "Table")
    expect(page.get_by_label("age, row 1")).to_have_value("77")
    page.get_by_label("tenure_months, row 1").fill("9")
    page.locator("[data-way]").select_option(label="dataframe_records")
    assert request(page)["dataframe_records"] == [
        {"age": 77, "tenure_months": 9, "monthly_charges": 10.4, "contract": "abc"}
    ]


def test_json_completes_by_the_schema_and_is_checked_before_sending(bob_page: Page) -> None:
    page = console(bob_page, "churn", "?served_entity=churn-3")
    request(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type('{"dataframe_records": [{"ag')
    expect(page.get_by_role("option", name="age")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.keyboard.type(', "')
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type(', "tenure_months": "x"}]}')
    expect(page.locator("[data-problems]")).to_contain_text("tenure_months must be a whole number")
    page.locator("[data-send]").click()
    expect(page.get_by_role("button", name="Send anyway")).to_be_visible()
    view(page, "Table")
    expect(page.get_by_label("tenure_months, row 1")).to_have_attribute("aria-invalid", "true")
    told = request(page)["dataframe_records"]
    assert told == [{"age": 0, "monthly_charges": 0, "tenure_months": "x"}]


def test_a_tensor_form_is_answered(bob_page: Page) -> None:
    page = console(bob_page, "image-tags")
    form = page.locator("[data-view=form]")
    expect(form.locator("input[type=number]")).to_have_count(5)
    form.locator("input[type=number]").first.fill("0.25")
    form.locator("input[type=number]").first.press("Tab")
    page.locator("[data-send]").click()
    expect(page.locator("[data-answer]")).to_contain_text("brightness")
    page.locator("[data-way]").select_option(label="instances")
    page.locator("[data-send]").click()
    expect(page.locator("[data-answer]")).to_contain_text("contrast")


def test_texts_are_embedded_and_compared(bob_page: Page) -> None:
    page = console(bob_page, "product-embeddings")
    page.get_by_role("textbox", name="Text 1").fill("a red shirt")
    page.get_by_role("textbox", name="Text 2").fill("a red shirt in cotton")
    page.get_by_role("button", name="Add text").click()
    page.get_by_role("textbox", name="Text 3").fill("annual report of a bank")
    page.locator("[data-send]").click()
    table = page.get_by_role("region", name="Similarity of the texts")
    expect(table.locator("tbody tr")).to_have_count(3)
    near, far = (float(table.locator("tbody tr").first.locator("td").nth(at).inner_text()) for at in (1, 2))
    assert near > far


def test_nan_and_sixteen_megabytes_do_not_break_the_page(bob_page: Page, emulator: "Emulator") -> None:
    page = console(bob_page, "churn")
    headers = {"Content-Type": "application/json"}
    order(
        emulator, "churn", "status", status=200, headers=headers, body='{"predictions": [NaN, -Infinity, 1.5]}', times=1
    )
    page.locator("[data-send]").click()
    answer = page.locator("[data-answer]")
    expect(answer.locator("tbody")).to_contain_text("-Infinity")
    row = json.dumps({"text": "x" * 1000, "score": 0.5})
    large = '{"predictions": [' + ",".join([row] * 15_600) + "]}"
    order(emulator, "churn", "status", status=200, headers=headers, body=large, times=1)
    page.locator("[data-send]").click()
    expect(answer).to_contain_text("The first 200 of 15600 rows.", timeout=20_000)
    expect(answer).to_contain_text("15.")
    for tab in ("Tree", "Raw"):
        answer.get_by_role("tab", name=tab).click()
        expect(answer.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    assert len(answer.inner_text()) < 150_000


@pytest.mark.expects_browser_errors
def test_a_refusal_says_what_the_model_did_not_like(bob_page: Page, accessible: Callable[[Page], None]) -> None:
    page = console(bob_page, "churn", "?served_entity=churn-3")
    page.get_by_label("age, row 1").fill("old")
    page.locator("[data-send]").click()
    page.get_by_role("button", name="Send anyway").click()
    alert = page.locator("[data-answer]").get_by_role("alert")
    expect(alert).to_contain_text("The model did not accept the request")
    expect(alert.locator("details")).to_contain_text("Details")
    accessible(page)
