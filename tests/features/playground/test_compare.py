"""One prompt to several models side by side, and a set of prompts over all of them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import OpenPage
from tests.features.playground.support import LLAMA, REASONER, answered, chat, figure, order, say
from web.features.prices import load, price_of

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def test_a_column_that_stalls_holds_nobody_up(bob_page: Page, emulator: "Emulator") -> None:
    order(emulator, REASONER, "delay", delay_s=8, times=1)
    page = chat(bob_page, LLAMA, REASONER, "support-agent")
    say(page, "What is 17 * 23?")
    for column in (0, 2):
        answer = answered(page, column)
        expect(answer).to_contain_text("391")
        assert figure(answer, "First token")
        assert figure(answer, "Total")
    stalled = page.locator('[data-column="1"] .turn-answer')
    expect(stalled.first).to_contain_text("Waiting for the first token")
    say(page, "What is 2 + 3?")
    expect(stalled.last).to_contain_text("Waits for the answer above.")
    for column in (0, 2):
        expect(answered(page, column)).to_contain_text("5")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(stalled.first).to_contain_text("Stopped")
    expect(stalled.last).to_contain_text("Not asked.")
    stalled.last.get_by_role("button", name="Regenerate").click()
    expect(answered(page, 1)).to_contain_text("5")
    expect(page.locator("[data-prompt]")).to_be_focused()


@pytest.mark.expects_browser_errors
def test_six_columns_are_the_most_and_one_that_fails_keeps_its_place(bob_page: Page) -> None:
    names = (LLAMA, REASONER, "support-agent", "research-agent", "no-such-endpoint", "churn", "company-gpt")
    page = chat(bob_page, *names)
    expect(page.locator("[data-column]")).to_have_count(6)
    expect(page.locator('[data-column="4"]')).to_contain_text("This column cannot answer")
    expect(page.locator('[data-column="5"]')).to_contain_text("It does not chat")
    say(page, "What is 17 * 23?")
    for column in range(4):
        expect(answered(page, column)).to_contain_text("391")
    page.get_by_role("link", name="Remove no-such-endpoint").click()
    expect(page.locator("[data-column]")).to_have_count(5)


def test_two_entities_of_one_endpoint_compare(bob_page: Page) -> None:
    bob_page.goto("/playground?endpoint=company-gpt&served_entity=gpt-4o&endpoint=company-gpt")
    page = bob_page
    page.locator('[data-column="1"]').get_by_label("Served entity of company-gpt").select_option("claude-fallback")
    expect(page).to_have_url(re.compile("endpoint=company-gpt&served_entity=claude-fallback$"))
    say(page, "What is 17 * 23?")
    for column in (0, 1):
        expect(answered(page, column)).to_contain_text("391")


@pytest.mark.expects_browser_errors
def test_a_set_of_prompts_gives_a_table_to_download(bob_page: Page, tmp_path: Path) -> None:
    page = chat(bob_page, LLAMA, "support-agent")
    lines = [
        "What is 2 + 2?",
        '{"prompt": "What is 3 + 4?"}',
        '{"messages": [{"role": "user", "content": "[[status 500]]"}]}',
    ]
    upload = tmp_path / "prompts.jsonl"
    upload.write_text("\n".join(lines))
    page.locator("[data-prompt-set] > summary").click()
    page.locator("[data-set-file]").set_input_files(upload)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-set-note]")).to_have_text("4 of 6 answered, 2 failed.", timeout=15_000)
    cells = page.locator("[data-set-result] tbody td")
    expect(cells).to_have_count(6)
    expect(cells.nth(3)).to_contain_text("7")
    expect(page.locator("[data-set-result] tfoot")).to_contain_text("1 failed")
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSONL", exact=True).click()
    rows = [json.loads(line) for line in Path(saved.value.path()).read_text().splitlines()]
    assert {row["column"] for row in rows} == {LLAMA, "support-agent"}
    assert all(row["error"] or row["total_ms"] > 0 for row in rows)


def test_a_conversation_is_exported_and_a_link_to_it_has_no_content(open_page: Callable[..., Page]) -> None:
    page = chat(open_page("bob", permissions=["clipboard-read", "clipboard-write"]), LLAMA, "support-agent")
    say(page, "What is 17 * 23?")
    answered(page)
    answered(page, 1)
    page.get_by_label("More actions").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Export as JSON").click()
    told = json.loads(Path(saved.value.path()).read_text())
    assert told["turns"][0]["prompt"] == "What is 17 * 23?"
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert link.endswith(f"/playground?endpoint={LLAMA}&endpoint=support-agent")


def test_a_price_comes_from_the_configured_table_only(open_page: OpenPage, tmp_path: Path) -> None:
    table = tmp_path / "prices.json"
    table.write_text(
        '{"currency": "EUR", "endpoints": {"gpt": {"input": 1, "output": 4}}, "models": {"m": {"input": 1}}}'
    )
    price = price_of(load(table), "gpt", "")
    assert price == {"input": 1, "output": 4, "currency": "EUR"}
    assert price_of(load(table), "other", "m") is None, "half a price is none"
    assert load(tmp_path / "none.json") == {}
    page = open_page("bob", bypass_csp=True)  # the test itself imports a module of the page
    page.goto("/playground")
    shown = """async price => {
      const base = document.querySelector("meta[name=static-base]").content;
      const { figures } = await import(`${base}js/playground/figures.js`);
      const measured = { ttft: 10, serverTtft: null, total: 20, rate: 5, tokens: 500, input: 1000 };
      return [[false, price], [true, price], [false, null]].map(([estimated, price]) =>
        figures({ ...measured, estimated }, price).find(one => one.label === "Price")?.value ?? null);
    }"""
    assert page.evaluate(shown, price) == ["0.0030 EUR", "≈ 0.0030 EUR", None]
