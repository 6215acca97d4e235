"""Which changes can be sent at all: their shape, how deep and long they may be, and text that is whole."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from web.changes.kinds import DEEPEST, LONGEST, Base, Call, Change, Kind, unsendable


def nested(levels: int) -> Any:
    """A number inside so many lists."""
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"a": [1, 2.5, "ä", None, True], "b": {}}, ""),
        (nested(40), ""),
        (nested(41), "It is nested deeper than 40 levels."),
        ([0] * 1000, ""),
        ([0] * 1001, "It has more than 1000 items in one place."),
        (dict.fromkeys(map(str, range(1001))), "It has more than 1000 items in one place."),
        ("x" * 1001, ""),
        (math.nan, "NaN and Infinity are no JSON numbers."),
        ({"a": [math.inf]}, "NaN and Infinity are no JSON numbers."),
        ("\ud800", "It has half a character in it (a lone surrogate)."),
        ({"\ud800": 1}, "It has half a character in it (a lone surrogate)."),
        ({"a": {"b": "\ud800"}}, "It has half a character in it (a lone surrogate)."),
    ],
)
def test_what_can_be_sent_as_json(value: Any, problem: str) -> None:
    assert unsendable(value) == problem
    assert (DEEPEST, LONGEST) == (40, 1000)


@pytest.mark.parametrize(
    "wanted",
    [
        {"kind": "endpoint.teleport", "endpoint": "x"},
        {"kind": "endpoint.stop", "endpoint": ""},
        {"kind": "endpoint.stop", "endpoint": "x" * 201},
        {"kind": "endpoint.stop", "endpoint": "\ud800"},
        {"kind": "endpoint.stop", "endpoint": "x", "body": {"a": math.nan}},
        {"kind": "endpoint.stop", "endpoint": "x", "body": []},
        {"kind": "endpoint.stop", "endpoint": "x", "more": 1},
        {"endpoint": "x"},
    ],
)
def test_what_is_no_change_is_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Change.model_validate(wanted)


def test_a_change_has_an_empty_body_of_its_own() -> None:
    one, other = (Change.model_validate({"kind": "endpoint.stop", "endpoint": "x" * 200}) for _ in range(2))
    assert (one.kind, one.body) == (Kind.STOP, {})
    assert one.body is not other.body
    assert Change(kind=Kind.TAGS, endpoint="x", body={"add": {"a": "1"}}).body == {"add": {"a": "1"}}
    assert (Base().config_version, Base().hash) == (None, "")
    assert (Call(method="GET", path="/").body, Call(method="GET", path="/").says) == (None, "")
    with pytest.raises(ValidationError):
        Base.model_validate({"version": 1})
