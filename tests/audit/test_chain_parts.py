"""The parts the history's proof is made of: the key on disk, the mac, values that can be signed, lines of an export."""

import csv
import io
import json
import math
import stat
from pathlib import Path
from typing import Any

import pytest
from rfc8785 import IntegerDomainError

from web.audit import chain
from web.audit.checkpoint import Checkpoint, parse
from web.audit.export import COLUMNS, _cef, _csv, _row
from web.audit.exported import verify_lines
from web.audit.models import Operation
from web.errors import Invalid

KEY = b"a key of the tests"
MAC = "ab" * 32


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    made = chain.load_key("", folder)
    assert len(made) == 64
    assert set(made.decode()) <= set("0123456789abcdef")
    assert stat.S_IMODE((folder / "audit.key").stat().st_mode) == 0o600
    assert chain.load_key("", folder) == made
    (folder / "audit.key").write_text(f"{made.decode()}\n")
    assert chain.load_key("", folder) == made
    assert chain.load_key("", tmp_path / "other") != made
    assert chain.load_key("configured", tmp_path / "third") == b"configured"
    assert not (tmp_path / "third").exists()


def test_a_key_that_has_to_be_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no key to check the history with") as told:
        chain.load_key("", tmp_path, make=False)
    assert told.value.field == "key"
    assert list(tmp_path.iterdir()) == []
    assert chain.load_key("configured", tmp_path, make=False) == b"configured"
    made = chain.load_key("", tmp_path)
    assert chain.load_key("", tmp_path, make=False) == made


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, b"1"),
        ([1, 1.0], b"[1,1]"),
        ({"b": 1, "a": 0.000001}, b'{"a":0.000001,"b":1}'),
        ([[1.0], "x"], b'[[1],"x"]'),
        ({"b": [True, None, "x"], "a": -(2**53) + 1}, b'{"a":-9007199254740991,"b":[true,null,"x"]}'),
        ({"\u20ac": 1, "\U0001f600": 2, "\ufb33": 3}, '{"€":1,"😀":2,"\ufb33":3}'.encode()),
    ],
)
def test_what_is_signed_is_written_as_rfc_8785_says(value: Any, said: bytes) -> None:
    assert chain.canonical(value) == said


@pytest.mark.parametrize("value", [2**53, -(2**53), [1, 2**53], {"a": 1, "b": 2**53}])
def test_an_integer_that_json_does_not_keep_is_not_signed(value: Any) -> None:
    with pytest.raises(IntegerDomainError):
        chain.canonical(value)


def test_the_first_entry_follows_from_64_zeros_and_a_mac_never_changes() -> None:
    assert chain.GENESIS == "0" * 64
    first = chain.mac(KEY, chain.GENESIS, "op", "intent", 1, "bob", {"a": 1})
    assert first == "1fcf427cf7036d2b96fb439ca4c1ae26b6806d800472260398623b469330e160"
    others = {
        chain.mac(*link)
        for link in [
            (b"k", chain.GENESIS, "op", "intent", 1, "bob", {"a": 1}),
            (KEY, first, "op", "intent", 1, "bob", {"a": 1}),
            (KEY, chain.GENESIS, "po", "intent", 1, "bob", {"a": 1}),
            (KEY, chain.GENESIS, "op", "outcome", 1, "bob", {"a": 1}),
            (KEY, chain.GENESIS, "op", "intent", 2, "bob", {"a": 1}),
            (KEY, chain.GENESIS, "op", "intent", 1, "eve", {"a": 1}),
            (KEY, chain.GENESIS, "op", "intent", 1, "bob", {"a": 2}),
        ]
    }
    assert len(others - {first}) == 7


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (-(2**53) + 1, -(2**53) + 1),
        (-(2**53), "-9007199254740992"),
        (True, True),
        (None, None),
        (0.5, 0.5),
        (math.inf, "inf"),
        ((1, [2]), [1, [2]]),
        ({1: {"a": math.inf}}, {"1": {"a": "inf"}}),
        ("ä", "ä"),
        ("\ud800", "?"),
        (Path("p"), "p"),
    ],
)
def test_every_value_can_be_signed(value: Any, kept: Any) -> None:
    assert chain.storable(value) == kept
    assert type(chain.storable(value)) is type(kept)
    chain.mac(KEY, chain.GENESIS, "op", "intent", 1, "bob", {"v": chain.storable(value)})


