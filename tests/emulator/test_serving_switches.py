"""Facts nobody has verified: each switch has two answers, and both work."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.control_support import ENDPOINTS, Caller, entity, new
from web.emulator.server import Emulator

BROKEN = {"entity_name": "main.ml.broken_missing_module", "entity_version": "1", "scale_to_zero_enabled": False}
PLAIN = {
    "provider": "openai",
    "name": "gpt",
    "task": "llm/v1/chat",
    "openai_config": {"openai_api_key_plaintext": "sk-1"},
}


def _flip(caller: Caller, **changes: Any) -> None:
    assert caller("PATCH", "/_emulator/switches", changes).status_code == 200


@pytest.mark.parametrize(("reused", "version"), [(False, 6), (True, 5)])
def test_a_failed_version_number_may_be_used_again(
    workspace: Emulator, bob: Caller, reused: bool, version: int
) -> None:
    _flip(bob, failed_version_reused=reused)
    bob("PUT", f"{ENDPOINTS}/churn/config", {"served_entities": [BROKEN]})
    workspace.world.clock.advance(300)
    assert bob("GET", f"{ENDPOINTS}/churn").json()["state"]["config_update"] == "UPDATE_FAILED"
    shown = bob("PUT", f"{ENDPOINTS}/churn/config", {"served_entities": [BROKEN]}).json()
    assert shown["pending_config"]["config_version"] == version


def test_pending_config_may_vanish_after_a_cancel(bob: Caller) -> None:
    _flip(bob, pending_after_cancel=False)
    bob("POST", "/_emulator/endpoints/image-tags/cancel-update")
    shown = bob("GET", f"{ENDPOINTS}/image-tags").json()
    assert (shown["state"]["config_update"], "pending_config" in shown) == ("UPDATE_CANCELED", False)


def test_entities_may_come_back_in_alphabetical_order(bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("order", entity(name="z"), entity(name="a"), traffic={
        "routes": [{"served_entity_name": "z", "traffic_percentage": 100}]}))  # fmt: skip
    for alphabetical, names in ((False, ["z", "a"]), (True, ["a", "z"])):
        _flip(bob, entities_alphabetical=alphabetical)
        pending = bob("GET", f"{ENDPOINTS}/order").json()["pending_config"]
        assert [shown["name"] for shown in pending["served_entities"]] == names


def test_the_listing_may_hide_what_is_first_deployed(bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("young"))
    for shown in (True, False):
        _flip(bob, list_shows_pending=shown)
        listed = {endpoint["name"]: endpoint for endpoint in bob("GET", ENDPOINTS).json()["endpoints"]}
        assert ("config" in listed["young"]) is shown


def test_a_dangling_secret_is_refused_or_fails_the_deployment(workspace: Emulator, bob: Caller) -> None:
    body = new("dangling", entity(environment_vars={"T": "{{secrets/ml/ghost}}"}))
    assert bob("POST", ENDPOINTS, body).status_code == 400
    _flip(bob, unknown_secret_refused=False)
    assert bob("POST", ENDPOINTS, body).status_code == 200
    workspace.world.clock.advance(120)
    assert bob("GET", f"{ENDPOINTS}/dangling").json()["state"]["config_update"] == "UPDATE_FAILED"


def test_a_plaintext_key_may_survive_an_update_that_leaves_it_out(workspace: Emulator, bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("gpt", {"name": "gpt", "external_model": PLAIN}))
    workspace.world.clock.advance(10)
    live = bob("GET", f"{ENDPOINTS}/gpt").json()["config"]
    body = {"served_entities": live["served_entities"], "traffic_config": live["traffic_config"]}
    assert bob("PUT", f"{ENDPOINTS}/gpt/config", body).status_code == 400
    _flip(bob, plaintext_survives=True)
    assert bob("PUT", f"{ENDPOINTS}/gpt/config", body).status_code == 200
    workspace.world.clock.advance(10)
    kept = workspace.world.endpoints["gpt"].pending or workspace.world.endpoints["gpt"].config
    assert kept
    assert list(kept.entities[0].secrets.values()) == ["sk-1"]


def test_reading_permissions_may_need_manage(workspace: Emulator, charlie: Caller) -> None:
    path = f"/api/2.0/permissions/serving-endpoints/{workspace.world.endpoints['wine-quality'].id}"
    assert charlie("GET", path).status_code == 200
    _flip(charlie, permissions_read_level="CAN_MANAGE")
    assert charlie("GET", path).status_code == 403


def test_tags_may_not_be_overwritten(bob: Caller) -> None:
    _flip(bob, tag_overwrites=False)
    body = {"add_tags": [{"key": "env", "value": "dev"}]}
    assert bob("PATCH", f"{ENDPOINTS}/churn/tags", body).status_code == 400


def test_the_quota_can_be_lifted(bob: Caller) -> None:
    _flip(bob, enforce_quota=False)
    assert {bob("POST", ENDPOINTS, {"name": f"many-{number}"}).status_code for number in range(55)} == {200}


@pytest.mark.parametrize("kept", [True, False])
def test_fields_nobody_knows_may_be_kept(bob: Caller, kept: bool) -> None:
    _flip(bob, unknown_fields_kept=kept)
    spec = {"name": "a", "entity_name": "main.ml.churn", "entity_version": "3", "scale_to_zero_enabled": True, "x": 1}
    routes = [{"served_entity_name": "a", "traffic_percentage": 100, "x": 2}]
    sent = {"served_entities": [spec], "traffic_config": {"routes": routes, "x": 3}, "x": 4}
    shown = bob("PUT", f"{ENDPOINTS}/churn/config", sent).json()["pending_config"]
    traffic = shown["traffic_config"]
    told = (shown["served_entities"][0].get("x"), traffic["routes"][0].get("x"), traffic.get("x"), shown.get("x"))
    assert told == ((1, 2, 3, 4) if kept else (None, None, None, None))
