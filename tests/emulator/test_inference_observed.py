"""Metrics and service logs come from the requests really served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.emulator.inference_support import CHARLIE, ask, chat, deploy, get, openai_model, uc

if TYPE_CHECKING:
    from web.emulator.server import Emulator

LINE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+) (\d+)$")


def _samples(emulator: Emulator, name: str) -> dict[tuple[str, str], float]:
    answer = get(emulator, f"/api/2.0/serving-endpoints/{name}/metrics")
    assert answer.headers["content-type"].startswith("text/plain"), answer.text
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            match = LINE.match(line)
            assert match, line
            assert int(match[4]) % 60_000 == 0
            found[match[1], match[2] or ""] = float(match[3])
    return found


def test_metrics_count_the_last_minute(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"), uc("main.ml.house_chat", 2))
    emulator.world.clock.advance(60 - emulator.world.clock.now_ms() / 1000 % 60)
    assert [ask(emulator, "house", chat("hello")).status_code for _ in range(3)] == [200] * 3
    ask(emulator, "house", {"messages": []})
    ask(emulator, "house", chat("[[status 500]] hello"))
    emulator.world.clock.advance(60)
    label = 'endpoint_name="house",served_entity="house_chat-1"'
    found = _samples(emulator, "house")
    assert found["request_count_total", label] == 5
    assert found["request_4xx_count_total", label] == 1
    assert found["request_5xx_count_total", label] == 1
    assert found["request_latency_ms_count", label] == 5
    assert found["request_latency_ms_bucket", label + ',le="+Inf"'] == 5
    assert found["request_latency_ms_sum", label] > 0
    assert ("cpu_usage_percentage", label) in found
    assert found["request_count_total", label.replace("-1", "-2")] == 0
    emulator.world.clock.advance(60)
    assert _samples(emulator, "house")["request_count_total", label] == 0


def test_labels_are_what_the_switch_says(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat"))
    emulator.world.switches.metric_labels = "none"
    assert ("request_count_total", "") in _samples(emulator, "house")
    emulator.world.switches.metric_labels = "replica"
    assert any(label.startswith("replica_id=") for _, label in _samples(emulator, "house"))


def test_a_sleeping_entity_exports_only_its_request_counts(emulator: Emulator) -> None:
    deploy(emulator, "house", uc("main.ml.house_chat", scale_to_zero_enabled=True))
    emulator.world.clock.advance(3600)
    names = {name.removesuffix("_bucket").removesuffix("_sum") for name, _ in _samples(emulator, "house")}
    assert names == {
        "request_count_total", "request_4xx_count_total", "request_5xx_count_total", "request_latency_ms",
        "request_latency_ms_count",
    }  # fmt: skip


def test_external_endpoints_have_neither_metrics_nor_logs(emulator: Emulator) -> None:
    deploy(emulator, "gpt", openai_model("gpt"), kind="external")
    assert get(emulator, "/api/2.0/serving-endpoints/gpt/metrics").status_code == 404
    assert get(emulator, "/api/2.0/serving-endpoints/gpt/served-models/gpt/logs").status_code == 400


def test_service_logs_show_the_start_and_each_request(emulator: Emulator) -> None:
    endpoint = deploy(emulator, "house", uc("main.ml.house_chat"))
    ask(emulator, "house", chat("hello"))
    ask(emulator, "house", {"messages": []})
    path = "/api/2.0/serving-endpoints/house/served-models/house_chat-1/logs"
    lines = get(emulator, path).json()["logs"].splitlines()
    assert "Loaded model main.ml.house_chat version 1" in lines[3]
    assert sum("POST /invocations 200" in line for line in lines) == 1
    assert "'messages' must be a non-empty list" in lines[-1]
    assert get(emulator, path, config_version=1).status_code == 200
    assert get(emulator, path, config_version=9).status_code == 404
    endpoint.grants["user_name"]["charlie@example.com"] = "CAN_QUERY"
    assert get(emulator, path, CHARLIE).status_code == 403


def test_it_says_which_model_writes_chat_answers(emulator: Emulator) -> None:
    status = get(emulator, "/_emulator/llm").json()
    assert (status["local"], status["name"], status["reason"]) == (False, "deterministic-chat", "LOCAL_LLM=0")
    deploy(emulator, "house", uc("main.ml.house_chat"))
    assert ask(emulator, "house", chat("hello")).json()["model"] == status["name"]
