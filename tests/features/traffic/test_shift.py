"""Shifting traffic by plain forms: rules, canary steps, Review and back, two tabs, and every state of an endpoint."""

import httpx
import pytest

from tests.features.changes.support import change, make, until_ready, writes
from tests.features.traffic.support import apply, endpoint_of, fields, press, shares, shift
from web.emulator.server import Emulator

PATH = "/api/2.0/serving-endpoints/churn/config"


def test_the_form_shows_the_split_that_serves_and_the_newest_version_as_canary(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/traffic")
    assert shares(page) == {"churn-3": "90", "churn-4": "10"}
    assert fields(page)["canary"] == "churn-4"
    assert '<a class="btn btn-sm" href="/endpoints/churn/traffic">' in bob.get("/endpoints/churn").text


def test_a_shift_is_reviewed_and_sent_once_with_all_else_carried_through(bob: httpx.Client, emulator: Emulator) -> None:
    before = bob.get("/api/v1/endpoints/churn").json()["config"]["served_entities"]
    review = shift(bob, "churn", churn_3="75", churn_4="25")
    assert review.headers["location"].startswith("/changes/review/")
    assert writes(emulator) == []
    assert apply(bob, review).headers["location"] == "/endpoints/churn"
    assert [(w["method"], w["path"]) for w in writes(emulator)] == [("PUT", PATH)]
    live = until_ready(bob, "churn")["config"]
    assert [(r["served_model_name"], r["traffic_percentage"]) for r in live["traffic_config"]["routes"]] == [
        ("churn-3", 75),
        ("churn-4", 25),
    ]
    kept = ("name", "entity_version", "environment_vars", "workload_size")
    assert [[e.get(k) for k in kept] for e in live["served_entities"]] == [[e.get(k) for k in kept] for e in before]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"churn_3": "90", "churn_4": "20"}, "add up to 110"),
        ({"churn_3": "ninety"}, "A share is a whole number"),
        ({"churn_3": ""}, "A share is a whole number"),
        ({"churn_3": "-10", "churn_4": "110"}, "A share is a whole number"),
        ({"churn_3": "89.5", "churn_4": "10.5"}, "A share is a whole number"),
        ({"churn_3": "<b>9"}, "&lt;b&gt;9"),
    ],
)
def test_a_broken_rule_stands_beside_its_field_and_nothing_is_lost(
    bob: httpx.Client, emulator: Emulator, typed: dict[str, str], said: str
) -> None:
    answer = shift(bob, "churn", **typed)
    assert answer.status_code == 422
    assert said in answer.text
    shown = shares(answer)
    assert {key: shown[key.replace("_", "-")] for key in typed} == typed
    assert fields(answer)["base_hash"] == fields(bob.get("/endpoints/churn/traffic"))["base_hash"]
    assert writes(emulator) == []


def test_canary_steps_set_the_numbers_and_send_nothing(bob: httpx.Client, emulator: Emulator) -> None:
    endpoint_of(emulator, "many", 4)
    page = bob.get("/endpoints/many/traffic")
    assert list(shares(page).values()) == ["85", "5", "5", "5"]
    assert fields(page)["canary"] == "churn-3"
    for do, expected in [("step-50", ["45", "3", "50", "2"]), ("step-100", ["0", "0", "100", "0"]), ("step-77", None)]:
        stepped = press(bob, "many", fields(page), do)
        assert stepped.status_code == 200
        assert list(shares(stepped).values()) == (expected or ["85", "5", "5", "5"])
    form = {**fields(page), "canary": "churn-1"}
    assert list(shares(press(bob, "many", form, "step-1")).values()) == ["1", "33", "33", "33"]
    assert writes(emulator) == []


def test_back_from_review_brings_the_numbers(bob: httpx.Client, alice: httpx.Client) -> None:
    review = shift(bob, "churn", churn_3="40", churn_4="60").headers["location"]
    back = "/endpoints/churn/traffic?draft=" + review.rpartition("/")[2]
    assert f'href="{back}"' in bob.get(review).text
    assert shares(bob.get(back)) == {"churn-3": "40", "churn-4": "60"}
    assert alice.get(back).status_code == 404
    assert bob.get(back.replace("/churn/", "/fraud-realtime/")).status_code == 404


def test_two_tabs_that_shift_the_same_traffic_conflict_and_nothing_is_sent(
    bob: httpx.Client, emulator: Emulator
) -> None:
    one, other = (fields(bob.get("/endpoints/churn/traffic")) for _ in range(2))
    late = press(bob, "churn", other, churn_3="50", churn_4="50")
    assert apply(bob, press(bob, "churn", one, churn_3="80", churn_4="20")).status_code == 303
    until_ready(bob, "churn")
    refused = apply(bob, late)
    assert refused.status_code == 409
    assert "Start again from what is live" in refused.text
    assert 'href="/endpoints/churn/traffic"' in refused.text
    assert len(writes(emulator)) == 1


