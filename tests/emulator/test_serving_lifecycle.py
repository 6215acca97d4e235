"""Each state of an endpoint, reached by moving the workspace's clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import OperationFailed, ResourceConflict
from databricks.sdk.service.serving import EndpointCoreConfigInput, ServedEntityInput

from tests.emulator.control_support import ENDPOINTS, MODEL, Caller, entity, new, routes
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]


def _state(caller: Caller, name: str) -> tuple[str, str, str]:
    state = caller("GET", f"{ENDPOINTS}/{name}").json()["state"]
    return state["ready"], state["config_update"], state["suspend"]


def _entities(shown: dict[str, Any], which: str = "config") -> dict[str, tuple[str, str]]:
    entities = shown[which]["served_entities"]
    return {e["name"]: (e["state"]["deployment"], e["state"]["deployment_state_message"]) for e in entities}


def test_a_new_endpoint_has_only_a_pending_config_until_it_is_deployed(workspace: Emulator, bob: Caller) -> None:
    shown = bob("POST", ENDPOINTS, new("fresh")).json()
    assert "config" not in shown
    assert shown["pending_config"]["config_version"] == 1
    assert _entities(shown, "pending_config") == {
        "churn-3": ("DEPLOYMENT_CREATING", "Creating resources for served entity.")
    }
    assert _state(bob, "fresh") == ("NOT_READY", "IN_PROGRESS", "NOT_SUSPENDED")
    workspace.world.clock.advance(200)
    assert _state(bob, "fresh") == ("NOT_READY", "IN_PROGRESS", "NOT_SUSPENDED")
    workspace.world.clock.advance(60)
    shown = bob("GET", f"{ENDPOINTS}/fresh").json()
    assert "pending_config" not in shown
    assert _entities(shown) == {"churn-3": ("DEPLOYMENT_READY", "")}
    assert _state(bob, "fresh") == ("READY", "NOT_UPDATING", "NOT_SUSPENDED")


def test_an_endpoint_without_a_config_waits_for_one(bob: Caller) -> None:
    shown = bob("POST", ENDPOINTS, {"name": "bare"}).json()
    assert "config" not in shown
    assert "pending_config" not in shown
    assert _state(bob, "bare") == ("NOT_READY", "NOT_UPDATING", "NOT_SUSPENDED")
    assert bob("PUT", f"{ENDPOINTS}/bare/config", {"served_entities": [entity()]}).json()["pending_config"]


def test_the_old_config_serves_while_the_new_one_is_built(workspace: Emulator, bob: Caller) -> None:
    body = {"served_entities": [entity(2, name="two")]}
    shown = bob("PUT", f"{ENDPOINTS}/churn/config", body).json()
    assert shown["state"] == {"ready": "READY", "config_update": "IN_PROGRESS", "suspend": "NOT_SUSPENDED"}
    assert (shown["config"]["config_version"], shown["pending_config"]["config_version"]) == (4, 5)
    workspace.world.clock.advance(300)
    shown = bob("GET", f"{ENDPOINTS}/churn").json()
    assert (shown["config"]["config_version"], "pending_config" in shown) == (5, False)


def test_moving_traffic_keeps_what_is_deployed(workspace: Emulator, bob: Caller) -> None:
    live = bob("GET", f"{ENDPOINTS}/churn").json()["config"]
    body = {"served_entities": live["served_entities"], "traffic_config": routes(churn_3=50, churn_4=50)}
    shown = bob("PUT", f"{ENDPOINTS}/churn/config", body).json()
    assert {state for state, _ in _entities(shown, "pending_config").values()} == {"DEPLOYMENT_READY"}
    workspace.world.clock.advance(20)
    shown = bob("GET", f"{ENDPOINTS}/churn").json()
    assert shown["config"]["config_version"] == 5
    created = [e["creation_timestamp"] for e in shown["config"]["served_entities"]]
    assert created == [e["creation_timestamp"] for e in live["served_entities"]]


@pytest.mark.parametrize("reason", ["missing_module", "out_of_memory", "wrong_version"])
def test_a_first_deployment_that_fails_says_so_and_has_a_log(workspace: Emulator, bob: Caller, reason: str) -> None:
    broken = {
        "entity_name": f"main.ml.broken_{reason}",
        "entity_version": "1",
        "scale_to_zero_enabled": True,
        "name": "b",
    }
    bob("POST", ENDPOINTS, new("doomed", broken))
    workspace.world.clock.advance(300)
    shown = bob("GET", f"{ENDPOINTS}/doomed").json()
    assert shown["state"]["config_update"] == "UPDATE_FAILED"
    assert shown["state"]["ready"] == "NOT_READY"
    message = "Container creation failed. Please see build logs for more information."
    assert _entities(shown, "pending_config") == {"b": ("DEPLOYMENT_FAILED", message)}
    log = bob("GET", f"{ENDPOINTS}/doomed/served-models/b/build-logs", config_version=1).json()["logs"]
    words = {"missing_module": "ModuleNotFoundError", "out_of_memory": "OOMKilled", "wrong_version": "numpy==2.4.0"}
    assert words[reason] in log


def test_a_failed_update_leaves_the_old_config_serving(workspace: Emulator, bob: Caller) -> None:
    broken = {"entity_name": "main.ml.broken_out_of_memory", "entity_version": "1", "scale_to_zero_enabled": False}
    kept = bob("GET", f"{ENDPOINTS}/churn").json()["config"]["served_entities"][0]
    body = {"served_entities": [kept, broken], "traffic_config": routes(churn_3=100)}
    bob("PUT", f"{ENDPOINTS}/churn/config", body)
    workspace.world.clock.advance(300)
    shown = bob("GET", f"{ENDPOINTS}/churn").json()
    assert shown["state"] == {"ready": "READY", "config_update": "UPDATE_FAILED", "suspend": "NOT_SUSPENDED"}
    assert shown["config"]["config_version"] == 4
    assert _entities(shown, "pending_config")["broken_out_of_memory-1"][0] == "DEPLOYMENT_FAILED"
    assert _entities(shown)["churn-3"] == ("DEPLOYMENT_READY", "")
    bob("PUT", f"{ENDPOINTS}/churn/config", {"served_entities": [kept]})
    workspace.world.clock.advance(300)
    assert bob("GET", f"{ENDPOINTS}/churn").json()["config"]["config_version"] == 6


def test_a_deployment_that_never_gets_healthy_is_aborted_at_its_deadline(workspace: Emulator, bob: Caller) -> None:
    assert _state(bob, "image-tags") == ("READY", "IN_PROGRESS", "NOT_SUSPENDED")
    workspace.world.clock.advance(7200)
    shown = bob("GET", f"{ENDPOINTS}/image-tags").json()
    state, message = _entities(shown, "pending_config")["image-tags-gpu"]
    assert state == "DEPLOYMENT_ABORTED"
    assert "timed out" in message
    assert shown["state"]["ready"] == "READY"


def test_one_update_at_a_time(workspace: Emulator, sdk: SDK, bob: Caller) -> None:
    api = sdk("bob").serving_endpoints
    given = [ServedEntityInput(entity_name=MODEL, entity_version="2", scale_to_zero_enabled=False)]
    api.update_config("churn", served_entities=given)
    with pytest.raises(ResourceConflict):
        api.update_config("churn", served_entities=given)
    workspace.world.switches.concurrent_update_status = 400
    body = {"served_entities": [entity(2)]}
    assert bob("PUT", f"{ENDPOINTS}/churn/config", body).json()["error_code"] == "INVALID_STATE"


def test_a_canceled_update_leaves_the_old_config(workspace: Emulator, alice: Caller) -> None:
    alice("POST", "/_emulator/endpoints/image-tags/cancel-update")
    assert _state(alice, "image-tags") == ("READY", "UPDATE_CANCELED", "NOT_SUSPENDED")
    assert "pending_config" in alice("GET", f"{ENDPOINTS}/image-tags").json()


def test_an_endpoint_is_stopped_and_started_again(workspace: Emulator, bob: Caller) -> None:
    assert bob("POST", f"{ENDPOINTS}/churn/config:start").status_code == 400
    bob("POST", f"{ENDPOINTS}/churn/config:stop")
    assert _state(bob, "churn") == ("NOT_READY", "NOT_UPDATING", "STOPPED")
    assert bob("GET", f"{ENDPOINTS}/churn").json()["config"]["config_version"] == 4
    assert bob("PUT", f"{ENDPOINTS}/churn/config", {"served_entities": [entity()]}).status_code == 400
    bob("POST", f"{ENDPOINTS}/churn/config:start")
    assert _state(bob, "churn") == ("NOT_READY", "IN_PROGRESS", "NOT_SUSPENDED")
    workspace.world.clock.advance(200)
    assert _state(bob, "churn") == ("READY", "NOT_UPDATING", "NOT_SUSPENDED")
    assert bob("GET", f"{ENDPOINTS}/churn").json()["config"]["config_version"] == 5


def test_external_models_cannot_be_stopped_and_updates_forbid_it(bob: Caller) -> None:
    assert bob("POST", f"{ENDPOINTS}/company-gpt/config:stop").status_code == 400
    assert bob("POST", f"{ENDPOINTS}/image-tags/config:stop").status_code == 409


def test_an_idle_entity_scales_to_zero(workspace: Emulator, bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("lazy", entity(scale_to_zero_enabled=True)))
    workspace.world.clock.advance(300)
    assert _entities(bob("GET", f"{ENDPOINTS}/lazy").json())["churn-3"] == ("DEPLOYMENT_READY", "")
    workspace.world.clock.advance(1800)
    assert _entities(bob("GET", f"{ENDPOINTS}/lazy").json())["churn-3"] == ("DEPLOYMENT_READY", "Scaled to zero")
    assert _state(bob, "lazy") == ("READY", "NOT_UPDATING", "NOT_SUSPENDED")


def test_updates_of_an_endpoint_whose_creator_has_left_are_denied(bob: Caller) -> None:
    body = {"served_entities": [entity()]}
    answer = bob("PUT", f"{ENDPOINTS}/recommender/config", body)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert "dana@example.com" in answer.json()["message"]
    assert bob("PATCH", f"{ENDPOINTS}/recommender/tags", {"delete_tags": ["team"]}).json() == {"tags": []}


def test_external_models_are_ready_within_seconds(workspace: Emulator, bob: Caller) -> None:
    model = {"provider": "openai", "name": "gpt-4o", "task": "llm/v1/chat"}
    model |= {"openai_config": {"openai_api_key": "{{secrets/ml/openai}}"}}  # type: ignore[dict-item]
    bob("POST", ENDPOINTS, new("gpt", {"external_model": model, "name": "gpt"}))
    workspace.world.clock.advance(5)
    shown = bob("GET", f"{ENDPOINTS}/gpt").json()
    assert shown["state"]["ready"] == "READY"
    assert (shown["task"], shown["endpoint_type"]) == ("llm/v1/chat", "EXTERNAL_MODEL")


def test_the_sdk_waits_for_success_and_for_failure(workspace: Emulator, sdk: SDK) -> None:
    workspace.world.clock.speed = 400
    api = sdk("bob").serving_endpoints
    given = ServedEntityInput(entity_name=MODEL, entity_version="3", scale_to_zero_enabled=True)
    made = api.create_and_wait("waited", config=EndpointCoreConfigInput(name="waited", served_entities=[given]))
    assert made.config
    assert made.config.config_version == 1
    broken = ServedEntityInput(
        entity_name="main.ml.broken_wrong_version", entity_version="1", scale_to_zero_enabled=True
    )
    with pytest.raises(OperationFailed):
        api.update_config_and_wait("waited", served_entities=[broken])
    api.delete("waited")
    assert "waited" not in {endpoint.name for endpoint in api.list()}
