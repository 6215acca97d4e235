"""What is signed is RFC 8785, however quickly it is written; stored JSON is read as the standard parser reads it."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from web.audit import chain
from web.db.engine import parsed

whole = st.integers(-chain.SAFE_INTEGER, chain.SAFE_INTEGER)
leaf = st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
anything = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@given(anything)
def test_the_quick_way_writes_what_the_standard_says(value: Any) -> None:
    assert chain.canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), [{"deep": 2**60}], "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r".*"):
        chain.canonical(value)


@given(anything | st.integers() | st.floats(allow_nan=False))
def test_stored_json_is_read_as_the_standard_parser_reads_it(value: Any) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert repr(parsed(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", '[1, -Infinity, "\\udfff"]', '{"a": 1, "a": 2}'])
def test_what_only_the_standard_parser_takes_is_read_too(text: str) -> None:
    assert repr(parsed(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", "nil", "[1,]"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parsed(text)