def test_an_entity_that_went_away_meanwhile_stays_in_sight(bob: httpx.Client) -> None:
    form = fields(bob.get("/endpoints/churn/traffic"))
    entity = bob.get("/api/v1/endpoints/churn").json()["config"]["served_entities"][1]
    wanted = {k: entity[k] for k in ("name", "entity_name", "entity_version", "workload_size", "scale_to_zero_enabled")}
    routes = {"routes": [{"served_entity_name": "churn-4", "traffic_percentage": 100}]}
    gone = make(bob, change("config.update", "churn", served_entities=[wanted], traffic_config=routes))
    assert gone.status_code == 201, gone.text
    until_ready(bob, "churn")
    assert bob.get(press(bob, "churn", form, churn_3="80", churn_4="20").headers["location"]).status_code == 200
    assert "One served entity takes all traffic" in press(bob, "churn", form, churn_3="80", churn_4="30").text


def test_each_state_of_an_endpoint_is_explained(bob: httpx.Client, emulator: Emulator) -> None:
    for name, said in {
        "fraud-realtime": "One served entity takes all traffic",
        "price-forecast": "This endpoint is stopped",
        "scratch": "No config yet",
        "invoice-ocr": "Nothing serves",
        "databricks-gpt-oss-120b": "Databricks runs this endpoint",
    }.items():
        page = bob.get(f"/endpoints/{name}/traffic")
        assert page.status_code == 200, name
        assert said in page.text, name
        assert 'id="traffic-form"' not in page.text
    world = emulator.world
    endpoint_of(emulator, "looked-at", 3)
    world.endpoints["looked-at"].grants = {"user_name": {"bob@example.com": "CAN_VIEW"}}
    shown = bob.get("/endpoints/looked-at/traffic").text
    assert "needs CAN_MANAGE" in shown
    assert 'id="traffic-form"' not in shown
    assert "Shift traffic" not in bob.get("/endpoints/looked-at").text


def test_a_running_update_is_told_and_review_refuses_a_second(bob: httpx.Client, emulator: Emulator) -> None:
    emulator.world.clock.speed = 1.0
    assert apply(bob, shift(bob, "churn", churn_3="80", churn_4="20")).status_code == 303
    page = bob.get("/endpoints/churn/traffic")
    assert "A config update to version 5 is in progress" in page.text
    assert "churn-3 80 %" in page.text
    assert shares(page) == {"churn-3": "90", "churn-4": "10"}
    assert 'hx-get="/endpoints/churn/traffic/update?since=4"' in page.text
    review = bob.get(shift(bob, "churn", churn_3="50", churn_4="50").headers["location"]).text
    assert "A config update is in progress" in review
    assert len(writes(emulator)) == 1
    emulator.world.clock.speed = 2000.0
    until_ready(bob, "churn")
    told = bob.get("/endpoints/churn/traffic/update?since=4").text
    assert "Version 5 serves now" in told
    assert "data-live" not in told
    assert "serves now" in press(bob, "churn", fields(page), churn_3="1").text


def test_after_a_failed_update_the_split_is_that_of_what_serves(bob: httpx.Client, emulator: Emulator) -> None:
    bad = {"name": "bad", "entity_name": "main.ml.broken_missing_module", "entity_version": "1"}
    entities = bob.get("/api/v1/endpoints/churn").json()["config"]["served_entities"]
    keep = ("name", "entity_name", "entity_version", "workload_size", "scale_to_zero_enabled")
    served = [{k: e[k] for k in keep} for e in entities]
    served.append({**bad, "workload_size": "Small", "scale_to_zero_enabled": False})
    routes = [{"served_entity_name": n, "traffic_percentage": p} for n, p in (("churn-3", 50), ("bad", 50))]
    body = {"served_entities": served, "traffic_config": {"routes": routes}}
    assert make(bob, change("config.update", "churn", **body)).status_code == 201
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 7200}, timeout=10).raise_for_status()
    page = bob.get("/endpoints/churn/traffic")
    assert "The update to version 5 failed" in page.text
    assert shares(page) == {"churn-3": "90", "churn-4": "10"}
    assert apply(bob, shift(bob, "churn", churn_3="70", churn_4="30")).status_code == 303


def test_an_entity_at_0_of_an_endpoint_with_fallback_is_called_so(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/company-gpt/traffic")
    assert shares(page) == {"gpt-4o": "100", "claude-fallback": "0"}
    assert fields(page)["canary"] == "claude-fallback"
    assert "fallback only" in page.text


def test_what_cannot_be_seen_is_not_there(charlie: httpx.Client) -> None:
    assert charlie.get("/endpoints/churn/traffic").status_code == 404
    assert charlie.get("/endpoints/churn/traffic/update").status_code == 404
    sent = {"routes[0].served_entity_name": "churn-3", "routes[0].traffic_percentage": "100"}
    assert charlie.post("/endpoints/churn/traffic", data=sent).status_code == 404
