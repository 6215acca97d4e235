"""Where a chain begins that was archived: what an anchor signs, and each way in which it is not what was signed."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.audit.test_archive import aged, meddle, move
from tests.audit.test_chain import KEY, engine
from web.audit.anchors import Anchor, anchors, moved_before, newest, unproven
from web.audit.checkpoint import Checkpoint, take
from web.audit.verify import verify

__all__ = ["engine"]
OTHER = "cd" * 32
FACTS: dict[str, Any] = {
    "seq": 8, "mac": "ab" * 32, "count": 8, "operations": 4, "until": 1000, "file": "f", "sha256": "s",
}  # fmt: skip


def anchor(**more: Any) -> Anchor:
    return Anchor(**{**FACTS, "at": 2000, "op_id": "told", **more})


def test_an_anchor_signs_all_that_the_chain_says_of_it_when_and_by_which_operation() -> None:
    assert anchor().told() == FACTS
    known = anchor().sign(KEY)
    assert known.startswith("c238d3326782a63940010ec5d5e73d36"), "what an earlier version signed is good today"
    changed = [anchor(**{name: 9 if isinstance(value, int) else "x"}) for name, value in FACTS.items()]
    others = {one.sign(KEY) for one in [*changed, anchor(at=2001), anchor(op_id="other")]} | {anchor().sign(b"another")}
    assert len(others - {known}) == 10


def test_the_newest_anchor_is_where_the_chain_begins(engine: Engine, tmp_path: Path) -> None:
    assert moved_before(engine) is None
    with Session(engine) as session:
        assert newest(session) is None
        for seq in (8, 20, 12):
            session.add(anchor(seq=seq, until=seq * 10))
        session.commit()
    raw = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    assert moved_before(engine) == 200, "to know it nobody waits for a writer"
    raw.close()
    with Session(engine) as session:
        assert [one.seq for one in anchors(session)] == [8, 12, 20]
        assert getattr(newest(session), "seq", 0) == 20


def bad(engine: Engine, *marks: Checkpoint) -> Any:
    return verify(engine, KEY, marks).first_bad


@pytest.fixture
def made(engine: Engine, tmp_path: Path) -> Anchor:
    """A history whose two first entries went; the third tells of it."""
    ledger, clock = aged(engine, old=1, young=0)
    return move(ledger, clock, tmp_path)[0]


def test_a_checkpoint_at_an_anchor_is_held_against_it(engine: Engine, made: Anchor) -> None:
    assert bad(engine) is None
    assert bad(engine, Checkpoint(2, made.mac), Checkpoint(1, OTHER)) is None
    assert bad(engine, Checkpoint(2, OTHER)) == {"seq": 2, "class": "restamped", "op_id": ""}
    mark = take(engine)
    assert mark is not None
    assert (mark.seq, mark.count) == (3, 3)
    assert bad(engine, mark) is None
    for count in (1, 2, 4):
        assert bad(engine, Checkpoint(3, mark.mac, count)) == {"seq": 3, "class": "restamped", "op_id": made.op_id}
    verdict = verify(engine, KEY)
    assert (verdict.rows, verdict.archived, verdict.head) == (1, 2, mark.mac)


@pytest.mark.parametrize(
    "done",
    [
        "UPDATE audit_anchor SET count = 3",
        "UPDATE audit_anchor SET signed = 'x'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET stage = 'intent'",
        "UPDATE audit_entry SET op_id = 'x'",
        "UPDATE audit_entry SET payload = json_set(payload, '$.after.until', 1)",
    ],
)
def test_an_anchor_nobody_signed_or_told_of_is_named(engine: Engine, made: Anchor, done: str) -> None:
    meddle(engine, done)
    assert bad(engine) == {"seq": 2, "class": "anchor", "op_id": made.op_id}


def test_of_several_anchors_each_is_signed_and_the_newest_told_of(engine: Engine, made: Anchor) -> None:
    with Session(engine) as session:
        older, newer = anchor(seq=1), anchor(seq=9, op_id="nobody")
        for one in (older, newer):
            one.signed = one.sign(KEY)
        assert unproven(session, KEY, []) is None
        assert unproven(session, KEY, [made]) is None
        assert unproven(session, KEY, [older, made]) is None
        assert unproven(session, KEY, [made, newer]) == {"seq": 9, "class": "anchor", "op_id": "nobody"}
        forged = anchor(seq=1, signed="x")
        assert unproven(session, KEY, [forged, made]) == {"seq": 1, "class": "anchor", "op_id": "told"}
