"""What is known to be wrong before anything is sent: each breach is told at the field it belongs to, and once."""

from typing import Any

import pytest

from tests.changes.spell_cases import entity
from web.changes.checks import Finding, check
from web.changes.kinds import Change, Kind

REFERENCE = "{{secrets/s/k}}"
CONFIGS = (
    "openai_config", "anthropic_config", "amazon_bedrock_config", "google_cloud_vertex_ai_config", "cohere_config",
    "ai21labs_config", "databricks_model_serving_config", "palm_config", "custom_provider_config",
)  # fmt: skip
E1, E2 = "served_entities[0].", "served_entities[1]."
MODEL = E1 + "external_model."
ROUTES = "traffic_config.routes"


def told(kind: Kind, body: dict[str, Any], endpoint: str = "churn") -> list[str]:
    """Where the breaches are."""
    return [found.path for found in check(Change(kind=kind, endpoint=endpoint, body=body))]


def config(*entities: dict[str, Any], **shares: Any) -> dict[str, Any]:
    """A config of these entities, and of these shares of traffic."""
    routes = [{"served_entity_name": name, "traffic_percentage": share} for name, share in shares.items()]
    return {"served_entities": list(entities), "traffic_config": {"routes": routes}}


def of(*entities: dict[str, Any], **shares: Any) -> list[str]:
    """The breaches of an update to this config."""
    return told(Kind.CONFIG, config(*entities, **shares))


def without(*names: str, **more: Any) -> dict[str, Any]:
    """The custom entity less these fields."""
    return {k: v for k, v in {**entity("a"), **more}.items() if k not in names}


def external(entity: str = "a", /, **more: Any) -> dict[str, Any]:
    """An entity at a provider."""
    model = {"provider": "anthropic", "name": "claude", "task": "llm/v1/chat"}
    return {"name": entity, "external_model": {**model, "anthropic_config": {"anthropic_api_key": REFERENCE}, **more}}


def test_a_finding_says_no_more_in_json_than_it_has() -> None:
    assert Finding("p", "m").as_json() == {"path": "p", "message": "m"}
    assert Finding("p", "m", "c", ("d",), must_acknowledge=True).as_json() == {
        "path": "p", "message": "m", "code": "c", "details": ["d"], "must_acknowledge": True,
    }  # fmt: skip


def test_a_name_is_one_that_an_endpoint_can_have() -> None:
    fine = {"config": config(entity())}
    assert told(Kind.CREATE, fine) == told(Kind.CREATE, fine, "my-databricks-churn") == []
    assert told(Kind.CREATE, fine, "-x") == told(Kind.STOP, {}, "a.b") == ["name"]
    assert told(Kind.CREATE, fine, "Databricks-x") == ["name"]
    assert told(Kind.STOP, {}, "databricks-x") == told(Kind.STOP, {}) == []


def test_a_new_endpoint_is_looked_at_in_every_part() -> None:
    tags = [{"key": " ", "value": "v"}, {"key": "k", "value": "v" * 256}]
    gateway = {"rate_limits": [{"calls": -1}]}
    body = {"config": config(without("entity_name")), "tags": tags, "ai_gateway": gateway}
    assert told(Kind.CREATE, body) == [
        "config.served_entities[0].entity_name", "tags", "tags", "ai_gateway.rate_limits[0].calls",
    ]  # fmt: skip
    assert told(Kind.CREATE, {}) == ["config.served_entities"]
    two = {"config": config(entity("a"), entity("b"))}
    assert told(Kind.CREATE, two) == ["config.traffic_config.routes"]


def test_going_back_needs_a_split_that_fits_and_judges_nothing_older() -> None:
    assert told(Kind.RESTORE, {"config": config(without("entity_name"), a=99)}) == ["config.traffic_config.routes"]
    assert told(Kind.RESTORE, {}) == told(Kind.RESTORE, {"tags": []}) == []
    assert told(Kind.RESTORE, {"config": config(without("entity_name"), a=100)}) == []


