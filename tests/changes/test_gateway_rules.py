"""AI Gateway settings: what is wrong with them by themselves, what an endpoint cannot take, and what to know first."""

from typing import Any

import pytest

from tests.changes.spell_cases import live
from web.changes.gateway_rules import blocks, gateway_breaches, gateway_warnings, told_whom
from web.changes.gateway_support import gateway_blockers, support

TABLE = {"enabled": True, "catalog_name": "main", "schema_name": "ml"}
EXTERNAL = {"provider": "openai", "name": "m", "task": "llm/v1/chat"}


def limit(**more: Any) -> dict[str, Any]:
    return {"key": "user", "calls": 10, "renewal_period": "minute", **more}


def told(**gateway: Any) -> list[str]:
    """Where the breaches are."""
    return [path for path, _ in gateway_breaches(gateway)]


def of(*limits: Any) -> list[str]:
    return [path.removeprefix("rate_limits") for path in told(rate_limits=list(limits))]


def group(name: str, **more: Any) -> dict[str, Any]:
    return limit(key="user_group", principal=name, **more)


def test_settings_that_fit_are_told_nothing() -> None:
    everybody = [limit(), limit(key="endpoint"), group("a"), limit(key="service_principal", principal="a", tokens=0)]
    rails = {"input": {"pii": {"behavior": "MASK"}}, "output": {"pii": {"behavior": "BLOCK"}}}
    assert told(rate_limits=everybody, inference_table_config=TABLE, guardrails=rails) == told() == []
    assert told(rate_limits=None, inference_table_config=None, guardrails=None) == []


def test_there_are_at_most_twenty_limits_and_five_for_groups() -> None:
    many = [limit(key="service_principal", principal=str(place)) for place in range(20)]
    assert of(*many) == []
    assert of(*many, limit()) == [""]
    groups = [group(str(place)) for place in range(5)]
    assert of(*groups, limit()) == []
    assert of(*groups, group("5")) == [""]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"calls": None}, "calls"), ({"calls": -1}, "calls"), ({"calls": True}, "calls"), ({"calls": "1"}, "calls"),
        ({"calls": 1.5}, "calls"), ({"tokens": -1}, "tokens"), ({"key": "team"}, "key"),
        ({"key": "user_group"}, "principal"), ({"key": "service_principal"}, "principal"),
        ({"key": "endpoint", "principal": "a"}, "principal"), ({"key": "", "principal": "a"}, "principal"),
        ({"renewal_period": "hour"}, "renewal_period"),
        ({"calls": 0}, ""), ({"calls": None, "tokens": 5}, ""), ({"key": "user", "principal": "a"}, ""),
        ({"key": None}, ""),
    ],
)  # fmt: skip
def test_a_limit_counts_something_a_minute_for_somebody(more: dict[str, Any], path: str) -> None:
    assert of(limit(key="user", principal="first", tokens=1), limit(**more)) == ([f"[1].{path}"] if path else [])


def test_a_period_that_is_not_named_is_a_minute() -> None:
    assert of({"key": "user", "calls": 1}) == []


def test_each_is_limited_once() -> None:
    assert of(limit(), limit(calls=5), limit(principal="a")) == ["[1].key"]
    assert of(limit(key="endpoint"), {"calls": 1}) == ["[1].key"]
    assert of(group("a"), group("b"), group("a")) == ["[2].key"]
    assert "each user already" in dict(gateway_breaches({"rate_limits": [limit(), limit()]}))["rate_limits[1].key"]


def test_an_inference_table_that_is_on_has_a_place() -> None:
    def table(**config: Any) -> list[str]:
        return told(inference_table_config=config)

    assert table(enabled=True) == ["inference_table_config.catalog_name", "inference_table_config.schema_name"]
    assert table(**{**TABLE, "schema_name": ""}) == ["inference_table_config.schema_name"]
    assert table(enabled=False) == table() == []


def test_personal_data_is_left_blocked_or_masked_on_both_sides() -> None:
    for fine in ("NONE", "BLOCK", "MASK"):
        assert told(guardrails={"input": {"pii": {"behavior": fine}}}) == []
    odd = {"pii": {"behavior": "HIDE"}}
    paths = ["guardrails.input.pii.behavior", "guardrails.output.pii.behavior"]
    assert told(guardrails={"input": odd, "output": odd}) == paths
    nothing: list[Any] = [None, {}, "odd", {"pii": None}, {"pii": {}}, {"pii": "odd"}]
    for empty in nothing:
        assert told(guardrails={"output": empty}) == []


def test_whom_a_limit_is_for_is_said_in_words() -> None:
    whom = [{}, {"key": "endpoint"}, {"key": "user"}, {"key": "user", "principal": "a@b.c"}]
    assert [told_whom(one) for one in whom] == ["the whole endpoint", "the whole endpoint", "each user", "a@b.c"]
    assert told_whom(group("ml")) == "group ml"
    assert told_whom({"key": "service_principal", "principal": "x"}) == "service principal x"


def test_a_limit_of_nothing_blocks() -> None:
    assert [blocks(one) for one in ({"calls": 0}, {"tokens": 0}, {"calls": 5, "tokens": 0})] == [True] * 3
    assert [blocks(one) for one in ({"calls": 1}, {}, {"calls": False})] == [False] * 3


