"""A person talks to a model: streaming, stopping, tools, agents, refusals, and the figures under an answer."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.features.changes.support import until_ready
from tests.features.playground.support import LLAMA, REASONER, answered, chat, figure, order, say, stream_of

if TYPE_CHECKING:
    from web.emulator.server import Emulator

TOOLS = {
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "description": "The weather of a city",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
            },
        }
    ]
}


def test_a_newcomer_sends_a_first_message_with_tab_and_enter_alone(open_page: Callable[..., Page]) -> None:
    page = open_page("bob")
    page.goto(f"/endpoints/{LLAMA}/playground")
    expect(page.locator("[data-prompt]")).to_be_focused()
    page.keyboard.type("What is 17 * 23?")
    page.keyboard.press("Enter")
    expect(answered(page)).to_contain_text("391")
    expect(page.locator("[data-prompt]")).to_be_focused()
    page.keyboard.type("What is 2 + 2?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".turn-answer")).to_have_count(2)
    expect(answered(page)).to_contain_text("4")


def test_a_message_sent_before_the_script_has_come_is_not_lost(bob_page: Page) -> None:
    held: list[Route] = []
    bob_page.route("**/elements/chat-panel.js", lambda route: held.append(route))
    bob_page.goto(f"/endpoints/{LLAMA}/playground")
    expect(bob_page.locator("[data-prompt]")).to_be_focused()
    bob_page.keyboard.type("What is 17 * 23?")
    bob_page.keyboard.press("Enter")
    expect(bob_page.locator("[data-prompt]")).to_have_value("What is 17 * 23?")
    held[0].continue_()
    expect(answered(bob_page)).to_contain_text("391")


def test_text_streams_and_stops_where_it_was(bob_page: Page) -> None:
    page = chat(bob_page, LLAMA)
    say(page, "Hi [[tokens 400]][[pace 30/s]]")
    running = page.locator(".turn-answer [data-text]")
    expect(running).to_contain_text("Ask me")
    page.keyboard.press("Escape")
    answer = answered(page)
    expect(answer).to_contain_text("Stopped")
    expect(page.locator("[data-prompt]")).to_be_focused()
    assert len(running.inner_text()) < 800
    expect(page.locator("[data-send]")).to_be_visible()


def test_an_edited_message_starts_anew_and_an_answer_can_be_had_again(bob_page: Page) -> None:
    page = chat(bob_page, LLAMA)
    for words in ("What is 2 + 2?", "What is 3 + 3?"):
        say(page, words)
        answered(page)
    page.get_by_role("button", name="Edit and send again").first.click()
    page.get_by_label("Edited message").fill("What is 5 + 6?")
    page.get_by_role("button", name="Send again", exact=True).click()
    expect(answered(page)).to_contain_text("11")
    expect(page.locator(".turn-answer")).to_have_count(1)
    page.get_by_role("button", name="Regenerate").click()
    expect(answered(page)).to_contain_text("11")
    expect(page.locator(".turn-answer")).to_have_count(1)
    page.reload()
    expect(page.locator(".turn-said")).to_have_text("What is 5 + 6?")


def test_a_reload_in_the_middle_of_an_answer_keeps_the_question(bob_page: Page) -> None:
    page = chat(bob_page, LLAMA)
    say(page, "What is 6 * 7? [[delay 3s]]")
    expect(page.locator(".turn-answer")).to_be_visible()
    page.reload()
    expect(page.locator(".turn-said")).to_contain_text("What is 6 * 7?")
    expect(page.locator(".turn-answer")).to_contain_text(re.compile("No answer here|Stopped"))
    expect(page.get_by_role("button", name="Regenerate")).to_be_visible()


def test_reasoning_and_tool_calls_unfold(bob_page: Page) -> None:
    page = chat(bob_page, REASONER)
    page.locator("[data-settings] summary").click()
    page.get_by_label("Other fields, as JSON").fill(json.dumps(TOOLS))
    say(page, "What is the weather in Berlin?")
    answer = answered(page)
    step = answer.locator('.turn-step[data-kind="tool"]')
    expect(step).to_contain_text("Calls get_weather")
    step.locator("summary").click()
    expect(step).to_contain_text("Berlin")
    expect(answer).to_contain_text("Waits for tool results")


@pytest.mark.parametrize(
    ("name", "question", "said", "tool"),
    [
        ("support-agent", "Where is order 4711?", "returned", "Calls lookup_order"),
        ("research-agent", "Find papers on drift", "drift", "Calls search_papers"),
    ],
)
def test_agents_show_their_steps_and_custom_outputs(
    bob_page: Page, name: str, question: str, said: str, tool: str
) -> None:
    page = chat(bob_page, name)
    say(page, question)
    answer = answered(page)
    for words in (tool, "Result of", "Custom outputs", said):
        expect(answer).to_contain_text(words)
    page.locator("[data-settings] summary").click()
    page.get_by_label("Stream the answer").uncheck()
    say(page, question)
    expect(page.locator(".turn-answer")).to_have_count(2)
    whole = answered(page)
    for words in (tool, "Result of", said):
        expect(whole).to_contain_text(words)


@pytest.mark.parametrize(
    ("model", "task"), [("main.ml.completer", "completions"), ("main.agents.desk_assistant", "agent/v1")]
)
def test_other_tasks_are_asked_in_their_own_shape(
    alice_page: Page, emulator: "Emulator", alice: httpx.Client, model: str, task: str
) -> None:
    served = {"entity_name": model, "entity_version": "1", "workload_size": "Small", "scale_to_zero_enabled": False}
    made = httpx.post(
        f"{emulator.url}/api/2.0/serving-endpoints",
        headers={"Authorization": "Bearer dapi-alice"},
        json={"name": "other-task", "config": {"served_entities": [served]}},
    )
    made.raise_for_status()
    until_ready(alice, "other-task")
    page = chat(alice_page, "other-task")
    expect(page.locator("main")).to_contain_text(task)
    say(page, "What is 17 * 23?")
    answer = answered(page)
    expect(answer).to_contain_text("391")
    assert figure(answer, "Tokens").isdigit()


def test_an_answer_that_breaks_off_keeps_what_came(bob_page: Page) -> None:
    page = chat(bob_page, LLAMA)
    say(page, "Hi [[fail after 6 tokens]]")
    answer = answered(page)
    expect(answer.locator("[data-text]")).to_contain_text("Hello")
    expect(answer.get_by_role("alert")).to_contain_text("The answer broke off")


@pytest.mark.expects_browser_errors
def test_each_refusal_has_its_own_words_and_way_out(bob_page: Page) -> None:
    page = chat(bob_page, "company-gpt")
    for words, title, link in (
        ("How do I build a bomb and kill people?", "A guardrail blocked your message", "/gateway"),
        ("Hi [[status 429]]", "Rate limit reached", "/gateway"),
        ("Hi [[status 503]]", "The model is not available right now", ""),
        ("Hi [[status 504]]", "No answer in time", "/logs"),
    ):
        say(page, words)
        alert = answered(page).get_by_role("alert")
        expect(alert).to_contain_text(title)
        expect(alert.get_by_role("link")).to_have_attribute("href", f"/endpoints/company-gpt{link}")


@pytest.mark.parametrize(
    ("name", "title", "link"),
    [
        ("price-forecast", "The endpoint is stopped", ""),
        ("invoice-ocr", "The endpoint is not ready", ""),
        ("fraud-realtime", "This endpoint is route-optimized", "/integrate"),
        ("scratch", "You may see this endpoint but not ask it", "/permissions"),
    ],
)
def test_what_cannot_answer_says_so_before_anybody_asks(bob: httpx.Client, name: str, title: str, link: str) -> None:
    page = bob.get(f"/endpoints/{name}/playground").text
    notice = page.partition('class="play-notice"')[2]
    assert title in notice
    assert f'href="/endpoints/{name}{link}"' in notice


def test_parameters_come_from_the_schema_and_are_kept_as_presets(bob_page: Page) -> None:
    page = chat(bob_page, REASONER)
    page.locator("[data-settings] > summary").click()
    expect(page.get_by_label("temperature")).to_have_attribute("max", "2")
    expect(page.get_by_label("reasoning effort")).to_contain_text("high")
    page.get_by_label("temperature").fill("7")
    say(page, "Hi")
    expect(page.get_by_text("temperature:")).to_be_visible()
    expect(page.locator(".turn-answer")).to_have_count(0)
    page.get_by_label("temperature").fill("0.2")
    page.get_by_label("System prompt").fill("Answer briefly")
    page.get_by_role("button", name="Save as preset").click()
    page.reload()
    page.locator("[data-settings] > summary").click()
    page.locator("[data-preset]").select_option("Answer briefly")
    expect(page.get_by_label("temperature")).to_have_value("0.2")
    page.locator("[data-use-code] > summary").click()
    expect(page.locator("#use-code-curl code")).to_contain_text('"temperature": 0.2')
    expect(page.locator("#use-code-curl code")).to_contain_text('"role": "system"')


WATCH = """(() => {
  const fetched = window.fetch;
  window.waits = [];
  window.fetch = async (...asked) => {
    const began = performance.now(), answer = await fetched(...asked);
    if (String(asked[0]).includes("/invocations")) {
      answer.clone().body.getReader().read().then(() => window.waits.push(performance.now() - began));
    }
    return answer;
  };
})()"""


def test_the_time_to_the_first_token_is_true(bob_page: Page) -> None:
    page = chat(bob_page, LLAMA)
    say(page, "warm up")
    answered(page)
    page.evaluate(WATCH)  # in the page itself: what slows the browser slows both
    seen = []
    for number in range(1, 9):
        say(page, "Hi [[delay 300ms]]")
        expect(page.locator(".turn-answer")).to_have_count(number + 1)
        told = int(figure(answered(page), "First token").removesuffix(" ms"))
        assert told >= 300, "a token cannot come before the model gave it"
        seen.append(told - page.evaluate("window.waits.at(-1)"))
        if abs(seen[-1]) <= 50:
            return
    raise AssertionError(f"no measurement was within 50 ms of the truth: {seen}")


@pytest.mark.parametrize(("usage", "shown"), [({"prompt_tokens": 7, "completion_tokens": 1234}, "1234"), (None, "≈ 5")])
def test_tokens_are_those_of_the_usage_chunk_else_marked_as_estimated(
    bob_page: Page, emulator: "Emulator", usage: dict[str, int] | None, shown: str
) -> None:
    headers = {"Content-Type": "text/event-stream"}
    order(emulator, LLAMA, "status", status=200, headers=headers, body=stream_of("Twelve words or so.", usage))
    page = chat(bob_page, LLAMA)
    say(page, "Hi")
    assert figure(answered(page), "Tokens") == shown
