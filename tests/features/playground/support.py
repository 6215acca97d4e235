"""What tests of the playground share: sending a message, waiting for answers, ordering faults."""

import json
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from web.emulator.server import Emulator

LLAMA = "databricks-meta-llama-3-3-70b-instruct"
REASONER = "databricks-gpt-oss-120b"
SLOW_MS = 15_000


def chat(page: Page, *names: str) -> Page:
    """The chat of one endpoint, or several side by side, ready to be asked."""
    one = f"/endpoints/{names[0]}/playground"
    page.goto(one if len(names) == 1 else "/playground?" + "&".join(f"endpoint={name}" for name in names))
    expect(page.locator("chat-panel [data-send]")).to_be_enabled()
    return page


def say(page: Page, words: str) -> None:
    """Send a message with the keyboard."""
    page.locator("[data-prompt]").fill(words)
    page.locator("[data-prompt]").press("Enter")


def answered(page: Page, column: int = 0) -> Locator:
    """The last answer of a column, once it is complete."""
    answer = page.locator(f'[data-column="{column}"] .turn-answer').last
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=SLOW_MS)
    return answer


def figure(answer: Locator, label: str) -> str:
    """One figure under an answer, such as "Tokens"."""
    return answer.locator(f'.turn-figures div:has(dt:text-is("{label}")) dd').inner_text()


def order(emulator: "Emulator", endpoint: str, fault: str, **more: Any) -> None:
    """A fault on the invocations of an endpoint."""
    match = {"method": "POST", "path": f"/serving-endpoints/{endpoint}/invocations"}
    httpx.post(f"{emulator.url}/_emulator/faults", json=[{"match": match, "fault": fault, **more}]).raise_for_status()


def stream_of(text: str, usage: dict[str, int] | None = None) -> str:
    """A chat stream that says this text in two frames, and then what it cost, if told."""
    half = len(text) // 2
    frames: list[dict[str, Any]] = [
        {"choices": [{"index": 0, "delta": {"content": part}}]} for part in (text[:half], text[half:])
    ]
    frames += [{"choices": [], "usage": usage}] if usage else []
    return "".join(f"data: {json.dumps(frame)}\n\n" for frame in frames) + "data: [DONE]\n\n"
