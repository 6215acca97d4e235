"""What somebody with the database file can do to the chain is named: the class of damage and the first bad entry."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from tests.audit.test_chain import KEY, engine, fill, intent, ledger, meddle
from web.audit import chain
from web.audit.checkpoint import Checkpoint, parse, take
from web.audit.ledger import Ledger
from web.audit.verify import verify
from web.errors import Invalid

__all__ = ["engine", "ledger"]
COPY = "INSERT INTO audit_entry SELECT {seq}, op_id, stage, at, {actor}, payload, {prev}, mac FROM audit_entry"
FORGED = COPY.format(seq="{to}", actor="'eve'", prev="prev_mac") + " WHERE seq = {of}"
SHIFT = "UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= {0}", "UPDATE audit_entry SET seq = -seq WHERE seq < 0"
COLUMNS = ("op_id", "stage", "at", "actor", "payload", "prev_mac", "mac")


def bad(engine: Engine, *marks: Checkpoint) -> tuple[Any, Any]:
    """(class, seq) of the first thing that is wrong."""
    found = verify(engine, KEY, marks).first_bad
    return (found["class"], found["seq"]) if found else (None, None)


def restamp(engine: Engine, key: bytes, first: int, **edit: object) -> None:
    """Change one entry and sign it and all after it anew."""
    meddle(engine)
    prev = ""
    with engine.begin() as connection:
        for row in connection.execute(
            text("SELECT * FROM audit_entry WHERE seq >= :s ORDER BY seq"), {"s": first}
        ).all():
            values = {**row._mapping, "payload": json.loads(row.payload)}
            if row.seq == first:
                prev, values = row.prev_mac, values | edit
            values["prev_mac"] = prev
            names = ("op_id", "stage", "at", "actor", "payload")
            prev = chain.mac(key, prev, *(values[n] for n in names))
            connection.execute(
                text("UPDATE audit_entry SET actor = :a, prev_mac = :p, mac = :m WHERE seq = :s"),
                {"a": values["actor"], "p": values["prev_mac"], "m": prev, "s": row.seq},
            )


def test_what_earlier_versions_signed_verifies_and_gets_no_executor_afterwards(engine: Engine, ledger: Ledger) -> None:
    """Their entries do not say `executed_by`."""
    ledger.begin(intent("old"))
    meddle(engine)
    with engine.begin() as connection:
        row = connection.execute(text("SELECT * FROM audit_entry")).one()
        payload = {name: value for name, value in json.loads(row.payload).items() if name != "executed_by"}
        mac = chain.mac(KEY, row.prev_mac, row.op_id, row.stage, row.at, row.actor, payload)
        put = text("UPDATE audit_entry SET payload = :payload, mac = :mac")
        connection.execute(put, {"payload": json.dumps(payload), "mac": mac})
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET executed_by = 'portal-app'"))
    assert bad(engine) == ("projection", 1)


def test_who_carried_it_out_is_signed(engine: Engine, ledger: Ledger) -> None:
    ledger.begin(intent("new", executed_by="portal-app"))
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET executed_by = ''"))
    assert bad(engine) == ("projection", 1)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seq", [1, 5, 10])
def test_an_edit_of_any_field_of_any_entry_is_named(engine: Engine, ledger: Ledger, column: str, seq: int) -> None:
    fill(ledger)
    value = {"at": "at + 1", "payload": "json_set(payload, '$.kind', 'x')"}.get(column, f"{column} || 'x'")
    meddle(engine, f"UPDATE audit_entry SET {column} = {value} WHERE seq = {seq}")  # noqa: S608 - columns of this file
    assert bad(engine) == ("edited", seq)


@pytest.mark.parametrize(
    ("done", "named"),
    [
        (["DELETE FROM audit_entry WHERE seq = 1"], ("removed", 2)),
        (["DELETE FROM audit_entry WHERE seq IN (4, 5)"], ("removed", 6)),
        (
            ["DELETE FROM audit_entry WHERE seq = 4", "UPDATE audit_entry SET seq = seq - 1 WHERE seq > 4"],
            ("removed", 4),
        ),
        ([s.format(4) for s in SHIFT] + [FORGED.format(to=4, of=5)], ("inserted", 4)),
        ([COPY.format(seq=11, actor="actor", prev="prev_mac") + " WHERE seq = 3"], ("inserted", 11)),
        (
            [f"UPDATE audit_entry SET seq = {to} WHERE seq = {of}" for of, to in ((4, 99), (5, 4), (99, 5))],  # noqa: S608
            ("reordered", 4),
        ),
    ],
)
def test_what_was_done_is_named(engine: Engine, ledger: Ledger, done: list[str], named: tuple[str, int]) -> None:
    fill(ledger)
    meddle(engine, *done)
    assert bad(engine) == named


def test_an_end_that_is_cut_off_with_its_operations_is_told_by_a_checkpoint(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    mark = take(engine)
    assert mark == Checkpoint(10, verify(engine, KEY).head, 10)
    meddle(engine, "DELETE FROM audit_entry WHERE seq > 8", "DELETE FROM operation WHERE seq = 5")
    assert bad(engine) == (None, None)
    assert bad(engine, mark) == ("truncated", 9)


def test_a_chain_signed_anew_without_the_key_is_named(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    restamp(engine, b"not the key", 3, actor="eve@example.com")
    assert bad(engine) == ("restamped", 3)


def test_a_chain_signed_anew_with_the_key_is_told_by_a_checkpoint(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    mark = take(engine)
    assert mark is not None
    restamp(engine, KEY, 3, actor="eve@example.com")
    assert bad(engine) == (None, None)
    assert bad(engine, mark) == ("restamped", 10)


def test_an_operation_moved_in_time_disagrees_with_its_entries(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET at = at - 3600000 WHERE seq = 3"))
    assert bad(engine) == ("projection", 3)


def test_an_entry_cannot_be_written_over_another(engine: Engine, ledger: Ledger, tmp_path: Path) -> None:
    fill(ledger, 1)
    with sqlite3.connect(tmp_path / "history.db") as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(
            "INSERT OR REPLACE INTO audit_entry SELECT seq, op_id, stage, at, 'eve', payload, prev_mac, mac "
            "FROM audit_entry WHERE seq = 1"
        )
    raw.close()
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'eve'"))
    assert verify(engine, KEY).ok


def test_checkpoints_are_read_from_a_log_and_nonsense_is_refused(engine: Engine, ledger: Ledger) -> None:
    fill(ledger, 2)
    mark = take(engine)
    assert mark is not None
    assert parse(f"started\n{mark.line()}\n{{}}\n[1]\nnull\n") == [mark]
    assert parse(f"{mark.seq}:{mark.mac}") == [Checkpoint(mark.seq, mark.mac)]
    with pytest.raises(Invalid, match="no checkpoint"):
        parse("no such file")


def test_what_python_takes_for_the_same_is_not_the_same(engine: Engine, ledger: Ledger) -> None:
    ledger.begin(intent("kinds", change={"kind": "x", "scale_to_zero_enabled": True}))
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET change = replace(change, 'true', '1')"))
    assert bad(engine) == ("projection", 1)
