"""Any field of any entry and of any operation, changed by somebody with the file: told, always, and nothing else is.

A seeded sample; PORTAL_SOAK=1 changes every field of 50 histories, each change with a walk of its own, and looks at
every field of each of 10,000 entries.
"""

# ruff: noqa: S311, S608 - the same histories each time; names of tables and columns come from this file's own database

import json
import os
import random
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.audit.history import at, begin
from tests.audit.test_chain import KEY
from web.audit.ledger import Outcome
from web.audit.models import Entry
from web.audit.verify import signed, verify
from web.db.engine import open_engine
from web.db.migrate import upgrade

SOAK = os.environ.get("PORTAL_SOAK") == "1"
HISTORIES, OPERATIONS, SAMPLE = (50, 10, None) if SOAK else (2, 10, 40)
LONG = 5000 if SOAK else 30
OUTCOMES = ("success", "refused", "failed", "unknown")
Damage = tuple[str, int, str]


def made(folder: Path, seed: int, count: int = OPERATIONS) -> Engine:
    """A history with every outcome, with settled, open and interleaved operations."""
    engine = open_engine(f"sqlite:///{folder / 'history.db'}")
    upgrade(engine)
    ledger, _ = at(engine)
    rng = random.Random(seed)
    before = [None, {"name": "x", "config": {"config_version": 3, "share": 0.25}}]
    open_: list[str] = []
    for place in range(count):
        open_.append(begin(ledger, f"k{place}", endpoint=f"e{rng.randrange(3)}", before=rng.choice(before), host="h"))
        while open_ and rng.random() < 0.7:
            op_id, outcome = open_.pop(rng.randrange(len(open_))), rng.choice(OUTCOMES)
            error = None if outcome == "success" else {"code": "X", "message": "no"}
            ledger.finish(op_id, Outcome(outcome, [{"status": "done"}], {"id": "1"}, error, "id-1"))
            if outcome == "unknown" and rng.random() < 0.5:
                ledger.finish(op_id, Outcome("success", [{"status": "done"}], {"id": "1"}))
    return engine


def everything(raw: sqlite3.Connection) -> list[Damage]:
    """Every field there is, and every row as a whole."""
    found: list[Damage] = []
    for table in ("audit_entry", "operation"):
        columns = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        seqs = [row[0] for row in raw.execute(f"SELECT seq FROM {table} ORDER BY seq")]
        found += [(table, seq, column) for seq in seqs for column in columns if column != "seq"]
        # The last one's number alone tells nothing, and without the last entry there is nothing after it to tell.
        found += [(table, seq, "seq") for seq in seqs[:-1]]
        found += [(table, seq, "*") for seq in (seqs if table == "operation" else seqs[:-1])]
    return found


def other(value: Any) -> Any:
    """Something else of the same type."""
    if value is None or isinstance(value, int):
        return (value or 0) + 1
    try:
        inside = json.loads(value)
    except ValueError:
        return value[:-1] + ("x" if value[-1:] != "x" else "y")
    if isinstance(inside, dict) and inside:
        name = sorted(inside)[-1]
        return json.dumps({**inside, name: [inside[name]]})
    return json.dumps([inside]) if inside is not None else "{}"


def damaged(raw: sqlite3.Connection, damage: Damage) -> Iterator[None]:
    """Do it, and on the next step put it right again."""
    table, seq, column = damage
    row = raw.execute(f"SELECT * FROM {table} WHERE seq = ?", (seq,)).fetchone()
    names = [one[0] for one in raw.execute(f"SELECT * FROM {table} LIMIT 0").description or ()]
    if column == "*":
        raw.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))
    elif column == "seq":
        raw.execute(f"UPDATE {table} SET seq = 1000000 WHERE seq = ?", (seq,))
    else:
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (other(row[names.index(column)]), seq))
    yield
    raw.execute(f"DELETE FROM {table} WHERE seq IN (?, 1000000)", (seq,))
    raw.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_every_change_is_told_and_nothing_else(tmp_path: Path, seed: int) -> None:
    engine = made(tmp_path, seed)
    raw = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    kinds = everything(raw)
    chosen = random.Random(seed).sample(kinds, SAMPLE) if SAMPLE else kinds
    for damage in chosen:
        assert verify(engine, KEY).ok, "a whole history is not called damaged"
        steps = damaged(raw, damage)
        next(steps)
        bad = verify(engine, KEY).first_bad
        assert bad, f"nobody noticed {damage}"
        if damage[0] == "audit_entry" and damage[2] not in ("seq", "*"):
            assert (bad["seq"], bad["class"]) == (damage[1], "edited"), damage
        if damage[0] == "operation":
            assert bad["class"] == "projection", damage
        next(steps, None)
    assert verify(engine, KEY).ok
    raw.close()
    engine.dispose()


def test_no_field_of_any_entry_can_change_under_its_signature(tmp_path: Path) -> None:
    engine = made(tmp_path, 0, LONG)
    raw = sqlite3.connect(tmp_path / "history.db")
    rows = raw.execute("SELECT prev_mac, op_id, stage, at, actor, payload, mac FROM audit_entry").fetchall()
    for row in rows:
        assert signed(KEY, entry(row))
        for place in range(len(row)):
            changed = [*row[:place], other(row[place]), *row[place + 1 :]]
            assert not signed(KEY, entry(changed)), (row, place)
    raw.close()
    engine.dispose()


def entry(row: Sequence[Any]) -> Entry:
    prev_mac, op_id, stage, moment, actor, payload, mac = row
    read = json.loads(payload)
    return Entry(prev_mac=prev_mac, op_id=op_id, stage=stage, at=moment, actor=actor, payload=read, mac=mac)


def test_what_is_no_json_any_more_is_damage_too(tmp_path: Path) -> None:
    engine = made(tmp_path, 1)
    raw = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    raw.execute("UPDATE operation SET diff = '[' WHERE seq = 3")
    assert verify(engine, KEY).first_bad == {"seq": 3, "class": "projection", "op_id": ""}
    raw.execute("DROP TRIGGER audit_entry_no_update")
    raw.execute("UPDATE audit_entry SET payload = substr(payload, 2) WHERE seq = 2")
    assert verify(engine, KEY).first_bad == {"seq": 2, "class": "edited", "op_id": ""}
    raw.execute("UPDATE audit_entry SET payload = '{\"a\": NaN}' WHERE seq = 2")
    bad = verify(engine, KEY).first_bad
    assert bad is not None
    assert (bad["seq"], bad["class"]) == (2, "edited")
    raw.close()
    engine.dispose()