def test_a_checkpoint_is_one_line_that_reads_back() -> None:
    mark = Checkpoint(7, MAC, 5)
    assert json.loads(mark.line()) == {"event": "audit.checkpoint", "seq": 7, "mac": MAC, "count": 5}
    assert parse(mark.line()) == [mark]
    assert parse(f" 7:{MAC} ") == [Checkpoint(7, MAC, 0)]
    assert parse(json.dumps({"seq": 7, "mac": MAC})) == [Checkpoint(7, MAC, 0)]
    assert parse(f"{mark.line()}\nnoise\n{Checkpoint(9, MAC, 6).line()}") == [mark, Checkpoint(9, MAC, 6)]


@pytest.mark.parametrize(
    "line", ["", f"x:{MAC}", '{"seq": 7, "mac": "short"}', '{"seq": 7}', '{"mac": "a"}', "7", "[]"]
)
def test_what_is_no_checkpoint_is_refused(line: str) -> None:
    with pytest.raises(Invalid, match="no checkpoint") as refused:
        parse(line)
    assert refused.value.field == "checkpoint"


def operation(**more: Any) -> Operation:
    facts: dict[str, Any] = {
        "id": "op-1",
        "at": 1000,
        "actor": "bob@example.com",
        "kind": "tags.update",
        "endpoint": "churn",
        "outcome": "success",
        "duration_ms": 12,
        "executed_by": "",
        "error": None,
    }
    return Operation(**{**facts, **more})


def cells(line: str) -> list[str]:
    (row,) = csv.reader(io.StringIO(line, newline=""))
    return row


def test_a_row_of_the_csv_has_the_columns_of_its_head() -> None:
    assert cells(_row(list(COLUMNS))) == list(COLUMNS)
    row = cells(_csv(operation(error={"message": "ö"})))
    assert row == ["op-1", "1000", "bob@example.com", "tags.update", "churn", "success", "12", "", '{"message": "ö"}']
    assert cells(_csv(operation(duration_ms=None)))[6:] == ["", "", ""]


def test_a_line_for_a_siem_names_what_happened_and_how_bad_it_is() -> None:
    head = "CEF:0|Serving Portal|portal|1|tags.update|tags.update"
    said = "rt=1000 suser=bob@example.com externalId=op-1 cs1Label=endpoint cs1=churn outcome="
    assert _cef(operation()) == f"{head}|3|{said}success\n"
    assert _cef(operation(outcome="refused", error={"message": "no=1"})) == f"{head}|5|{said}refused msg=no\\=1\n"
    assert _cef(operation(outcome="unknown", executed_by="app")) == f"{head}|7|{said}unknown spriv=app\n"
    assert _cef(operation(error={"message": "a\nb\\"})) == f"{head}|3|{said}success msg=a\\nb\\\\\n"
    assert _cef(operation(kind="a|b\nc\\")).startswith("CEF:0|Serving Portal|portal|1|a\\|b c\\\\|a\\|b c\\\\|3|")


def exported(count: int, first: int = 1) -> list[str]:
    """Operations of one entry each, chained."""
    lines, prev = [], chain.GENESIS
    for seq in range(first, first + count):
        payload = {"endpoint": "churn"}
        mac = chain.mac(KEY, prev, f"op-{seq}", "intent", 1000 * seq, "bob", payload)
        entry = {"seq": seq, "stage": "intent", "at": 1000 * seq, "actor": "bob", "payload": payload}
        entry |= {"prev_mac": prev, "mac": mac}
        said = {"id": f"op-{seq}", "at": 1000 * seq, "actor": "bob", "outcome": "pending", "endpoint": "churn"}
        lines.append(json.dumps({**said, "entries": [entry]}))
        prev = mac
    return lines


