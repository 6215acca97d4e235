"""Answers are passed on as they come, hang up with the client, and leave no content behind."""

import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.servers import Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

CHAT = "/api/v1/endpoints/databricks-meta-llama-3-3-70b-instruct/invocations"
FIRST = re.compile(r'"content": ?"[^"]')


def body(prompt: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": prompt}], **more}


def notes(portal: Portal) -> list[dict[str, Any]]:
    """The portal's log lines about invocations, oldest first."""
    lines = portal.log.read_text(errors="replace").splitlines()
    return [json.loads(line[line.index("{") :]) for line in lines if '"event": "invocation"' in line]


def next_note(portal: Portal, before: int) -> dict[str, Any]:
    """The first note after `before` of them; it is written once the answer has been sent."""
    deadline = time.monotonic() + 10
    while len(notes(portal)) <= before:
        assert time.monotonic() < deadline, "the relay goes on after its end"
        time.sleep(0.02)
    return notes(portal)[before]


def timing(text: str) -> dict[str, float]:
    """What the relay told in its last comment."""
    line = next(line for line in reversed(text.splitlines()) if line.startswith(": portal "))
    told: dict[str, float] = json.loads(line.removeprefix(": portal "))
    return told


def test_an_answer_passes_unchanged(bob: httpx.Client) -> None:
    answer = bob.post(CHAT, json=body("What is 17 * 23?"))
    assert answer.status_code == 200
    assert "391" in answer.json()["choices"][0]["message"]["content"]
    assert answer.headers["served-model-name"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stream_arrives_piece_by_piece(bob: httpx.Client) -> None:
    arrived = []
    with bob.stream("POST", CHAT, json=body("Hi [[tokens 20]][[pace 40/s]]", stream=True)) as answer:
        for _ in answer.iter_bytes():
            arrived.append(time.monotonic())
    assert len(arrived) > 5
    assert arrived[-1] - arrived[0] > 0.25


def test_bytes_are_untouched_unless_timing_is_asked_for(bob: httpx.Client) -> None:
    plain = bob.post(CHAT, json=body("Hi", stream=True)).text
    assert ": portal" not in plain
    assert plain.endswith("data: [DONE]\n\n")


def test_the_time_to_the_first_token_is_told_truly(bob: httpx.Client) -> None:
    bob.post(CHAT, json=body("warm up", stream=True))
    said, waited, began = "", 0.0, time.perf_counter()
    asked = body("Hi [[delay 300ms]][[tokens 20]][[pace 40/s]]", stream=True)
    with bob.stream("POST", CHAT, json=asked, headers={"X-Portal-Timing": "1"}) as answer:
        for piece in answer.iter_text():
            said += piece
            if not waited and FIRST.search(said):
                waited = (time.perf_counter() - began) * 1000
    told = timing(said)["first_token_ms"]
    assert 300 <= told <= waited, "not before the model gave it, and not after it was here"


def test_a_client_that_leaves_hangs_up_on_the_model(bob: httpx.Client, portal: Portal) -> None:
    before = len(notes(portal))
    with bob.stream("POST", CHAT, json=body("Hi [[tokens 400]][[pace 20/s]]", stream=True)) as answer:
        next(answer.iter_bytes())
    assert next_note(portal, before)["ended"] == "left"


def test_a_stream_that_breaks_ends_with_a_frame_that_says_so(bob: httpx.Client) -> None:
    text = bob.post(CHAT, json=body("Hi [[fail mid-stream]]", stream=True)).text
    frames = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert "error" in frames[-1]


def test_a_stream_ends_by_itself_before_the_platform_cuts_it(start_portal: Callable[..., Portal]) -> None:
    limited = start_portal(PORTAL_INVOKE_TIMEOUT_S="6")
    headers = {"X-Forwarded-Access-Token": "dapi-bob", "X-Portal-Timing": "1"}
    asked = body("Hi [[tokens 400]][[pace 20/s]]", stream=True)
    text = httpx.post(limited.url + CHAT, json=asked, headers=headers, timeout=30).text
    frames = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert frames[-1]["error"]["code"] == "STREAM_TIME_LIMIT"
    assert timing(text)["total_ms"] < 6000
    assert next_note(limited, 0)["ended"] == "time limit"


def test_nothing_that_was_said_is_kept(bob: httpx.Client, portal: Portal) -> None:
    before = len(notes(portal))
    bob.post(CHAT, json=body("echo xylophone-secret"))
    kept = next_note(portal, before)
    assert (kept["actor"], kept["status"], kept["ended"]) == ("bob@example.com", 200, "whole")
    assert kept["bytes_in"] > 0
    assert kept["bytes_out"] > 0
    assert "xylophone" not in portal.log.read_text(errors="replace")


def test_a_question_is_sent_once(bob: httpx.Client, emulator: "Emulator") -> None:
    answer = bob.post(CHAT, json=body("Hi [[status 503]]"))
    assert answer.status_code == 503
    seen = httpx.get(f"{emulator.url}/_emulator/requests").json()["requests"]
    assert len([one for one in seen if one["path"].endswith("/invocations")]) == 1


@pytest.mark.parametrize("entity", ["churn-3", "churn-4"])
def test_a_served_entity_can_be_pinned(bob: httpx.Client, entity: str) -> None:
    split = bob.get("/api/v1/endpoints/churn/openapi").json()["paths"][f"/served-models/{entity}/invocations"]
    example = split["post"]["requestBody"]["content"]["application/json"]["schema"]["oneOf"][0]["examples"][0]
    answer = bob.post(f"/api/v1/endpoints/churn/invocations?served_entity={entity}", json=example)
    assert answer.status_code == 200
    assert answer.headers["served-model-name"] == entity


def test_a_refusal_keeps_its_status_and_says_what_to_do(alice: httpx.Client, charlie: httpx.Client) -> None:
    route_optimised = alice.post("/api/v1/endpoints/fraud-realtime/invocations", json={"inputs": [[1, 2, 3, 4]]})
    assert route_optimised.status_code == 400
    assert "route-optimized" in route_optimised.json()["error"]["message"]
    assert charlie.post("/api/v1/endpoints/churn/invocations", json={}).status_code in (403, 404)
