"""What is wrong is said beside its field, what was typed is still there, and nothing is sent."""

import httpx
import pytest

from tests.features.create.support import (
    ENTITY,
    KEY,
    MODEL,
    Fields,
    beside,
    custom,
    external,
    foundation,
    inputs,
    messages,
    provisioned,
    review,
    writes,
)
from web.emulator.server import Emulator

NAME = "n-rules"
CASES: list[tuple[str, Fields, str, str]] = [
    ("no name", custom(""), "name", "Give the endpoint a name."),
    ("bad name", custom("a b"), "name", "A name has"),
    ("reserved", custom("databricks-mine"), "name", "reserved"),
    ("no model", custom(NAME, **{ENTITY + "model": ""}), ENTITY + "model", "Choose a model."),
    ("no version", custom(NAME, **{ENTITY + "entity_version": ""}), ENTITY + "entity_version", "Choose a version."),
    (
        "pending version",
        custom(NAME, **{ENTITY + "entity_version": "5"}),
        ENTITY + "entity_version",
        "PENDING_REGISTRATION",
    ),
    ("no such version", custom(NAME, **{ENTITY + "entity_version": "99"}), ENTITY + "entity_version", "no version 99"),
    ("no such alias", custom(NAME, **{ENTITY + "entity_version": "@nope"}), ENTITY + "entity_version", "@nope"),
    (
        "concurrency",
        custom(
            NAME,
            **{
                ENTITY + "sizing": "concurrency",
                ENTITY + "min_provisioned_concurrency": "8",
                ENTITY + "max_provisioned_concurrency": "4",
            },
        ),
        ENTITY + "min_provisioned_concurrency",
        "above the maximum",
    ),
    (
        "no number",
        custom(
            NAME,
            **{
                ENTITY + "sizing": "concurrency",
                ENTITY + "min_provisioned_concurrency": "x",
                ENTITY + "max_provisioned_concurrency": "4",
            },
        ),
        ENTITY + "min_provisioned_concurrency",
        "whole number",
    ),
    (
        "off the chunk",
        provisioned(NAME, **{ENTITY + "max_provisioned_throughput": "1000"}),
        ENTITY + "max_provisioned_throughput",
        "steps of 980",
    ),
    (
        "not eligible",
        provisioned(NAME, **{ENTITY + "model": "claude_sonnet_4", ENTITY + "entity_version": "1"}),
        ENTITY + "model",
        "not eligible",
    ),
    ("no key", external(NAME, **{KEY + "key": "", KEY + "scope": ""}), KEY.rstrip("."), "Choose a secret"),
    ("unknown key", external(NAME, **{KEY + "key": "nope"}), KEY.rstrip("."), "no key 'nope'"),
    ("no model name", external(NAME, **{MODEL + "name": ""}), MODEL + "name", "needs a name"),
    ("tag", custom(NAME, **{"tags[0].value": "x"}), "tags[0].key", "1 to 127"),
    (
        "limit",
        custom(NAME, **{"gateway.rate_limits[0].key": "user_group", "gateway.rate_limits[0].calls": "5"}),
        "gateway.rate_limits[0].principal",
        "Name the group",
    ),
    ("table", custom(NAME, **{"gateway.table": "on"}), "gateway.catalog_name", "Name the catalog"),
    ("mail", custom(NAME, on_success="nobody"), "on_success", "not an e-mail"),
]


@pytest.mark.parametrize(("fields", "field", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_broken_rule_is_told_at_its_field(
    bob: httpx.Client, emulator: Emulator, fields: Fields, field: str, said: str
) -> None:
    answer = review(bob, fields)
    assert answer.status_code == 422
    told = beside(answer, field) or beside(answer, field + ".mode")
    assert said in told, messages(answer)
    assert writes(emulator) == []


def test_scale_to_zero_has_to_be_chosen(bob: httpx.Client) -> None:
    answer = review(bob, custom(NAME, **{ENTITY + "scale_to_zero_enabled": ""}))
    assert answer.status_code == 422
    assert "scales to zero: true or false" in messages(answer)


def test_traffic_must_add_up(bob: httpx.Client, emulator: Emulator) -> None:
    second = {k.replace("[0]", "[1]"): v for k, v in custom("x").items() if k.startswith(ENTITY)}
    answer = review(bob, custom(NAME, **second, **{ENTITY + "traffic": "90", "served_entities[1].traffic": "5"}))
    assert "add up to 95, not to 100" in messages(answer)
    assert writes(emulator) == []


def test_a_name_that_is_taken_is_told(alice: httpx.Client) -> None:
    taken = next(
        e["name"] for e in alice.get("/api/v1/endpoints").json()["endpoints"] if not e["name"].startswith("databricks-")
    )
    assert "exists already" in beside(review(alice, custom(taken)), "name")
    assert "exists already" in alice.get("/endpoints/new/check", params={"field": "name", "value": taken}).text


def test_a_name_is_checked_while_it_is_typed(bob: httpx.Client) -> None:
    def said(value: str) -> str:
        return bob.get("/endpoints/new/check", params={"field": "name", "value": value}).text

    assert "has this name" in said("n-free")
    assert "reserved" in said("databricks-x")
    assert "A name has" in said("-x")


def test_the_check_of_a_name_tells_nothing_of_what_one_may_not_see(bob: httpx.Client, charlie: httpx.Client) -> None:
    mine = {e["name"] for e in charlie.get("/api/v1/endpoints").json()["endpoints"]}
    hidden = next(e["name"] for e in bob.get("/api/v1/endpoints").json()["endpoints"] if e["name"] not in mine)
    free = charlie.get("/endpoints/new/check", params={"value": "n-free"}).text
    assert charlie.get("/endpoints/new/check", params={"value": hidden}).text == free


def test_what_was_typed_is_still_there_after_a_mistake(bob: httpx.Client) -> None:
    fields = custom("bad name", description="Mine", **{"tags[0].key": "team", "tags[0].value": "growth",
        "gateway.usage": "on", "permissions[0].name": "ml-team", "permissions[0].kind": "group",
        ENTITY + "workload_type": "GPU_SMALL"})  # fmt: skip
    shown = inputs(review(bob, fields))
    assert {k: shown.get(k) for k in fields} == fields


def test_model_units_take_no_description(bob: httpx.Client) -> None:
    units = {ENTITY + "measure": "units", ENTITY + "provisioned_model_units": "50"}
    answer = review(bob, provisioned(NAME, description="Mine", **units))
    assert "does not take this" in beside(answer, "description")


def test_a_foundation_model_shows_the_endpoint_that_exists_already(bob: httpx.Client) -> None:
    fields = foundation("x")
    shown = bob.post("/endpoints/new", data={**fields, "do": "refresh"}).text
    assert "Databricks runs this model already: databricks-" in shown