def marks(lines: list[str]) -> list[Checkpoint]:
    entries = [json.loads(line)["entries"][0] for line in lines]
    return [Checkpoint(entry["seq"], entry["mac"]) for entry in entries]


def bad(lines: list[str], *checkpoints: Checkpoint) -> Any:
    return verify_lines(lines, KEY, checkpoints).first_bad


def test_an_export_in_any_order_verifies_and_tells_where_it_ends() -> None:
    lines = exported(3)
    found = verify_lines(reversed(lines), KEY, marks(lines))
    assert (found.ok, found.rows, found.head, found.first_bad) == (True, 3, marks(lines)[-1].mac, None)
    empty = verify_lines([], KEY)
    assert (empty.ok, empty.rows, empty.head) == (True, 0, chain.GENESIS)


def test_marks_of_an_export_are_met_or_the_first_that_is_not_is_named() -> None:
    lines = exported(4)
    told = marks(lines)
    assert bad(lines[:2], told[3], told[2]) == {"seq": 3, "class": "truncated", "op_id": ""}
    assert bad([lines[0], lines[2]], *told) == {"seq": 2, "class": "removed", "op_id": ""}
    other = Checkpoint(2, "cd" * 32)
    assert bad(lines, told[0], other) == {"seq": 2, "class": "restamped", "op_id": "op-2"}
    assert bad([], told[0]) == {"seq": 1, "class": "truncated", "op_id": ""}


def test_entries_that_do_not_follow_each_other_are_named_and_gaps_are_not() -> None:
    lines = exported(3)
    assert bad([lines[0], lines[2]]) is None
    foreign = [lines[0], exported(1, 2)[0]]
    assert bad(foreign) == {"seq": 2, "class": "reordered", "op_id": "op-2"}


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ({"outcome": "success"}, {"seq": 0, "class": "projection", "op_id": "op-2"}),
        ({"actor": "eve"}, {"seq": 0, "class": "projection", "op_id": "op-2"}),
        ({"at": 2001}, {"seq": 0, "class": "projection", "op_id": "op-2"}),
        ({"at": 2000 - 10_001}, {"seq": 0, "class": "projection", "op_id": "op-2"}),
        ({"entries": []}, {"seq": 0, "class": "projection", "op_id": "op-2"}),
        ({"at": 2000 - 10_000}, None),
        ({"unknown": 1}, None),
        ({"entries": None}, {"seq": 0, "class": "edited", "op_id": "line 2"}),
    ],
)
def test_an_operation_says_what_its_entries_say(edit: dict[str, Any], found: Any) -> None:
    lines = exported(2)
    lines[1] = json.dumps({**json.loads(lines[1]), **edit})
    assert bad(lines) == found


def test_a_file_that_is_no_export_is_named_by_its_line() -> None:
    verdict = verify_lines([*exported(2), "no json"], KEY)
    assert (verdict.ok, verdict.rows, verdict.head) == (False, 2, chain.GENESIS)
    assert verdict.first_bad == {"seq": 0, "class": "edited", "op_id": "line 3"}
    assert bad(["[]"]) == {"seq": 0, "class": "edited", "op_id": "line 1"}
    assert bad(["{}"]) == {"seq": 0, "class": "edited", "op_id": "line 1"}


def test_an_entry_that_was_edited_is_named_by_its_place() -> None:
    lines = exported(2)
    said = json.loads(lines[1])
    said["entries"][0]["actor"] = "eve"
    verdict = verify_lines([lines[0], json.dumps(said)], KEY)
    assert (verdict.ok, verdict.rows, verdict.head) == (False, 1, chain.GENESIS)
    assert verdict.first_bad == {"seq": 2, "class": "edited", "op_id": "op-2"}
