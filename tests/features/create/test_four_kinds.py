"""Each kind's smallest form becomes one call with exactly the fields the API takes."""

from typing import Any

import httpx

from tests.features.create import support
from tests.features.create.support import ENTITY, apply, custom, external, foundation, live, provisioned, writes
from web.emulator.server import Emulator


def config_of(who: httpx.Client, name: str) -> dict[str, Any]:
    found = live(who, name)
    return dict(found.get("pending_config") or found["config"])


def entity_of(who: httpx.Client, name: str) -> dict[str, Any]:
    return dict(config_of(who, name)["served_entities"][0])


def test_a_custom_model_is_created_with_one_call(bob: httpx.Client, emulator: Emulator) -> None:
    assert apply(bob, custom("n-custom")).headers["location"] == "/endpoints/n-custom"
    made = entity_of(bob, "n-custom")
    assert (made["name"], made["entity_name"], made["entity_version"]) == ("churn-3", "main.ml.churn", "3")
    assert (made["workload_type"], made["workload_size"], made["scale_to_zero_enabled"]) == ("CPU", "Small", True)
    assert [(w["method"], w["path"], w["user"]) for w in writes(emulator)] == [
        ("POST", "/api/2.0/serving-endpoints", "bob@example.com")
    ]


def test_a_foundation_model_is_created_without_throughput(bob: httpx.Client, emulator: Emulator) -> None:
    assert apply(bob, foundation("n-foundation")).headers["location"] == "/endpoints/n-foundation"
    made = entity_of(bob, "n-foundation")
    assert made["entity_name"] == "system.ai.meta_llama_v3_3_70b_instruct"
    assert "max_provisioned_throughput" not in made


def test_provisioned_throughput_is_created_in_tokens(bob: httpx.Client, emulator: Emulator) -> None:
    assert apply(bob, provisioned("n-pt")).headers["location"] == "/endpoints/n-pt"
    made = entity_of(bob, "n-pt")
    assert (made["min_provisioned_throughput"], made["max_provisioned_throughput"]) == (0, 1960)


def test_model_units_take_their_own_address(bob: httpx.Client, emulator: Emulator) -> None:
    units = {ENTITY + "model": "llama_4_maverick", ENTITY + "entity_version": "1", ENTITY + "measure": "units",
             ENTITY + "provisioned_model_units": "100", ENTITY + "burst_scaling_enabled": "on"}  # fmt: skip
    assert apply(bob, provisioned("n-units", **units)).headers["location"] == "/endpoints/n-units"
    assert entity_of(bob, "n-units")["provisioned_model_units"] == 100
    assert [w["path"] for w in writes(emulator)] == ["/api/2.0/serving-endpoints/pt"]


def test_an_external_model_refers_to_its_secret(bob: httpx.Client, emulator: Emulator) -> None:
    assert apply(bob, external("n-external")).headers["location"] == "/endpoints/n-external"
    model = entity_of(bob, "n-external")["external_model"]
    assert model["openai_config"]["openai_api_key"] == "{{secrets/ml/openai}}"
    assert (model["provider"], model["name"], model["task"]) == ("openai", "gpt-4o", "llm/v1/chat")


def test_everything_else_is_sent_in_the_same_go(bob: httpx.Client, emulator: Emulator) -> None:
    more = {
        "description": "Scores customers",
        "tags[0].key": "team",
        "tags[0].value": "growth",
        "gateway.usage": "on",
        "gateway.rate_limits[0].key": "user_group",
        "gateway.rate_limits[0].principal": "ml-team",
        "gateway.rate_limits[0].blocked": "on",
        "gateway.table": "on",
        "gateway.catalog_name": "main",
        "gateway.schema_name": "ml",
        "on_failure": "bob@example.com\nalice@example.com",
        "permissions[0].kind": "group",
        "permissions[0].name": "users",
        "permissions[0].level": "CAN_QUERY",
        ENTITY + "environment_vars[0].name": "TOKEN",
        ENTITY + "environment_vars[0].mode": "reference",
        ENTITY + "environment_vars[0].scope": "ml",
        ENTITY + "environment_vars[0].key": "tok",
    }
    apply(bob, custom("n-full", **more))
    made = live(bob, "n-full")
    assert made["description"] == "Scores customers"
    assert made["tags"] == [{"key": "team", "value": "growth"}]
    assert made["ai_gateway"]["rate_limits"][0]["calls"] == 0
    assert made["ai_gateway"]["usage_tracking_config"] == {"enabled": True}
    assert made["email_notifications"]["on_update_failure"] == ["bob@example.com", "alice@example.com"]
    assert entity_of(bob, "n-full")["environment_vars"] == {"TOKEN": "{{secrets/ml/tok}}"}
    assert [w["method"] for w in writes(emulator)] == ["POST", "PATCH"]


def test_two_versions_share_the_traffic(bob: httpx.Client) -> None:
    second = {k.replace("[0]", "[1]"): v for k, v in custom("x").items() if k.startswith(ENTITY)}
    fields = custom("n-split", **second, **{ENTITY + "traffic": "90", "served_entities[1].traffic": "10"})
    fields["served_entities[1].entity_version"] = "4"
    apply(bob, fields)
    routes = config_of(bob, "n-split")["traffic_config"]["routes"]
    assert {r["served_entity_name"]: r["traffic_percentage"] for r in routes} == {"churn-3": 90, "churn-4": 10}


def test_an_alias_is_resolved_and_said(bob: httpx.Client) -> None:
    sent = support.review(bob, custom("n-alias", **{ENTITY + "entity_version": "@champion"}))
    assert sent.status_code == 303
    shown = bob.get(sent.headers["location"]).text
    assert "@champion is version 3 of main.ml.churn" in shown