def test_each_kind_is_judged_by_its_own_rules() -> None:
    assert told(Kind.TRAFFIC, {"routes": {"a": 50}}) == told(Kind.TRAFFIC, {}) == ["routes"]
    assert told(Kind.TRAFFIC, {"routes": {"a": 100}}) == []
    assert told(Kind.TAGS, {"add": {"": "v"}}) == ["tags"]
    assert told(Kind.TAGS, {}) == told(Kind.TAGS, {"add": {"k": "v"}}) == []
    assert told(Kind.GATEWAY, {"rate_limits": [{}]}) == ["rate_limits[0].calls"]
    assert told(Kind.TELEMETRY, {"telemetry_config": {"telemetry_profile_id": "p"}}) == [
        "telemetry_config.enabled_telemetry_features"
    ]
    assert told(Kind.APP_ATTACH, {}) == ["app", "resource_key", "permission"]
    assert told(Kind.APP_DETACH, {}) == ["app", "resource_key"]
    assert told(Kind.NOTIFICATIONS, {"served_entities": [], "config": {}, "routes": {}}) == []


def test_an_endpoint_has_one_to_15_entities_of_different_names() -> None:
    assert told(Kind.CONFIG, {}) == of() == ["served_entities"]
    many = [entity(f"e{place}") for place in range(16)]
    shares = {"e0": 100, **{f"e{place}": 0 for place in range(1, 15)}}
    assert of(*many[:15], **shares) == []
    assert of(*many) == ["served_entities"]
    assert of(entity("a"), entity("a"), entity("b"), a=100) == [E1 + "name", E2 + "name"]
    assert of(without("name"), without("name"), a=100) == []


def test_a_served_entity_has_a_name_that_can_stand_in_an_address() -> None:
    assert of(entity("a/b")) == [E1 + "name"]
    assert of(without("name")) == of(entity("a.b-c_1")) == []


def test_environment_variables_are_texts_by_names_a_shell_takes() -> None:
    many = {f"V{place}": "x" for place in range(31)}
    assert of(entity(environment_vars=many)) == [E1 + "environment_vars"]
    assert of(entity(environment_vars=dict(list(many.items())[:30]))) == []
    assert of(entity(environment_vars={"_a1": "x", "OK": ""})) == []
    assert (
        of(entity(environment_vars={"1A": "x"})) == of(entity(environment_vars={"A": 1})) == [E1 + "environment_vars"]
    )
    assert len(of(entity(environment_vars={"A-B": None}))) == 2


def test_a_model_is_named_with_its_version_and_says_whether_it_scales_to_zero() -> None:
    assert of(without("entity_name")) == of(entity(entity_name="")) == [E1 + "entity_name"]
    assert of(without("entity_version")) == of(entity(version="")) == [E1 + "entity_version"]
    assert of(entity(version="champion")) == [E1 + "entity_version"]
    assert of(without("scale_to_zero_enabled")) == [E1 + "scale_to_zero_enabled"]
    assert of(entity(scale_to_zero_enabled="yes")) == [E1 + "scale_to_zero_enabled"]


@pytest.mark.parametrize(
    "more",
    [
        {"max_provisioned_throughput": 100},
        {"provisioned_model_units": 50},
        {"entity_name": "system.ai.llama"},
    ],
)
def test_what_databricks_hosts_or_provisions_needs_neither_version_nor_scaling(more: dict[str, Any]) -> None:
    assert of(without("entity_version", "scale_to_zero_enabled", "workload_size", **more)) == []
    assert of(without("scale_to_zero_enabled", **more, entity_version="x")) == [E1 + "entity_version"]


def test_a_model_whose_name_only_resembles_a_hosted_one_is_no_hosted_one() -> None:
    bare = without("entity_version", "scale_to_zero_enabled", entity_name="main.system.ai.")
    assert of(bare) == [E1 + "entity_version", E1 + "scale_to_zero_enabled"]


def test_compute_is_given_in_one_way() -> None:
    both: dict[str, Any] = {"min_provisioned_concurrency": 4, "max_provisioned_concurrency": 8}
    assert of(entity(**both)) == [E1 + "workload_size"]
    assert of(without("workload_size", **both)) == []
    assert of(without("workload_size", **{**both, "min_provisioned_concurrency": 5})) == [
        E1 + "min_provisioned_concurrency"
    ]


@pytest.mark.parametrize(("low", "high", "at_odds"), [(2, 1, True), (1, 1, False), (0, 1, False), (None, 1, False)])
def test_the_least_throughput_is_not_above_the_most(low: int | None, high: int, at_odds: bool) -> None:
    found = of(entity(min_provisioned_throughput=low, max_provisioned_throughput=high))
    assert found == ([E1 + "min_provisioned_throughput"] if at_odds else [])


