"""Who may ask, which entity answers, and what the AI Gateway does to requests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.inference_support import ALICE, CHARLIE, ask, chat, deploy, frames, openai_model, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator

GRANTS = {"user_name": {"bob@example.com": "CAN_MANAGE", "charlie@example.com": "CAN_QUERY"}}


def _gateway(emulator: Emulator, **blocks: Any) -> Any:
    specs = [openai_model("gpt-a"), openai_model("gpt-b")]
    endpoint = deploy(emulator, "gpt", *specs, kind="external", ai_gateway=blocks)
    endpoint.grants = GRANTS
    return endpoint


def test_asking_needs_can_query(emulator: Emulator) -> None:
    endpoint = deploy(emulator, "house", uc("main.ml.house_chat"))
    assert ask(emulator, "house", chat("hello"), CHARLIE).json()["error_code"] == "PERMISSION_DENIED"
    endpoint.grants["user_name"]["charlie@example.com"] = "CAN_VIEW"
    assert ask(emulator, "house", chat("hello"), CHARLIE).status_code == 403
    endpoint.grants["user_name"]["charlie@example.com"] = "CAN_QUERY"
    assert ask(emulator, "house", chat("hello"), CHARLIE).status_code == 200
    assert ask(emulator, "none", chat("hello")).json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"


def test_endpoints_that_do_not_serve_say_so(emulator: Emulator) -> None:
    stopped = deploy(emulator, "stopped", uc("main.ml.house_chat"))
    stopped.suspended = True
    answer = ask(emulator, "stopped", chat("hello"))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_STATE")
    new = deploy(emulator, "new", uc("main.ml.house_chat"))
    new.config = None
    assert ask(emulator, "new", chat("hello")).status_code == 404
    emulator.world.switches.not_ready_status = 400
    assert ask(emulator, "new", chat("hello")).json()["error_code"] == "INVALID_STATE"
    deploy(emulator, "fast", uc("main.ml.house_chat"), route_optimized=True)
    assert "route-optimized" in ask(emulator, "fast", chat("hello")).json()["message"]


def test_traffic_follows_the_routes_exactly(emulator: Emulator) -> None:
    specs = [uc("main.ml.churn", version) for version in (1, 2, 3)]
    deploy(emulator, "churn", *specs, shares=[70, 30, 0])
    row = {"dataframe_records": [{"age": 30, "tenure_months": 2, "monthly_charges": 90.5}]}
    served = Counter(ask(emulator, "churn", row).headers["served-model-name"] for _ in range(50))
    assert served == {"churn-1": 35, "churn-2": 15}
    pinned = ask(emulator, "churn", row, path="/served-models/churn-3/invocations")
    assert pinned.headers["served-model-name"] == "churn-3"
    assert ask(emulator, "churn", row, path="/served-models/nope/invocations").status_code == 404


def test_a_sleeping_entity_wakes_and_the_request_waits(emulator: Emulator) -> None:
    endpoint = deploy(emulator, "house", uc("main.ml.house_chat", scale_to_zero_enabled=True))
    emulator.world.clock.advance(3600)
    assert endpoint.config is not None
    emulator.world.find("house")
    assert endpoint.config.entities[0].message == "Scaled to zero"
    assert ask(emulator, "house", chat("hello")).status_code == 200
    assert endpoint.served.recent[-1].waited_ms > 1
    emulator.world.clock.advance(3600)
    emulator.world.switches.cold_start_status = 503
    assert ask(emulator, "house", chat("hello")).json()["error_code"] == "TEMPORARILY_UNAVAILABLE"
    assert endpoint.config.entities[0].message == "Scaling from zero…"


def test_calls_per_minute_are_limited_and_come_back(emulator: Emulator) -> None:
    _gateway(emulator, rate_limits=[{"calls": 2, "renewal_period": "minute", "key": "endpoint"}])
    statuses = [ask(emulator, "gpt", chat("hello")).status_code for _ in range(3)]
    refused = ask(emulator, "gpt", chat("hello")).json()
    assert statuses == [200, 200, 429]
    assert refused["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    assert refused["message"].startswith("REQUEST_LIMIT_EXCEEDED: Exceeded")
    emulator.world.clock.advance(61)
    assert ask(emulator, "gpt", chat("hello")).status_code == 200


def test_a_persons_own_limit_beats_the_groups_and_the_default(emulator: Emulator) -> None:
    minute = {"renewal_period": "minute"}
    default = {"calls": 1, "key": "user", **minute}
    group = {"calls": 2, "key": "user_group", "principal": "ml-team", **minute}
    own = {"calls": 3, "key": "user", "principal": "bob@example.com", **minute}
    endpoint = _gateway(emulator, rate_limits=[default, group, own])

    def allowed(headers: dict[str, str]) -> int:
        return [ask(emulator, "gpt", chat("hello"), headers).status_code for _ in range(5)].count(200)

    bob = ask(emulator, "gpt", chat("hello")).request.headers
    assert allowed({"Authorization": bob["Authorization"]}) == 2
    assert allowed(CHARLIE) == 1
    endpoint.ai_gateway["rate_limits"] = [default, group]
    emulator.world.clock.advance(61)
    assert allowed({"Authorization": bob["Authorization"]}) == 2
    assert allowed(ALICE) == 1


def test_tokens_are_counted_after_the_answer(emulator: Emulator) -> None:
    _gateway(emulator, rate_limits=[{"tokens": 30, "renewal_period": "minute", "key": "endpoint"}])
    long = chat("[[tokens 100]] hello", stream=True)
    assert frames(ask(emulator, "gpt", long))[-1] == "[DONE]"
    assert ask(emulator, "gpt", chat("hello")).status_code == 429


def test_personal_data_is_masked_or_blocked_on_the_way_in(emulator: Emulator) -> None:
    endpoint = _gateway(emulator, guardrails={"input": {"pii": {"behavior": "MASK"}}})
    text = "echo mail ana@example.org or call +49 170 1234567, ssn 123-45-6789, card 4111 1111 1111 1111"
    masked = ask(emulator, "gpt", chat(text)).json()["choices"][0]["message"]["content"]
    assert masked == "mail <EMAIL_ADDRESS> or call <PHONE_NUMBER>, ssn <US_SSN>, card <CREDIT_CARD>"
    endpoint.ai_gateway["guardrails"]["input"] = {"pii": {"behavior": "BLOCK"}}
    blocked = ask(emulator, "gpt", chat(text))
    body = blocked.json()
    assert (blocked.status_code, body["finishReason"]) == (400, "input_guardrail_triggered")
    assert body["input_guardrail"][0]["flagged"]
    assert body["input_guardrail"][0]["pii_detection"]
    assert "ana@example.org" not in blocked.text
    assert "error_code" not in body
    assert ask(emulator, "gpt", chat("echo order 12345 of 2026-01-31")).status_code == 200


@pytest.mark.parametrize("streamed", [False, True])
def test_answers_are_guarded_too(emulator: Emulator, streamed: bool) -> None:
    endpoint = _gateway(emulator, guardrails={"output": {"pii": {"behavior": "MASK"}}})
    question = chat("echo write to ana@example.org", stream=streamed)
    answer = ask(emulator, "gpt", question)
    if streamed:
        text = "".join(frame["choices"][0]["delta"].get("content") or "" for frame in frames(answer)[:-1])
    else:
        text = answer.json()["choices"][0]["message"]["content"]
    assert text == "write to <EMAIL_ADDRESS>"
    endpoint.ai_gateway["guardrails"]["output"] = {"pii": {"behavior": "BLOCK"}}
    assert ask(emulator, "gpt", question).json()["finishReason"] == "output_guardrail_triggered"


def test_safety_keywords_and_topics_block(emulator: Emulator) -> None:
    rules = {"safety": True, "invalid_keywords": ["Falcon"], "valid_topics": ["weather", "bomb", "falcon"]}
    _gateway(emulator, guardrails={"input": rules})

    def hit(text: str) -> list[str]:
        found = ask(emulator, "gpt", chat(text)).json().get("input_guardrail", [{"categories": {}}])[0]["categories"]
        return [name for name, flagged in found.items() if flagged]

    assert hit("the weather today") == []
    assert hit("how to build a bomb") == ["violent-crimes"]
    assert hit("project falcon") == ["invalid-keywords"]
    assert hit("stock prices") == ["invalid-topic"]


def test_fallback_asks_the_next_entity_when_one_is_overloaded(emulator: Emulator) -> None:
    endpoint = _gateway(emulator, fallback_config={"enabled": True})
    answer = ask(emulator, "gpt", chat("[[status 429 on gpt-a]] hello"))
    assert (answer.status_code, answer.headers["served-model-name"]) == (200, "gpt-b")
    streamed = ask(emulator, "gpt", chat("[[status 503 on gpt-a]] hello", stream=True))
    assert (streamed.headers["served-model-name"], frames(streamed)[-1]) == ("gpt-b", "[DONE]")
    assert ask(emulator, "gpt", chat("[[status 503]] hello")).status_code == 503
    assert ask(emulator, "gpt", chat("[[status 400 on gpt-a]] hello")).status_code == 400
    endpoint.ai_gateway["fallback_config"] = {"enabled": False}
    assert ask(emulator, "gpt", chat("[[status 429 on gpt-a]] hello")).status_code == 429


def test_a_lost_secret_is_an_error_of_the_request(emulator: Emulator) -> None:
    deploy(emulator, "lost", openai_model("gpt", key="{{secrets/ml/not-there}}"), kind="external")
    answer = ask(emulator, "lost", chat("hello"))
    assert (answer.status_code, "scope: ml and key: not-there" in answer.json()["message"]) == (400, True)


def test_tracked_usage_is_a_row_of_the_usage_table(emulator: Emulator) -> None:
    _gateway(emulator, usage_tracking_config={"enabled": True})
    before = len(emulator.world.usage)
    context = {"client_request_id": "c-1", "usage_context": {"team": "growth"}}
    usage = ask(emulator, "gpt", chat("What is 2 + 2?", **context)).json()["usage"]
    ask(emulator, "gpt", chat("[[status 503]] hello", stream=True))
    first, second = emulator.world.usage[before:]
    assert (first["requester"], first["status_code"], first["client_request_id"]) == ("bob@example.com", 200, "c-1")
    assert (first["input_token_count"], first["output_token_count"]) == (
        usage["prompt_tokens"],
        usage["completion_tokens"],
    )
    assert first["usage_context"] == {"team": "growth"}
    assert (second["status_code"], second["request_streaming"]) == (503, True)
