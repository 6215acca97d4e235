"""A shift of traffic that would break callers waits until somebody has said that they know."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.features.changes.pages import SEQ, at_desk, config_edit, enqueue, foreign, one, submit
from tests.features.changes.support import change, custom, make, operation, plan, ready, until_ready, writes
from tests.servers import Portal
from web.changes.kinds import Change, Kind
from web.emulator.server import Emulator

BREAKING = "schema-breaking"


def entity(version: str) -> dict[str, Any]:
    first = custom("x", version)["body"]["config"]["served_entities"][0]
    return dict(first)


@pytest.fixture
def two(bob: httpx.Client) -> str:
    """An endpoint with version 3, which takes everything, and version 4, which takes other requests."""
    name = f"t-{uuid.uuid4().hex[:10]}"
    config = {
        "served_entities": [entity("3"), entity("4")],
        "traffic_config": {
            "routes": [
                {"served_entity_name": "churn-3", "traffic_percentage": 100},
                {"served_entity_name": "churn-4", "traffic_percentage": 0},
            ]
        },
    }
    ready(bob, name, config=config)
    return name


def shift(name: str) -> dict[str, Any]:
    return change("traffic.update", name, routes={"churn-3": 0, "churn-4": 100})


def post(who: httpx.Client, wanted: dict[str, Any], acknowledged: list[str]) -> httpx.Response:
    body = {"change": wanted, "acknowledged": acknowledged}
    return who.post("/api/v1/changes", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})


def test_the_plan_names_every_breaking_field(bob: httpx.Client, two: str) -> None:
    warning = next(w for w in plan(bob, shift(two))["warnings"] if w.get("code") == BREAKING)
    assert warning["must_acknowledge"] is True
    assert any("Request:" in line for line in warning["details"])


def test_nothing_is_sent_before_it_is_acknowledged(bob: httpx.Client, emulator: Emulator, two: str) -> None:
    before = len(writes(emulator, two))
    refused = post(bob, shift(two), [])
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "ACKNOWLEDGEMENT_REQUIRED"
    assert [finding["code"] for finding in refused.json()["details"]] == [BREAKING]
    assert post(bob, shift(two), ["something-else"]).status_code == 409
    assert len(writes(emulator, two)) == before
    done = post(bob, shift(two), [BREAKING])
    assert done.status_code == 201
    assert [w["code"] for w in operation(bob, done.json()["operation"]["id"])["acknowledged"]] == [BREAKING]


def test_a_shift_back_to_what_callers_know_is_gated_too_and_equal_schemas_are_not(bob: httpx.Client, two: str) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    same = {**entity("3"), "name": "churn-3b"}
    routes = [
        {"served_entity_name": "churn-3", "traffic_percentage": 100},
        {"served_entity_name": "churn-3b", "traffic_percentage": 0},
    ]
    ready(bob, name, config={"served_entities": [entity("3"), same], "traffic_config": {"routes": routes}})
    made = plan(bob, change("traffic.update", name, routes={"churn-3": 0, "churn-3b": 100}))
    assert not [w for w in made["warnings"] if str(w.get("code", "")).startswith("schema")]


def test_a_version_that_does_not_serve_yet_is_said_to_be_unknown(bob: httpx.Client) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name)
    moved = {**entity("2"), "name": live["config"]["served_entities"][0]["name"]}
    made = plan(bob, change("config.update", name, served_entities=[moved]))
    codes = [w.get("code") for w in made["warnings"]]
    assert "schema-unknown" in codes
    assert BREAKING not in codes


def test_a_creator_who_has_left_is_told(bob: httpx.Client) -> None:
    made = plan(bob, change("traffic.update", "recommender", routes={"recommender-1": 100}))
    assert "run-as-gone" in [w.get("code") for w in made["warnings"]]


def test_on_the_page_the_box_has_to_be_ticked(
    bob_page: Page, bob: httpx.Client, emulator: Emulator, two: str, accessible: Callable[[Page], None]
) -> None:
    bob_page.goto(f"/endpoints/{two}/traffic")
    bob_page.get_by_role("spinbutton").nth(1).fill("100")
    bob_page.get_by_role("spinbutton").nth(1).press("Tab")
    bob_page.get_by_role("button", name="Review").last.click()
    expect(bob_page.get_by_text("Callers of 'churn-3' may fail on 'churn-4'")).to_be_visible()
    accessible(bob_page)
    before = len(writes(emulator, two))
    bob_page.get_by_role("button", name="Apply").click()
    box = bob_page.get_by_role("checkbox", name="I know this, and apply it all the same")
    expect(box).to_be_focused()
    expect(bob_page.get_by_text("Nothing was sent: accept this first")).to_be_visible()
    assert len(writes(emulator, two)) == before
    box.check()
    bob_page.get_by_role("button", name="Apply").click()
    expect(bob_page).to_have_url(re.compile(f"/endpoints/{two}$"))
    assert len(writes(emulator, two)) == before + 1
    until_ready(bob, two)


def test_what_was_accepted_when_the_change_was_queued_is_not_asked_again(
    bob: httpx.Client, emulator: Emulator, portal: Portal, two: str
) -> None:
    live = bob.get(f"/api/v1/endpoints/{two}").json()
    emulator.world.clock.speed = 1.0
    foreign(emulator, "PUT", f"{two}/config", config_edit(live, workload_size="Medium").body)
    desk = at_desk(portal)
    wanted = Change(kind=Kind.TRAFFIC, endpoint=two, body={"routes": {"churn-3": 0, "churn-4": 100}})
    at = submit(desk, "bob@example.com", wanted, live)
    desk.engine.dispose()
    assert "I know this, and apply it all the same" in bob.get(at).text
    assert enqueue(bob, bob.get(at).text, acknowledge=BREAKING).status_code == 303
    page = bob.get(at).text
    emulator.world.clock.speed = 2000.0
    assert "You accepted this when you put the change in line." in page
    assert "I know this, and apply it all the same" not in page
    assert bob.post(f"/changes/queue/{one(SEQ, page)}/cancel").status_code == 303


def test_what_was_asked_and_is_there_is_not_told(bob: httpx.Client) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name, tags=[{"key": "team", "value": "ml"}])
    wanted = {**entity("2"), "name": live["config"]["served_entities"][0]["name"]}
    for made in (
        make(bob, change("config.update", name, served_entities=[wanted])),
        make(bob, change("tags.update", name, add={"a": "b"}, delete=["team"])),
        make(bob, change("notifications.update", name, email_notifications={"on_update_failure": ["a@example.com"]})),
        make(bob, change("gateway.update", name, usage_tracking_config={"enabled": True})),
    ):
        assert made.status_code == 201, made.text
        assert made.json()["operation"]["readback"] == []
