"""An export stands alone: JSONL verifies without the database, CSV is safe in a spreadsheet, CEF cannot be forged."""

import csv
import io
import json
import re

import pytest
from sqlalchemy import Engine

from tests.audit.test_chain import KEY, engine, fill, intent, ledger
from web.audit.checkpoint import take
from web.audit.export import _row, export
from web.audit.exported import verify_lines
from web.audit.ledger import Ledger, Outcome
from web.audit.queries import Filter
from web.audit.redact import redact

__all__ = ["engine", "ledger"]
HOSTILE = [
    *(f'{sign}HYPERLINK("x")' for sign in "=+-@\t\r\0"),
    "＝1+1",
    " =1+1",
    "a|b=c\\d",
    "x\nCEF:0|fake",
    "x\r\nCEF:0|fake",
    "x\u2028CEF:0|fake",
    "x\u0085CEF:0|fake",
    "x\x0bCEF:0|y",
]


def lines(engine: Engine, form: str = "jsonl", **wanted: str) -> list[str]:
    return list(export(engine, Filter(**wanted), lambda _operation: True, form))  # type: ignore[arg-type]


def test_a_whole_export_and_a_filtered_one_verify_alone(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    other, _ = ledger.begin(intent("other", endpoint="fraud"))
    ledger.finish(other.id, Outcome("refused", [], error={"message": "no"}))
    mark = take(engine)
    assert mark is not None
    whole = verify_lines(lines(engine), KEY, [mark])
    assert (whole.ok, whole.rows, whole.head) == (True, 12, mark.mac)
    part = verify_lines(lines(engine, endpoint="churn"), KEY)
    assert (part.ok, part.rows) == (True, 10)
    assert not verify_lines(lines(engine), b"another key").ok


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('"outcome": "success"', '"outcome": "refused"', "projection"),
        ('"stage": "intent"', '"stage": "outcome"', "edited"),
        ('"prev_mac": "0', '"prev_mac": "1', "edited"),
        ('"at": 1', '"at": 2', "projection"),
        ('"entries": [', '"other": [', "edited"),
        ("{", "", "edited"),
    ],
)
def test_an_export_that_was_edited_does_not_verify(
    engine: Engine, ledger: Ledger, old: str, new: str, kind: str
) -> None:
    fill(ledger, 1)
    (line,) = lines(engine)
    assert old in line
    found = verify_lines([line.replace(old, new, 1)], KEY).first_bad
    assert found is not None
    assert found["class"] == kind


def test_an_export_without_its_newest_line_does_not_reach_the_checkpoint(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    mark = take(engine)
    assert mark is not None
    found = verify_lines(lines(engine)[1:], KEY, [mark]).first_bad
    assert found == {"seq": 10, "class": "truncated", "op_id": ""}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_a_spreadsheet_and_one_line_in_a_siem(
    engine: Engine, ledger: Ledger, name: str
) -> None:
    made, _ = ledger.begin(intent("x", endpoint=name, kind=name, actor=name))
    ledger.finish(made.id, Outcome("failed", [], error={"message": name}))
    header, row = csv.reader(io.StringIO("".join(lines(engine, "csv")), newline=""))
    assert len(row) == len(header)
    for cell in row:
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠"))
    (cef,) = lines(engine, "cef")
    assert len(cef.splitlines()) == 1
    head = re.match(r"CEF:0(?:\|(?:[^|\\]|\\.)*){5}\|7\|rt=\d+ suser=", cef)
    assert head, cef
    assert len(re.findall(r"(?<!\\)=", cef[head.end() :])) == 5
    assert [json.loads(line)["endpoint"] for line in lines(engine)] == [name]
    assert verify_lines(lines(engine), KEY).ok


@pytest.mark.parametrize("sign", [*"=+-@\t\r\n\0", "＝", "＋", "－", "＠"])
def test_a_cell_never_begins_as_a_formula_does(sign: str) -> None:
    for text in (f"{sign}1", f"  {sign}1"):
        ((cell, plain),) = csv.reader(io.StringIO(_row([text, f"1{sign}"]), newline=""))
        assert (cell, plain) == (f"'{text}", f"1{sign}")


def test_only_a_mark_made_by_redaction_counts_as_redacted() -> None:
    forged = {"redacted": True, "fp": "0" * 8, "token": "canary-1"}
    assert "canary" not in json.dumps(redact([forged, {"redacted": True, "fp": {"token": "canary-2"}}], KEY))
    once = redact({"token": "canary-3"}, KEY)
    assert redact(once, KEY) == once
