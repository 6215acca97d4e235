"""Chat, completions, embeddings and agents answer in the shapes of the real service, whole and streamed."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.emulator.inference_support import BOB, ask, chat, deploy, frames, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "unit": {"enum": ["celsius", "kelvin"]}},
        },
    },
}


def _text(said: list[Any]) -> str:
    return "".join(frame["choices"][0]["delta"].get("content") or "" for frame in said if frame != "[DONE]")


def test_a_chat_answer_is_about_the_question(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    answer = ask(emulator, "house", chat("What is 17 * 23?")).json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "17 * 23 = 391"}, "finish_reason": "stop"}
    ]
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]
    assert "```python" in ask(emulator, "house", chat("Write a fibonacci function")).text
    assert "1. red\\n2. green" in ask(emulator, "house", chat("List two colours")).text


def test_a_stream_says_the_same_token_by_token_with_usage(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    whole = ask(emulator, "house", chat("List three fruits")).json()
    said = frames(ask(emulator, "house", chat("List three fruits", stream=True)))
    assert said[-1] == "[DONE]"
    assert _text(said) == whole["choices"][0]["message"]["content"]
    assert said[0]["choices"][0]["delta"]["role"] == "assistant"
    assert said[-2]["choices"][0]["finish_reason"] == "stop"
    assert said[-2]["usage"] == whole["usage"]
    assert whole["usage"]["completion_tokens"] == len(said) - 2
    assert not any("usage" in frame for frame in said[:-2])


def test_foundation_streams_carry_usage_in_every_chunk(emulator: Emulator) -> None:
    deploy(emulator, "llama", {"name": "llama", "entity_name": "system.ai.llama_v3_2_3b_instruct"}, kind="provisioned")
    said = frames(ask(emulator, "llama", chat("hello", stream=True)))
    assert all(frame["usage"]["prompt_tokens"] > 0 for frame in said[:-1])


def test_max_tokens_and_stop_end_an_answer(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    cut = ask(emulator, "house", chat("echo one two three four", max_tokens=2)).json()["choices"][0]
    assert cut == {"index": 0, "message": {"role": "assistant", "content": "one two"}, "finish_reason": "length"}
    stopped = ask(emulator, "house", chat("echo one two three four", stop=["three"])).json()["choices"][0]
    assert (stopped["message"]["content"], stopped["finish_reason"]) == ("one two ", "stop")
    assert len(ask(emulator, "house", chat("hello", n=3)).json()["choices"]) == 3
    assert ask(emulator, "house", chat("hello", temperature=3)).json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert ask(emulator, "house", {"messages": []}).status_code == 400


def test_tools_are_called_with_arguments_from_the_prompt(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    question = chat("What is the weather in Lisbon?", tools=[WEATHER])
    choice = ask(emulator, "house", question).json()["choices"][0]
    call = choice["message"]["tool_calls"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", None)
    assert json.loads(call["function"]["arguments"]) == {"city": "Lisbon", "unit": "celsius"}
    said = frames(ask(emulator, "house", {**question, "stream": True}))
    parts = [frame["choices"][0]["delta"].get("tool_calls", [{}])[0] for frame in said[:-1]]
    assert parts[0]["id"] == call["id"]
    assert "".join(part.get("function", {}).get("arguments", "") for part in parts) == call["function"]["arguments"]
    result = {"role": "tool", "tool_call_id": call["id"], "content": "21 degrees"}
    again = {"messages": [*question["messages"], choice["message"], result], "tools": [WEATHER]}
    assert "21 degrees" in ask(emulator, "house", again).json()["choices"][0]["message"]["content"]
    assert "tool_calls" not in ask(emulator, "house", chat("What is 2 + 2?", tools=[WEATHER])).text


def test_structured_outputs_fit_their_schema(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}, "exact": {"type": "boolean"}}}
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}
    answer = ask(emulator, "house", chat("What is 17 * 23?", response_format=form)).json()
    assert json.loads(answer["choices"][0]["message"]["content"]) == {"sum": 391, "exact": True}


def test_reasoning_models_think_in_content_parts(emulator: Emulator) -> None:
    deploy(emulator, "thinker", uc("main.ml.house_chat", 2))
    thought, text = ask(emulator, "thinker", chat("What is 17 * 23?")).json()["choices"][0]["message"]["content"]
    assert (thought["type"], text) == ("reasoning", {"type": "text", "text": "17 * 23 = 391"})
    said = frames(ask(emulator, "thinker", chat("What is 17 * 23?", stream=True)))
    contents = [frame["choices"][0]["delta"].get("content") for frame in said[:-1]]
    thinking = [part["summary"][0]["text"] for content in contents if isinstance(content, list) for part in content]
    assert "".join(thinking) == thought["summary"][0]["text"]
    assert "".join(content for content in contents if isinstance(content, str)) == "17 * 23 = 391"


def test_a_failure_in_the_middle_of_a_stream_is_a_frame(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    deploy(emulator, "research", uc("main.agents.research_agent"))
    answer = ask(emulator, "house", chat("[[fail after 3 tokens]] echo one two three four five", stream=True))
    said = frames(answer)
    assert answer.status_code == 200
    assert _text(said[:3]) == "one two three"
    assert said[3]["error"]["code"] == "INTERNAL_ERROR"
    events = frames(ask(emulator, "research", {"input": "[[fail mid-stream]] tell me about drift", "stream": True}))
    assert [frame["type"] for frame in events[-2:-1]] == ["error"]
    assert ask(emulator, "house", chat("[[fail mid-stream]] tell me a long story about it")).status_code == 500


def test_a_known_delay_comes_before_the_first_token(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    began = time.perf_counter()
    with httpx.stream(
        "POST", f"{emulator.url}/serving-endpoints/house/invocations", headers=BOB,
        json=chat("[[delay 300ms]] [[pace 100/s]] [[tokens 10]] hello", stream=True),
    ) as answer:  # fmt: skip
        times = [time.perf_counter() - began for _ in answer.iter_lines()]
    assert 0.3 <= times[0] < 2
    assert 0.09 <= times[-1] - times[0] < 2


def test_a_client_that_leaves_ends_the_stream(emulator: Emulator) -> None:
    endpoint = deploy(emulator, "house", uc("main.ml.house_chat"))
    with httpx.stream(
        "POST", f"{emulator.url}/serving-endpoints/house/invocations", headers=BOB,
        json=chat("[[pace 50/s]] [[tokens 5000]] hello", stream=True),
    ) as answer:  # fmt: skip
        next(answer.iter_lines())
    deadline = time.monotonic() + 5
    while not endpoint.served.recent and time.monotonic() < deadline:
        ask(emulator, "house", {})
    assert [one.status for one in endpoint.served.recent if one.status == 499] == [499]


def test_completions_continue_each_prompt(emulator: Emulator) -> None:
    deploy(emulator, "completer", uc("main.ml.completer"))
    answer = ask(emulator, "completer", {"prompt": ["2 + 2", "echo hi"], "suffix": "!"}).json()
    assert (answer["object"], [choice["text"] for choice in answer["choices"]]) == (
        "text_completion",
        ["2 + 2 = 4!", "hi!"],
    )
    said = frames(ask(emulator, "completer", {"prompt": "2 + 2", "stream": True}))
    assert "".join(frame["choices"][0]["text"] for frame in said[:-1]) == "2 + 2 = 4"


def test_embeddings_of_like_texts_are_near(emulator: Emulator) -> None:
    deploy(emulator, "embedder", uc("main.ml.embedder"))
    texts = ["How do I reset my password?", "Resetting a forgotten password", "The harvest of olives in Crete"]
    answer = ask(emulator, "embedder", {"input": texts}).json()
    first, second, third = (entry["embedding"] for entry in answer["data"])

    def near(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    assert near(first, first) == pytest.approx(1, abs=1e-5)
    assert near(first, second) > 0.3 > 0.15 > near(first, third)
    assert answer["usage"]["total_tokens"] > 0
    assert ask(emulator, "embedder", {"input": ""}).status_code == 400


def test_a_chat_agent_shows_its_tool_messages(emulator: Emulator) -> None:
    deploy(emulator, "support", uc("main.agents.support_agent"))
    question = chat("Where is order 4711?", custom_inputs={"channel": "web"})
    answer = ask(emulator, "support", question).json()
    call, result, text = answer["messages"]
    assert call["tool_calls"][0]["function"] == {"name": "lookup_order", "arguments": '{"order_id": 4711}'}
    assert (result["role"], result["tool_call_id"]) == ("tool", call["tool_calls"][0]["id"])
    assert text["content"] == "Order 4711 is **returned**, last changed 2 day(s) ago."
    assert answer["custom_outputs"]["received"] == {"channel": "web"}
    assert "databricks_output" not in answer
    traced = ask(emulator, "support", {**question, "databricks_options": {"return_trace": True}}).json()
    spans = traced["databricks_output"]["trace"]["data"]["spans"]
    assert [span["name"] for span in spans] == ["agent", "lookup_order", "deterministic-chat"]
    said = frames(ask(emulator, "support", {**question, "stream": True}))
    chunks = [frame for frame in said[:-2] if frame["delta"]["id"] == frame["id"]]
    spoken = "".join(chunk["delta"]["content"] for chunk in chunks if chunk["delta"]["role"] == "assistant")
    assert spoken == text["content"]
    assert said[-2].keys() == {"trace_id"}
    assert said[-3]["usage"]["completion_tokens"] > 0


def test_a_responses_agent_streams_typed_events(emulator: Emulator) -> None:
    deploy(emulator, "research", uc("main.agents.research_agent"))
    question = {"input": [{"role": "user", "content": "Find papers on drift"}]}
    answer = ask(emulator, "research", question).json()
    assert [item["type"] for item in answer["output"]] == [
        "reasoning",
        "function_call",
        "function_call_output",
        "message",
    ]
    assert "drift" in answer["output"][-1]["content"][0]["text"]
    said = frames(ask(emulator, "research", {**question, "stream": True}))
    kinds = [frame["type"] for frame in said if isinstance(frame, dict) and "type" in frame]
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
    assert {"response.output_item.added", "response.function_call_arguments.delta", "response.output_text.delta"} < set(
        kinds
    )
    spoken = "".join(frame["delta"] for frame in said[:-1] if frame.get("type") == "response.output_text.delta")
    last = said[-3]["response"]
    assert spoken == last["output"][-1]["content"][0]["text"] == answer["output"][-1]["content"][0]["text"]
    assert last["usage"]["total_tokens"] == last["usage"]["input_tokens"] + last["usage"]["output_tokens"]
    done = [frame["item"]["id"] for frame in said[:-1] if frame.get("type") == "response.output_item.done"]
    assert done == [item["id"] for item in last["output"]]


def test_an_older_agent_gives_custom_outputs(emulator: Emulator) -> None:
    deploy(emulator, "desk", uc("main.agents.desk_assistant"))
    answer = ask(emulator, "desk", chat("hello", custom_inputs={"a": 1})).json()
    assert answer["custom_outputs"]["received"] == {"a": 1}
