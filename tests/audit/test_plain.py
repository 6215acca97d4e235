"""The quick reading of JSON columns says the same as the slow one, and what it calls plain has one canonical form."""

import hmac
import json
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from web.audit import chain, models
from web.audit.plain import Reader, as_text, whole

NUMBERS = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(st.characters(exclude_categories=["Cs"]), max_size=9))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aZé\U0001f600ﬀ", max_size=3), inner)
)


@given(VALUES, st.booleans())
def test_every_value_is_read_as_json_reads_it_and_signed_as_rfc_8785_writes_it(value: Any, spaced: bool) -> None:
    text, reader = json.dumps(value, indent=1 if spaced else None), Reader()
    read = reader.read(text)
    assert (read, type(read)) == (json.loads(text), type(json.loads(text)))
    assert chain.canonical(read) == rfc8785.dumps(value)
    if not reader.odd:
        assert chain.canonical(read, plain=True) == rfc8785.dumps(value)


@given(st.binary(max_size=200), st.text("ab:", max_size=9))
def test_the_mac_is_the_hmac_of_the_canonical_link(key: bytes, actor: str) -> None:
    link = {"prev": "0", "op_id": "o", "stage": "intent", "at": 7, "actor": actor, "payload": {"a": [1]}}
    made = hmac.new(key, rfc8785.dumps(link), "sha256").hexdigest()  # type: ignore[arg-type]
    for plain in (True, False):
        assert chain.mac(key, "0", "o", "intent", 7, actor, {"a": [1]}, plain=plain) == made


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        *(("1", False), ("9" * 15, False), ("9" * 16, True), ("-" + "9" * 14, False)),
        *(("[0.5]", True), ("1e3", True), ("NaN", True), ("-Infinity", True)),
        *(('"0.5"', False), (' {"a": 1} ', False)),
    ],
)
def test_numbers_that_the_encoders_may_write_differently_are_noticed(text: str, odd: bool) -> None:
    reader = Reader()
    read = reader.read(text)
    assert reader.odd is odd
    assert read == json.loads(text) or math.isnan(read)
    assert reader.read("{}") == {}
    assert not reader.odd


@pytest.mark.parametrize("text", ["", "[", "{}x", "1 2", "nul", "{'a': 1}"])
def test_what_is_no_json_is_no_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Reader().read(text)


def test_infinity_is_read_as_such() -> None:
    assert Reader().odd, "nothing was read yet"
    assert [Reader().read(text) for text in ("Infinity", "-Infinity")] == [math.inf, -math.inf]


def test_only_json_columns_become_text() -> None:
    said = str(as_text(models.Entry.__table__))  # type: ignore[attr-defined]
    assert said.count("CAST(") == 1
    assert "CAST(audit_entry.payload AS TEXT) AS payload" in said
    assert "audit_entry.mac" in said


def test_null_and_nothing_are_none() -> None:
    assert Reader().read("null") is None
    assert Reader().read(None) is None


@pytest.mark.parametrize(("moment", "plain"), [(10**15 - 1, True), (10**15, False), (1.0, False), ("1", False)])
def test_a_moment_is_plain_only_as_a_short_whole_number(moment: Any, plain: bool) -> None:
    assert whole(moment) is plain
