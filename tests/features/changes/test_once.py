"""A change is sent once, recorded first, and its true outcome is told."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.features.changes.support import change, custom, fault, make, operation, ready, writes
from web.emulator.server import Emulator


def name() -> str:
    return f"t-{uuid.uuid4().hex[:10]}"


def test_a_create_is_one_call_with_the_persons_own_token(bob: httpx.Client, emulator: Emulator) -> None:
    answer = make(bob, custom(name()))
    assert answer.status_code == 201
    made = answer.json()["operation"]
    assert (made["outcome"], made["actor"]) == ("success", "bob@example.com")
    sent = writes(emulator)
    assert [(w["method"], w["user"]) for w in sent] == [("POST", "bob@example.com")]


def test_fifty_identical_posts_make_one_change(bob: httpx.Client, emulator: Emulator) -> None:
    wanted, key = custom(name()), uuid.uuid4().hex
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: make(bob, wanted, key=key), range(50)))
    assert len(writes(emulator)) == 1
    assert {a.json()["operation"]["id"] for a in answers} == {answers[0].json()["operation"]["id"]}
    assert sorted({a.status_code for a in answers}) == [200, 201]


def test_the_same_key_with_another_body_is_refused(bob: httpx.Client, emulator: Emulator) -> None:
    key = uuid.uuid4().hex
    assert make(bob, custom(name()), key=key).status_code == 201
    again = make(bob, custom(name()), key=key)
    assert again.status_code == 422
    assert again.json()["error"]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(writes(emulator)) == 1


def test_what_the_workspace_refuses_is_told_and_recorded(bob: httpx.Client, emulator: Emulator) -> None:
    fault(emulator, "POST", "/api/2.0/serving-endpoints", "status", status=429, headers={"Retry-After": "30"})
    began = time.monotonic()
    answer = make(bob, custom(name()))
    assert answer.status_code == 429
    assert answer.json()["error"]["hint"]
    assert answer.json()["operation"]["outcome"] == "refused"
    assert time.monotonic() - began < 10, "a write does not wait for Retry-After"
    assert len(writes(emulator)) == 1


def test_a_lost_reply_is_unknown_and_then_settled_as_applied(bob: httpx.Client, emulator: Emulator) -> None:
    wanted = custom(name())
    fault(emulator, "POST", "/api/2.0/serving-endpoints", "drop_reply")
    answer = make(bob, wanted)
    assert answer.status_code == 202
    made = answer.json()["operation"]
    assert made["outcome"] == "unknown"
    page = bob.get(f"/audit/{made['id']}")
    assert page.status_code == 200
    assert operation(bob, made["id"])["outcome"] == "success"
    assert len(writes(emulator)) == 1, "nothing is sent again"


def test_an_error_of_the_workspace_that_changed_nothing_is_settled_as_not_applied(
    bob: httpx.Client, emulator: Emulator
) -> None:
    fault(emulator, "POST", "/api/2.0/serving-endpoints", "status", status=500)
    answer = make(bob, custom(name()))
    assert answer.status_code == 202
    bob.get(f"/audit/{answer.json()['operation']['id']}")
    settled = operation(bob, answer.json()["operation"]["id"])
    assert (settled["outcome"], settled["error"]["code"]) == ("failed", "NOT_APPLIED")


def test_a_lost_reply_to_a_delete_is_settled_as_applied(bob: httpx.Client, emulator: Emulator) -> None:
    live = ready(bob, name())
    fault(emulator, "DELETE", "/api/2.0/serving-endpoints/*", "drop_reply")
    answer = make(bob, change("endpoint.delete", live["name"]))
    assert answer.status_code == 202
    bob.get(f"/audit/{answer.json()['operation']['id']}")
    assert operation(bob, answer.json()["operation"]["id"])["outcome"] == "success"


def test_a_broken_rule_sends_nothing_and_names_the_field(bob: httpx.Client, emulator: Emulator) -> None:
    wanted = custom(name())
    wanted["body"]["config"]["served_entities"][0]["entity_version"] = "champion"
    answer = make(bob, wanted)
    assert answer.status_code == 422
    assert "alias" in answer.json()["error"]["message"]
    assert writes(emulator) == []


def test_a_name_that_is_taken_is_a_conflict_and_nothing_is_sent(bob: httpx.Client, emulator: Emulator) -> None:
    live = ready(bob, name())
    before = len(writes(emulator))
    answer = make(bob, custom(live["name"]))
    assert answer.status_code == 409
    assert len(writes(emulator)) == before


def test_a_second_update_while_one_runs_is_refused_before_it_is_sent(bob: httpx.Client, emulator: Emulator) -> None:
    wanted = custom(name())
    emulator.world.clock.speed = 1.0
    try:
        assert make(bob, wanted).status_code == 201
        before = len(writes(emulator))
        body = {"served_entities": wanted["body"]["config"]["served_entities"]}
        answer = make(bob, {"kind": "config.update", "endpoint": wanted["endpoint"], "body": body})
    finally:
        emulator.world.clock.speed = 2000.0
    assert answer.status_code == 409
    assert "in progress" in answer.json()["error"]["message"]
    assert len(writes(emulator)) == before


def test_odd_names_never_reach_the_workspace(bob: httpx.Client, emulator: Emulator) -> None:
    httpx.delete(f"{emulator.url}/_emulator/requests", timeout=10)
    for odd in ("..%2F..%2Fx", "a%3Fb", "%23", "-x", "x" * 80, "%2e%2e"):
        assert bob.get(f"/api/v1/endpoints/{odd}").status_code == 404
    seen = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
    rows = seen["requests"] if isinstance(seen, dict) else seen
    assert [r["path"] for r in rows if "serving-endpoints" in r["path"]] == []