def test_a_least_throughput_alone_is_nothing_to_compare() -> None:
    assert of(entity(min_provisioned_throughput=5)) == []


def test_an_external_model_needs_what_its_provider_asks() -> None:
    assert of(external()) == []
    assert of({"name": "a", "external_model": {}}) == [MODEL + need for need in ("provider", "name", "task")]
    assert of(external(name="")) == [MODEL + "name"]
    assert of(external(task=None)) == [MODEL + "task"]
    assert of(external(anthropic_config=None)) == of(external(anthropic_config="x")) == [MODEL + "anthropic_config"]
    assert of(external(anthropic_config={})) == [MODEL + "anthropic_config.anthropic_api_key"]


def test_a_provider_that_nobody_knows_is_told_with_those_that_are_known() -> None:
    change = Change(kind=Kind.CONFIG, endpoint="x", body=config(external(provider="acme", anthropic_config=None)))
    (found,) = check(change)
    assert found.path == MODEL + "provider"
    assert "anthropic, amazon-bedrock" in found.message


@pytest.mark.parametrize("other", CONFIGS)
def test_settings_of_another_provider_are_told(other: str) -> None:
    mine = other == "anthropic_config"
    settings = {"anthropic_api_key": REFERENCE}
    assert of(external(**{other: settings})) == ([] if mine else [MODEL + other])


def test_a_key_is_a_reference_or_typed_and_never_both() -> None:
    key = "anthropic_config.anthropic_api_key"
    typed = {"anthropic_api_key_plaintext": "k"}
    assert of(external(anthropic_config=typed)) == []
    assert of(external(anthropic_config={**typed, "anthropic_api_key": REFERENCE})) == [MODEL + key + "_plaintext"]
    assert of(external(anthropic_config={**typed, "anthropic_api_key": ""})) == []
    assert of(external(anthropic_config={"anthropic_api_key": "k"})) == [MODEL + key]


def test_external_models_share_their_endpoint_with_their_like_only() -> None:
    assert of(external("a"), external("b"), a=50, b=50) == []
    assert of(external("a"), entity("b"), a=50, b=50) == ["served_entities"]
    assert of(external("a"), external("b", task="llm/v1/embeddings"), a=50, b=50) == ["served_entities"]


def test_each_share_of_traffic_has_its_entity() -> None:
    assert of(entity("a")) == of(entity("a"), a=100) == of(entity("a"), entity("b"), a=100, b=0) == []
    assert of(entity("a"), entity("b")) == [ROUTES]
    assert of(entity("a"), entity("b"), a=50, c=50) == of(entity("a"), c=100) == [ROUTES]
    assert of(without("name"), entity("b"), c=100) == [], "the workspace names the first"
    old = {"served_entities": [entity("a")]}
    route = {"served_model_name": "a", "traffic_percentage": 100}
    assert told(Kind.CONFIG, {**old, "traffic_config": {"routes": [route]}}) == told(Kind.CONFIG, old) == []


@pytest.mark.parametrize(
    ("shares", "fine"),
    [
        ([100], True), ([0, 100], True), ([1, 99], True), ([99], False), ([101], False), ([-1, 101], False),
        ([True, 99], False), ([50.0, 50], False), (["50", 50], False), ([None, 100], False), ([50, 51], False),
        ([], False),
    ],
)  # fmt: skip
def test_the_shares_are_whole_numbers_that_make_100(shares: list[Any], fine: bool) -> None:
    routes = {f"e{place}": share for place, share in enumerate(shares)}
    found = check(Change(kind=Kind.TRAFFIC, endpoint="x", body={"routes": routes}))
    assert (not found) is fine
    if found:
        whole = all(type(share) is int and 0 <= share <= 100 for share in shares)
        assert ("add up to" in found[0].message) is whole


def test_tags_have_their_limits() -> None:
    def tags(pairs: dict[str, Any]) -> list[str]:
        return told(Kind.TAGS, {"add": pairs})

    assert tags({f"k{place}": "v" for place in range(20)}) == []
    assert tags({f"k{place}": "v" for place in range(21)}) == ["tags"]
    assert tags({"k" * 127: "v" * 255, "none": None}) == []
    assert tags({"k" * 128: "v"}) == tags({"k": "v" * 256}) == tags({"  ": "v"}) == ["tags"]