def test_what_a_person_should_know_is_what_is_new() -> None:
    off = limit(key="endpoint", calls=0)
    new = {"rate_limits": [limit(), off, group("ml", calls=0)]}
    found = list(gateway_warnings(new, {}))
    assert [path for path, _ in found] == ["rate_limits[1]", "rate_limits[2]"]
    assert found[0][1].startswith("Blocks all calls")
    assert found[1][1].startswith("Blocks group ml:")
    assert [path for path, _ in gateway_warnings(new, {"rate_limits": [off, "odd"]})] == ["rate_limits[2]"]
    assert list(gateway_warnings({"rate_limits": [limit()]}, {"rate_limits": "odd"})) == []


def test_a_table_that_is_switched_off_is_told() -> None:
    on, off = {"inference_table_config": TABLE}, {"inference_table_config": {**TABLE, "enabled": False}}
    for to in ({}, off, {"inference_table_config": None}):
        assert [path for path, _ in gateway_warnings(to, on)] == ["inference_table_config"]
    for now in ({}, off, {"inference_table_config": "odd"}):
        assert list(gateway_warnings({}, now)) == []
    assert list(gateway_warnings(on, on)) == []


def endpoint(*entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A live endpoint that serves these."""
    return live(config={"served_entities": list(entities)}, **more)


CUSTOM = {"name": "a", "entity_name": "main.ml.a", "entity_version": "1"}
KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "external": (endpoint({"external_model": EXTERNAL}, {"external_model": EXTERNAL}), ""),
    "external alone": (endpoint({"external_model": EXTERNAL}), "fallback"),
    "provisioned": (endpoint({**CUSTOM, "max_provisioned_throughput": 100}), "fallback"),
    "foundation": (
        {"name": "databricks-x", "config": {"served_entities": [{"foundation_model": {"name": "x"}}]}}, "fallback",
    ),
    "custom": (endpoint(CUSTOM), "guardrails fallback"),
    "custom with a task": (endpoint(CUSTOM, task="llm/agent/"), "guardrails fallback"),
    "agent": (endpoint(CUSTOM, task="agent/v1/chat"), "limits usage guardrails fallback"),
    "external with an odd task": (
        endpoint({"external_model": EXTERNAL}, {"external_model": EXTERNAL}, task="agent/v1/chat"), "",
    ),
    "feature": (endpoint({"entity_name": "main.f.spec"}), "limits usage table guardrails fallback"),
    "empty": (live(config=None), "limits usage table guardrails fallback"),
}  # fmt: skip
BLOCKS = {
    "limits": ("rate_limits", [limit()]),
    "usage": ("usage_tracking_config", {"enabled": True}),
    "table": ("inference_table_config", TABLE),
    "guardrails": ("guardrails", {"input": {"safety": True}}),
    "fallback": ("fallback_config", {"enabled": True}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_of_endpoint_cannot_take_is_told_with_the_reason(kind: str) -> None:
    now, words = KINDS[kind]
    supports = support(now)
    assert supports.kind == kind.partition(" ")[0]
    assert [name for name in BLOCKS if not supports.has(name)] == words.split()  # type: ignore[arg-type]
    everything = dict(BLOCKS.values())
    assert [path for path, _ in gateway_blockers(everything, now)] == [BLOCKS[name][0] for name in words.split()]
    assert list(gateway_blockers(everything, {**now, "ai_gateway": everything})) == [], "what it has is not judged"
    assert list(gateway_blockers({}, {**now, "ai_gateway": everything})) == [], "what goes is not judged"
    assert list(gateway_blockers({}, {**now, "ai_gateway": "odd"})) == []


def test_a_block_that_is_off_or_empty_asks_for_nothing() -> None:
    now = KINDS["empty"][0]
    assert list(gateway_blockers({"usage_tracking_config": {"enabled": False}, "rate_limits": []}, now)) == []
    assert [path for path, _ in gateway_blockers({"fallback_config": {}, "guardrails": {"x": 1}}, now)] == [
        "guardrails"
    ]


def test_a_lone_external_model_needs_a_second_to_fall_back_to() -> None:
    alone = KINDS["external alone"][0]
    assert "at least two" in support(alone).missing["fallback"]


def moved(wanted: Any, now: Any) -> list[str]:
    """Where an inference table of a custom endpoint may not move."""
    gateway = {"ai_gateway": {"inference_table_config": now}}
    found = gateway_blockers({"inference_table_config": wanted}, {**endpoint(CUSTOM), **gateway})
    return [path.removeprefix("inference_table_config.") for path, _ in found]


@pytest.mark.parametrize("name", ["catalog_name", "schema_name", "table_name_prefix"])
def test_an_inference_table_stays_where_it_is_while_it_is_on(name: str) -> None:
    other = {**TABLE, name: "other"}
    assert moved(other, TABLE) == moved(TABLE, other) == [name]
    assert moved({**other, "enabled": False}, TABLE) == moved(other, {**TABLE, "enabled": False}) == []
    assert moved(None, TABLE) == moved(other, None) == []


def test_a_name_that_is_not_given_is_no_move() -> None:
    assert moved({**TABLE, "table_name_prefix": ""}, TABLE) == moved(TABLE, {**TABLE, "table_name_prefix": None}) == []
    assert moved({"enabled": True, "catalog_name": "x", "schema_name": "y"}, TABLE) == ["catalog_name"]
