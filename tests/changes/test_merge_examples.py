"""Merge and diff by small examples: which side stands, what is a clash, how a row is named, what is the same."""

import json
from typing import Any

import pytest

from web.audit.redact import redact
from web.changes.diff import canonical, diff, fingerprint, item_name
from web.changes.merge import Clash, merge

KEY = b"test"


def hide(value: Any) -> Any:
    return redact(value, KEY)


def merged(base: Any, live: Any, mine: Any, **choices: str) -> tuple[Any, list[Clash]]:
    found = merge(hide(base), live, mine, hide, choices)
    return found.value, found.clashes


@pytest.mark.parametrize(
    ("base", "live", "mine", "value"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 2}, {"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 1}, {}, {}),
        ({"a": 1}, {}, {"a": 1}, {}),
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"m": {"a": 1, "b": 1}}, {"m": {"a": 2, "b": 1}}, {"m": {"a": 1, "b": 2}}, {"m": {"a": 2, "b": 2}}),
        ({}, {"m": {"a": 1}}, {"m": {"b": 2}}, {"m": {"a": 1, "b": 2}}),
    ],
)
def test_what_only_one_side_touched_is_taken(base: Any, live: Any, mine: Any, value: Any) -> None:
    assert merged(base, live, mine) == (value, [])


@pytest.mark.parametrize(
    ("base", "live", "mine", "clash"),
    [
        ({"a": 1}, {"a": 2}, {"a": 3}, Clash("a", 1, 2, 3)),
        ({"a": 1}, {}, {"a": 3}, Clash("a", 1, None, 3)),
        ({"a": 1}, {"a": 2}, {}, Clash("a", 1, 2, None)),
        ({}, {"a": 2}, {"a": 3}, Clash("a", None, 2, 3)),
        ({"m": {"a": 1}}, {"m": {"a": 2}}, {"m": {"a": 3}}, Clash("m.a", 1, 2, 3)),
        ({"m": 1}, {"m": {"a": 2}}, {"m": {"a": 3}}, Clash("m", 1, {"a": 2}, {"a": 3})),
        ({"m": {"a": 1}}, {"m": {"a": 2}}, {"m": 3}, Clash("m", {"a": 1}, {"a": 2}, 3)),
        ({"list": [1]}, {"list": [1, 2]}, {"list": [1, 3]}, Clash("list", [1], [1, 2], [1, 3])),
        ({"routes": []}, {"routes": [1]}, {"routes": [2]}, Clash("routes", [], [1], [2])),
        ({"tags": 1}, {"tags": 2}, {"tags": []}, Clash("tags", 1, 2, [])),
    ],
)
def test_what_both_sides_changed_is_for_a_person(base: Any, live: Any, mine: Any, clash: Clash) -> None:
    value, clashes = merged(base, live, mine)
    assert clashes == [clash]
    assert value == live
    kept, none = merged(base, live, mine, **{clash.path: "live"})
    assert (kept, none) == (live, [])
    chosen, none = merged(base, live, mine, **{clash.path: "mine"})
    assert (chosen, none) == (mine, [])
    assert clash.as_json() == {"path": clash.path, "base": clash.base, "live": clash.live, "mine": clash.mine}


