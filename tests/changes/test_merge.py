"""Three-way merge: independent edits both stay, the same field changed twice is for a person to decide."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.changes.values import SIZES, endpoints
from web.audit.redact import redact
from web.changes.diff import canonical
from web.changes.fields import current_config, writable_config
from web.changes.merge import merge

KEY = b"test"


def hide(value: Any) -> Any:
    return redact(value, KEY)


def config(live: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(writable_config(current_config(live)))


@given(endpoints())
def test_nothing_changed_merges_to_the_same(live: dict[str, Any]) -> None:
    found = merge(hide(config(live)), config(live), config(live), hide)
    assert found.clashes == []
    assert found.value == config(live)


@given(endpoints(), SIZES, st.booleans())
def test_edits_of_different_fields_are_both_kept(live: dict[str, Any], size: str, zero: bool) -> None:
    base, theirs, mine = config(live), config(live), config(live)
    theirs["served_entities"][0]["workload_size"] = size
    mine["served_entities"][0]["scale_to_zero_enabled"] = zero
    found = merge(hide(base), theirs, mine, hide)
    assert found.clashes == []
    assert found.value["served_entities"][0]["workload_size"] == size
    assert found.value["served_entities"][0]["scale_to_zero_enabled"] is zero


@given(endpoints())
def test_the_same_field_changed_twice_is_a_clash_until_it_is_chosen(live: dict[str, Any]) -> None:
    base, theirs, mine = config(live), config(live), config(live)
    name = base["served_entities"][0]["name"]
    theirs["served_entities"][0]["entity_version"] = "101"
    mine["served_entities"][0]["entity_version"] = "102"
    path = f"served_entities[{name}].entity_version"
    found = merge(hide(base), theirs, mine, hide)
    assert [c.path for c in found.clashes] == [path]
    chosen = merge(hide(base), theirs, mine, hide, {path: "mine"})
    assert chosen.clashes == []
    assert chosen.value["served_entities"][0]["entity_version"] == "102"


def test_an_entity_added_by_them_and_one_added_by_me_are_both_there() -> None:
    base: dict[str, Any] = {"served_entities": [{"name": "a", "v": 1}]}
    theirs = {"served_entities": [{"name": "a", "v": 1}, {"name": "b", "v": 1}]}
    mine = {"served_entities": [{"name": "a", "v": 1}, {"name": "c", "v": 1}]}
    found = merge(base, theirs, mine, hide)
    assert [e["name"] for e in found.value["served_entities"]] == ["a", "b", "c"]
    assert found.clashes == []


def test_an_entity_they_removed_and_i_changed_is_a_clash() -> None:
    base: dict[str, Any] = {"served_entities": [{"name": "a", "v": 1}, {"name": "b", "v": 1}]}
    theirs = {"served_entities": [{"name": "a", "v": 1}]}
    mine = {"served_entities": [{"name": "a", "v": 1}, {"name": "b", "v": 2}]}
    assert [c.path for c in merge(base, theirs, mine, hide).clashes] == ["served_entities[b]"]


def test_two_different_splits_clash_as_a_whole() -> None:
    def split(a: int) -> dict[str, Any]:
        shares = [{"served_entity_name": "a", "traffic_percentage": a}]
        return {"routes": [*shares, {"served_entity_name": "b", "traffic_percentage": 100 - a}]}

    assert [c.path for c in merge(split(100), split(90), split(80), hide).clashes] == ["routes"]


@given(endpoints())
def test_a_secret_nobody_changed_comes_out_as_it_is(live: dict[str, Any]) -> None:
    base, theirs, mine = config(live), config(live), config(live)
    mine["served_entities"][0]["entity_version"] = "7777"
    value = merge(hide(base), theirs, mine, hide).value
    assert canonical(value["served_entities"][0].get("environment_vars")) == canonical(
        base["served_entities"][0].get("environment_vars")
    )
