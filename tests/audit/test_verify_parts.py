"""What a look at the whole history says of it: how far it went, and of each damage where it shows first and in what."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.audit.history import at, begin, done
from tests.audit.test_archive import aged, move
from tests.audit.test_archive import meddle as meddle_with_anchors
from tests.audit.test_chain import KEY, engine, fill, ledger, meddle
from tests.audit.test_queries import rows
from web.audit import chain
from web.audit.checkpoint import Checkpoint, take
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Entry
from web.audit.verify import Verdict, same_moment, signed, verify

__all__ = ["engine", "ledger"]
OTHER = "cd" * 32


def bad(engine: Engine, *marks: Checkpoint) -> Any:
    return verify(engine, KEY, marks).first_bad


def found(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def op_of(engine: Engine, seq: int) -> Any:
    return found(engine, f"SELECT op_id FROM audit_entry WHERE seq = {seq}")  # noqa: S608 - numbers of this file


def mark_at(engine: Engine, seq: int, count: int = 0) -> Checkpoint:
    return Checkpoint(seq, found(engine, f"SELECT mac FROM audit_entry WHERE seq = {seq}"), count)  # noqa: S608


def test_an_empty_history_is_whole_and_a_checkpoint_tells_that_it_was_not_always_empty(engine: Engine) -> None:
    assert take(engine) is None
    assert verify(engine, KEY) == Verdict(True, 0, chain.GENESIS, None, 0)
    assert bad(engine, Checkpoint(1, OTHER)) == {"seq": 1, "class": "truncated", "op_id": ""}


def test_a_verdict_says_how_far_it_was_good(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    assert verify(engine, KEY) == Verdict(True, 10, mark_at(engine, 10).mac, None, 0)
    meddle(engine, "UPDATE audit_entry SET actor = 'eve' WHERE seq = 4")
    named = {"seq": 4, "class": "edited", "op_id": op_of(engine, 4)}
    assert verify(engine, KEY) == Verdict(False, 4, mark_at(engine, 3).mac, named, 0)


def test_a_look_waits_for_no_writer(engine: Engine, ledger: Ledger, tmp_path: Path) -> None:
    fill(ledger, 1)
    raw = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    assert verify(engine, KEY).ok
    raw.execute("ROLLBACK")
    raw.close()


def test_checkpoints_hold_when_their_entry_is_there_and_their_count_right(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    good = [mark_at(engine, seq, count) for seq, count in ((4, 0), (6, 6), (10, 10))]
    assert bad(engine, *good) is None
    for wrong in (mark_at(engine, 6, 5), mark_at(engine, 6, 1), replace(mark_at(engine, 6), mac=OTHER)):
        assert bad(engine, *good, wrong) == {"seq": 6, "class": "restamped", "op_id": op_of(engine, 6)}
    end = {"seq": 11, "class": "truncated", "op_id": ""}
    assert bad(engine, *good, Checkpoint(14, OTHER), Checkpoint(12, OTHER)) == end


def test_a_checkpoint_whose_entry_is_not_there_though_later_ones_are_tells_of_a_new_chain(
    engine: Engine, ledger: Ledger
) -> None:
    fill(ledger)
    meddle(engine, "UPDATE audit_entry SET seq = seq + 10 WHERE seq > 4")
    assert bad(engine) is None
    named = {"seq": 7, "class": "restamped", "op_id": ""}
    assert bad(engine, Checkpoint(7, OTHER)) == bad(engine, Checkpoint(99, OTHER), Checkpoint(7, OTHER)) == named


def test_checkpoints_of_an_archived_part_are_held_against_its_anchor(engine: Engine, tmp_path: Path) -> None:
    archived, clock = aged(engine)
    early = mark_at(engine, 6)
    (anchor,) = move(archived, clock, tmp_path)
    whole = Verdict(True, 7, mark_at(engine, 15).mac, None, 8)
    marks = [early, Checkpoint(8, anchor.mac), mark_at(engine, 9, 9), mark_at(engine, 15, 15), mark_at(engine, 12)]
    assert verify(engine, KEY, marks) == whole
    assert bad(engine, Checkpoint(8, OTHER)) == {"seq": 8, "class": "restamped", "op_id": ""}
    assert bad(engine, Checkpoint(3, OTHER)) is None, "what lies in the file is proven with the file"
    assert bad(engine, mark_at(engine, 9, 1)) == {"seq": 9, "class": "restamped", "op_id": op_of(engine, 9)}
    meddle_with_anchors(engine, "DELETE FROM audit_entry WHERE seq > 8")
    told = verify(engine, KEY)
    assert told == Verdict(False, 0, anchor.mac, {"seq": 8, "class": "anchor", "op_id": anchor.op_id}, 8)


def test_two_edits_side_by_side_are_named_by_the_first(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    meddle(
        engine,
        "UPDATE audit_entry SET mac = prev_mac WHERE seq = 4",
        "UPDATE audit_entry SET actor = 'eve' WHERE seq = 5",
    )
    assert bad(engine) == {"seq": 4, "class": "edited", "op_id": op_of(engine, 4)}


def test_operations_that_are_gone_are_named_by_the_first_of_them(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    lost = op_of(engine, 7)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM operation WHERE seq > 3"))
    assert bad(engine) == {"seq": None, "class": "projection", "op_id": lost}


@pytest.mark.parametrize("column", ["after", "error", "readback", "duration_ms", "settled_at", "executed_by"])
def test_an_operation_under_way_has_no_outcome_yet(engine: Engine, column: str) -> None:
    made, _ = at(engine)
    done(made, "one")
    op_id = begin(made, "two")
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE operation SET {column} = '7' WHERE seq = 2"))  # noqa: S608
    assert bad(engine) == {"seq": 2, "class": "projection", "op_id": op_id}


def test_an_operation_is_what_its_last_entry_says(engine: Engine) -> None:
    made, _ = at(engine)
    op_id = begin(made, "one")
    for outcome in ("unknown", "failed"):
        made.finish(op_id, Outcome(outcome, [], after={"n": 1}))
    assert verify(engine, KEY).ok
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET outcome = 'unknown'"))
    assert bad(engine) == {"seq": 1, "class": "projection", "op_id": op_id}


def test_an_operation_that_no_entry_tells_of_is_named(engine: Engine) -> None:
    rows(engine, range(2))
    assert bad(engine) == {"seq": 1, "class": "projection", "op_id": "o1"}


@pytest.mark.parametrize("payload", [{"a": float("nan")}, {"a": 2**60}, {"a": {1}}])
def test_what_has_no_canonical_form_nobody_can_have_signed(payload: dict[str, Any]) -> None:
    entry = Entry(prev_mac=chain.GENESIS, op_id="o", stage="intent", at=1, actor="bob", payload=payload, mac=OTHER)
    assert signed(KEY, entry) is False


def test_an_operation_and_its_intent_are_of_the_same_moment_within_ten_seconds() -> None:
    assert [same_moment(1000, intent) for intent in (999, 1000, 11_000, 11_001)] == [False, True, True, False]