def test_named_lists_merge_item_by_item_also_where_there_was_none() -> None:
    live, mine = {"tags": [{"key": "a", "value": "1"}]}, {"tags": [{"key": "b", "value": "2"}]}
    both = {"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}
    assert merged({"tags": []}, live, mine) == (both, [])
    assert merged({"tags": None}, live, mine) == (both, [])
    gone = merged({"tags": live["tags"]}, {"tags": []}, {"tags": [*live["tags"], *mine["tags"]]})
    assert gone == (mine, [])


def test_two_secrets_clash_in_the_dark_and_the_chosen_one_is_real() -> None:
    base, live, mine = ({"token": value} for value in ("one", "two", "three"))
    value, (clash,) = merged(base, live, mine)
    assert value == live
    assert clash.path == "token"
    assert "two" not in json.dumps(clash.as_json())
    assert merged(base, live, mine, token="mine") == (mine, [])


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"b": 1, "a": 1}, {"a": 2, "b": 2}, [("a", 1, 2), ("b", 1, 2)]),
        ({}, {"a": 1}, [("a", None, 1)]),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", 1, 2)]),
        ({"a": {"redacted": True, "fp": "1"}}, {"a": {"redacted": True, "fp": "2"}}, None),
        ({"a": {"redacted": True, "fp": "1"}}, {"a": {"x": 1}}, None),
        ({"a": [1]}, {"a": [2]}, [("a", [1], [2])]),
        ({"tags": [{"key": "k", "value": "1"}]}, {"tags": []}, [("tags[k]", {"key": "k", "value": "1"}, None)]),
        ({"tags": None}, {"tags": [{"key": "k"}]}, [("tags[k]", None, {"key": "k"})]),
        ({"tags": [{"key": "k", "v": 1}]}, {"tags": [{"key": "k", "v": 2}]}, [("tags[k].v", 1, 2)]),
        ({"tags": ["x", "x"]}, {"tags": ["x"]}, [("tags[x']", "x", None)]),
        ({"tags": [{}]}, {"tags": [{"a": 1}]}, [("tags[0].a", None, 1)]),
        ({"routes": [{"served_model_name": "m", "p": 1}]}, {"routes": [{"served_entity_name": "m", "p": 1}]}, None),
        ({"tags": 1}, {"tags": []}, [("tags", 1, [])]),
    ],
)
def test_a_difference_is_a_row_with_the_path_to_it(before: Any, after: Any, rows: Any) -> None:
    found = [(row["path"], row["before"], row["after"]) for row in diff(before, after)]
    if rows is not None:
        assert found == rows
    else:
        assert found
    assert [(p, a, b) for p, b, a in found] == [(r["path"], r["before"], r["after"]) for r in diff(after, before)]


def test_a_mark_differs_as_a_whole() -> None:
    one, other = {"redacted": True, "fp": "1"}, {"redacted": True, "fp": "2"}
    assert diff({"a": one}, {"a": other}) == [{"path": "a", "before": one, "after": other}]
    assert diff({"a": one}, {"a": {"x": 1}}) == [{"path": "a", "before": one, "after": {"x": 1}}]


def test_what_the_workspace_sets_by_itself_differs_from_anything_else_only() -> None:
    path = "served_entities[a].workload_size"
    assert diff(None, "Small", path) == diff("Small", None, path) == []
    assert [row["after"] for row in diff(None, "Large", path)] == ["Large"]
    assert [row["before"] for row in diff("Large", None, path)] == ["Large"]
    assert len(diff("Small", "Large", path)) == 1


@pytest.mark.parametrize(
    ("item", "field", "name"),
    [
        ({"key": "k"}, "tags", "k"),
        ({"key": "user", "principal": "bob"}, "rate_limits", "user:bob"),
        ({"key": "endpoint"}, "rate_limits", "endpoint"),
        ({"served_entity_name": "a", "served_model_name": "b"}, "routes", "a"),
        ({"served_model_name": "b"}, "routes", "b"),
        ({}, "routes", ""),
        ({}, "tags", ""),
        (7, "tags", "7"),
    ],
)
def test_an_item_of_a_list_has_a_name(item: Any, field: str, name: str) -> None:
    assert item_name(item, field) == name


def test_equal_means_equal_whatever_the_order() -> None:
    one = {"tags": [{"key": "b"}, {"key": "a", "value": None}], "x": {"q": 1, "p": 2}}
    other = {"x": {"p": 2, "q": 1, "gone": None}, "tags": [{"key": "a"}, {"key": "b"}]}
    assert canonical(one) == canonical(other) == {"tags": [{"key": "a"}, {"key": "b"}], "x": {"p": 2, "q": 1}}
    assert fingerprint(one) == fingerprint(other) != fingerprint({**other, "x": 3})
    assert canonical({"list": [2, 1]}) == {"list": [2, 1]}
    assert fingerprint({"a": "ä"}) == "46e7684c4b1944115e7f227c9f2d1275"
