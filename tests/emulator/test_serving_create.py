"""Creating endpoints: what comes back, what is refused and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InvalidParameterValue, ResourceAlreadyExists
from databricks.sdk.service.serving import (
    EndpointCoreConfigInput,
    EndpointTag,
    PtEndpointCoreConfig,
    PtServedModel,
    Route,
    ServedEntityInput,
    TrafficConfig,
)

from tests.emulator.control_support import ENDPOINTS, MODEL, Caller, entity, new, routes
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]
LLAMA = "system.ai.meta_llama_v3_1_8b_instruct"
PROVISIONED = {"entity_name": LLAMA, "entity_version": "1", "name": "llama", "max_provisioned_throughput": 9500}


def _external(**model: Any) -> dict[str, Any]:
    base = {"provider": "openai", "name": "gpt-4o", "task": "llm/v1/chat"}
    base |= {"openai_config": {"openai_api_key": "{{secrets/ml/openai}}"}}  # type: ignore[dict-item]
    return {"name": "gpt", "external_model": {key: value for key, value in (base | model).items() if value is not None}}


def test_the_sdk_creates_an_endpoint_of_two_versions(sdk: SDK) -> None:
    entities = [
        ServedEntityInput(
            name="a", entity_name=MODEL, entity_version="3", scale_to_zero_enabled=True, workload_size="Small"
        ),
        ServedEntityInput(name="b", entity_name=MODEL, entity_version="4", scale_to_zero_enabled=False),
    ]
    split = TrafficConfig(
        routes=[Route(served_entity_name="a", traffic_percentage=70), Route(30, served_model_name="b")]
    )
    config = EndpointCoreConfigInput(name="split", served_entities=entities, traffic_config=split)
    sdk("bob").serving_endpoints.create("split", config=config, tags=[EndpointTag("team", "growth")])
    found = sdk("bob").serving_endpoints.get("split")
    assert found.pending_config
    assert found.pending_config.traffic_config
    shares = {r.served_entity_name: r.traffic_percentage for r in found.pending_config.traffic_config.routes or []}
    assert shares == {"a": 70, "b": 30}
    assert found.tags == [EndpointTag("team", "growth")]
    assert found.creator == "bob@example.com"


def test_the_answer_says_what_the_sdk_drops_and_keeps_secrets(workspace: Emulator, bob: Caller) -> None:
    model = _external(openai_config={"openai_api_key_plaintext": "sk-very-secret"})
    sent = new("gpt", {**model, "burst_scaling_enabled": True}, rate_limits=[])
    answer = bob("POST", ENDPOINTS, sent)
    shown = answer.json()
    assert "sk-very-secret" not in answer.text + bob("GET", f"{ENDPOINTS}/gpt").text + bob("GET", ENDPOINTS).text
    assert "burst_scaling_enabled" not in answer.text
    assert shown["creator_display_name"] == "Bob Berger"
    assert (shown["creator_kind"], shown["resource_credential_strategy"]) == ("User", "EMBEDDED_CREDENTIALS")
    assert shown["state"]["suspend"] == "NOT_SUSPENDED"
    assert shown["description"] == ""
    assert shown["permission_level"] == "CAN_MANAGE"
    assert shown["creation_timestamp"] % 1000 == 0
    assert len(shown["id"]) == 32
    entity_ = workspace.world.endpoints["gpt"].pending.entities[0]  # type: ignore[union-attr]
    assert entity_.secrets == {"openai_config.openai_api_key_plaintext": "sk-very-secret"}


def test_entities_are_mirrored_and_routes_have_both_names(bob: Caller) -> None:
    shown = bob("POST", ENDPOINTS, new("mirror", entity(environment_vars={"A": "b"})))
    pending = shown.json()["pending_config"]
    assert pending["served_models"][0]["model_name"] == MODEL
    assert pending["served_models"][0]["model_version"] == "3"
    assert pending["served_entities"][0]["workload_size"] == "Small"
    assert pending["served_entities"][0]["min_dbus"] == 4.0
    route = {"served_model_name": "churn-3", "served_entity_name": "churn-3", "traffic_percentage": 100}
    assert pending["traffic_config"]["routes"] == [route]


def test_served_models_are_understood_too(bob: Caller) -> None:
    model = {"model_name": MODEL, "model_version": "2", "scale_to_zero_enabled": True, "workload_size": "Small"}
    body = {"name": "old-style", "config": {"served_models": [model]}}
    shown = bob("POST", ENDPOINTS + "/", body).json()
    assert shown["pending_config"]["served_entities"][0]["entity_name"] == MODEL


def test_recreating_gives_a_new_id(bob: Caller) -> None:
    first = bob("POST", ENDPOINTS, new("again")).json()["id"]
    assert bob("DELETE", f"{ENDPOINTS}/again").json() == {}
    assert bob("GET", f"{ENDPOINTS}/again").json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert bob("POST", ENDPOINTS, new("again")).json()["id"] != first


def test_a_taken_name_is_a_conflict(workspace: Emulator, sdk: SDK, bob: Caller) -> None:
    with pytest.raises(ResourceAlreadyExists):
        sdk("bob").serving_endpoints.create("churn")
    workspace.world.switches.duplicate_name_status = 400
    assert bob("POST", ENDPOINTS, new("churn")).status_code == 400


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "a/b", "x" * 64, "databricks-mine", "ä"])
def test_names_the_platform_does_not_take(bob: Caller, name: str) -> None:
    answer = bob("POST", ENDPOINTS, new(name))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_scale_to_zero_has_no_default(sdk: SDK) -> None:
    config = EndpointCoreConfigInput(
        name="x", served_entities=[ServedEntityInput(entity_name=MODEL, entity_version="3", workload_size="Small")]
    )
    with pytest.raises(InvalidParameterValue, match="scaleToZeroEnabled is undefined"):
        sdk("bob").serving_endpoints.create("x", config=config)


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        (entity(9), 404, "does not exist"),
        (entity(5), 400, "PENDING_REGISTRATION"),
        ({**entity(), "entity_version": "champion"}, 400, "Aliases are not accepted"),
        ({**entity(), "entity_name": "main.ml.ghost"}, 404, "does not exist"),
        ({**entity(), "entity_name": "main.finance.credit_risk", "entity_version": "1"}, 403, "EXECUTE"),
        (entity(workload_type="TPU"), 400, "Workload type 'TPU' with size 'Small' is not supported"),
        (entity(workload_size="Huge"), 400, "is not supported. Please choose a node type"),
        (entity(min_provisioned_concurrency=4, max_provisioned_concurrency=6), 400, "multiples of 4"),
        (entity(workload_size="Small", min_provisioned_concurrency=4, max_provisioned_concurrency=8), 400, "Only one"),
        (entity(environment_vars={f"V{n}": "x" for n in range(31)}), 400, "at most 30"),
        (entity(environment_vars={"T": "{{secrets/ml/ghost}}"}), 400, "Secret does not exist"),
        (entity(environment_vars={"T": "{{secrets/prod/openai}}"}), 403, "READ"),
        (entity(name="a.b"), 400, "Served entity name"),
        ({**PROVISIONED, "max_provisioned_throughput": 100}, 400, "multiples of 9500"),
        ({**PROVISIONED, "entity_name": MODEL}, 400, "is not eligible for Provisioned Throughput."),
        ({**PROVISIONED, "entity_name": "system.ai.claude_sonnet_4"}, 400, "not eligible"),
        (_external(provider="nobody"), 400, "provider 'nobody' is not supported"),
        (_external(task=None), 400, "external_model.task"),
        (_external(openai_config={}), 400, "One of openai_api_key"),
        (_external(openai_config={"openai_api_key": "sk-1"}), 400, "secret reference"),
        (_external(openai_config={"openai_api_type": "azure", "openai_api_key": "{{secrets/ml/openai}}"}), 400, "base"),
        (_external(anthropic_config={"anthropic_api_key_plaintext": "x"}), 400, "Exactly one provider config"),
    ],
)
def test_entities_the_platform_refuses(bob: Caller, given: dict[str, Any], status: int, words: str) -> None:
    answer = bob("POST", ENDPOINTS, new("refused", given))
    assert (answer.status_code, words in answer.json()["message"]) == (status, True), answer.text
    assert bob("GET", f"{ENDPOINTS}/refused").status_code == 404


@pytest.mark.parametrize(
    ("entities", "traffic", "words"),
    [
        ([entity(3), entity(3)], routes(churn_3=100), "must be unique"),
        ([entity(3), entity(4)], None, "traffic_config must be specified"),
        ([entity(3), entity(4)], routes(churn_3=60, churn_4=30), "sum to 100, but sum to 90"),
        ([entity(3)], routes(churn_9=100), "does not match any served entity"),
        ([entity(3)], routes(churn_3=101), "integer between 0 and 100"),
        ([entity(3), _external()], routes(churn_3=100), "must be of one kind"),
        ([entity(3, name=f"e{n}") for n in range(11)], routes(e0=100), "at most 10"),
        ([_external(), {**_external(task="llm/v1/embeddings"), "name": "e"}], routes(gpt=100), "the same task"),
    ],
)
def test_configs_the_platform_refuses(bob: Caller, entities: Any, traffic: Any, words: str) -> None:
    answer = bob("POST", ENDPOINTS, new("refused", *entities, **({"traffic": traffic} if traffic else {})))
    assert (answer.status_code, words in answer.json()["message"]) == (400, True), answer.text


def test_every_provider_can_be_created(bob: Caller) -> None:
    key = "{{secrets/ml/tok}}"
    configs: dict[str, dict[str, Any]] = {
        "ai21labs": {"ai21labs_config": {"ai21labs_api_key": key}},
        "amazon-bedrock": {"amazon_bedrock_config": {
            "aws_region": "eu-west-1", "bedrock_provider": "anthropic", "instance_profile_arn": "arn:aws:iam::1:x"}},
        "anthropic": {"anthropic_config": {"anthropic_api_key": key}},
        "cohere": {"cohere_config": {"cohere_api_key_plaintext": "plain"}},
        "custom": {"custom_provider_config": {
            "custom_provider_url": "https://llm.example.com", "bearer_token_auth": {"token": key}}},
        "databricks-model-serving": {"databricks_model_serving_config": {
            "databricks_workspace_url": "https://other.example.com", "databricks_api_token": key}},
        "google-cloud-vertex-ai": {"google_cloud_vertex_ai_config": {
            "project_id": "p", "region": "europe-west1", "private_key": key}},
        "openai": {"openai_config": {"openai_api_type": "azuread", "openai_api_base": "https://x.example.com",
            "openai_deployment_name": "d", "openai_api_version": "v", "microsoft_entra_client_id": "c",
            "microsoft_entra_tenant_id": "t", "microsoft_entra_client_secret": key}},
        "palm": {"palm_config": {"palm_api_key": key}},
    }  # fmt: skip
    for provider, config in configs.items():
        model = {"provider": provider, "name": "m", "task": "llm/v1/chat", **config}
        answer = bob("POST", ENDPOINTS, new(f"e-{provider}", {"name": "m", "external_model": model}))
        assert answer.status_code == 200, answer.text


def test_provisioned_throughput_both_ways(sdk: SDK, bob: Caller) -> None:
    shown = bob("POST", ENDPOINTS, new("tokens", PROVISIONED)).json()
    first = shown["pending_config"]["served_entities"][0]
    assert (first["min_provisioned_throughput"], first["max_provisioned_throughput"]) == (0, 9500)
    assert first["foundation_model"]["name"] == LLAMA
    units = PtEndpointCoreConfig(
        served_entities=[PtServedModel(LLAMA, 50, entity_version="1", burst_scaling_enabled=True)]
    )
    sdk("bob").serving_endpoints.create_provisioned_throughput_endpoint("units", units)
    answer = bob("GET", f"{ENDPOINTS}/units")
    assert answer.json()["pending_config"]["served_entities"][0]["provisioned_model_units"] == 50
    assert "burst_scaling_enabled" not in answer.text
    assert bob("POST", f"{ENDPOINTS}/pt", new("none", PROVISIONED)).status_code == 400


def test_a_pay_per_token_model_gets_an_endpoint_of_its_own(workspace: Emulator, bob: Caller) -> None:
    bob("POST", ENDPOINTS, new("house-llama", {"entity_name": "system.ai.gpt_oss_20b"}))
    workspace.world.clock.advance(5)
    shown = bob("GET", f"{ENDPOINTS}/house-llama").json()
    assert (shown["state"]["ready"], shown["task"]) == ("READY", "llm/v1/chat")
    assert shown["endpoint_type"] == "FOUNDATION_MODEL_API"
    assert shown["config"]["served_entities"][0]["name"] == "gpt_oss_20b"


@pytest.mark.parametrize(
    ("given", "version"),
    [({"entity_name": "wine_quality_classic"}, "2"), ({"entity_name": "main.ml.customer_features"}, None)],
)
def test_workspace_models_and_feature_specs_are_served_too(
    workspace: Emulator, bob: Caller, given: dict[str, Any], version: str | None
) -> None:
    more = {"entity_version": version} if version else {}
    answer = bob("POST", ENDPOINTS, new("older", {**given, **more, "scale_to_zero_enabled": False}))
    assert answer.status_code == 200, answer.text
    workspace.world.clock.advance(300)
    assert bob("GET", f"{ENDPOINTS}/older").json()["state"]["ready"] == "READY"
    assert (
        bob("POST", ENDPOINTS, new("none", {"entity_name": "ghost", "scale_to_zero_enabled": True})).status_code == 404
    )


def test_optimization_info_tells_the_steps(bob: Caller) -> None:
    path = f"{ENDPOINTS}/get-model-optimization-info"
    assert bob("GET", f"{path}/{LLAMA}/1").json()["throughput_chunk_size"] == 9500
    assert bob("GET", f"{path}/{MODEL}/3").json() == {"optimizable": False}
    assert bob("GET", f"{path}/{MODEL}/99").status_code == 404


def test_external_and_other_endpoints_do_not_convert(bob: Caller) -> None:
    answer = bob("PUT", f"{ENDPOINTS}/churn/config", {"served_entities": [_external()]})
    assert (answer.status_code, "cannot be converted" in answer.json()["message"]) == (400, True)


def test_fifty_creates_in_five_minutes_are_the_limit(workspace: Emulator, bob: Caller) -> None:
    statuses = [bob("POST", ENDPOINTS, {"name": f"many-{number}"}).status_code for number in range(51)]
    assert statuses == [200] * 50 + [429]
    refused = bob("POST", ENDPOINTS, {"name": "one-more"})
    assert (refused.json()["error_code"], "retry-after" in refused.headers) == ("REQUEST_LIMIT_EXCEEDED", True)
    workspace.world.clock.advance(301)
    assert bob("POST", ENDPOINTS, {"name": "one-more"}).status_code == 200


def test_a_body_that_is_no_json_is_refused(bob: Caller) -> None:
    for body in (b"{", b"[]", b'"x"'):
        answer = bob.http.post(ENDPOINTS, content=body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "MALFORMED_REQUEST")
