"""What is signed is RFC 8785, however quickly it is written; stored JSON is read as the standard parser reads it."""

import hmac
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from web.audit import chain, models
from web.audit.verify import as_text
from web.db.engine import parsed

whole = st.integers(-chain.SAFE_INTEGER, chain.SAFE_INTEGER)
leaf = st.none() | st.booleans() | whole | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
anything = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


@given(anything)
def test_the_quick_way_writes_what_the_standard_says(value: Any) -> None:
    assert chain.canonical(value) == rfc8785.dumps(value)


@given(st.binary(max_size=200), st.text("ab:", max_size=9))
def test_the_mac_is_the_hmac_of_the_canonical_link(key: bytes, actor: str) -> None:
    link = {"prev": "0", "op_id": "o", "stage": "intent", "at": 7, "actor": actor, "payload": {"a": [1]}}
    made = hmac.new(key, rfc8785.dumps(link), "sha256").hexdigest()  # type: ignore[arg-type]
    assert chain.mac(key, "0", "o", "intent", 7, actor, {"a": [1]}) == made


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


def test_only_json_columns_are_read_as_text() -> None:
    said = str(as_text(models.Entry.__table__))  # type: ignore[attr-defined]
    assert said.count("CAST(") == 1
    assert "CAST(audit_entry.payload AS TEXT) AS payload" in said
