"""Is the history whole? Walks the chain and holds every operation against the entries it is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from web.audit import chain
from web.audit.models import Entry, Operation


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is None, or `{"seq", "class", "op_id"}` with class edited, broken_link, missing or projection."""

    ok: bool
    rows: int
    head: str
    first_bad: dict[str, Any] | None


def verify(engine: Engine, key: bytes) -> Verdict:
    """Check every link in order, then every operation. Stops at the first thing that is wrong."""
    rows, head, last_seq = 0, chain.GENESIS, 0
    present: dict[str, dict[str, Any]] = {}
    for entry in _entries(engine):
        rows += 1
        wrong = _wrong(entry, head, last_seq, key)
        if wrong:
            return Verdict(False, rows, head, {"seq": entry.seq, "class": wrong, "op_id": entry.op_id})
        present[entry.op_id] = {**present.get(entry.op_id, {}), **_facts(entry)}
        head, last_seq = entry.mac, entry.seq or 0
    bad = _projection(engine, present)
    return Verdict(bad is None, rows, head, bad)


def _entries(engine: Engine) -> Iterator[Entry]:
    with Session(engine) as session:
        session.connection(execution_options={"portal_readonly": True})
        yield from session.exec(select(Entry).order_by(col(Entry.seq)).execution_options(yield_per=1000))


def _wrong(entry: Entry, head: str, last_seq: int, key: bytes) -> str:
    expected = chain.mac(key, entry.prev_mac, entry.op_id, entry.stage, entry.at, entry.actor, entry.payload)
    if expected != entry.mac:
        return "edited"
    if entry.prev_mac != head:
        return "missing" if (entry.seq or 0) > last_seq + 1 else "broken_link"
    return ""


def _facts(entry: Entry) -> dict[str, Any]:
    return {"actor": entry.actor, "outcome": "pending", **entry.payload}


def _projection(engine: Engine, present: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    seen = set()
    with Session(engine) as session:
        session.connection(execution_options={"portal_readonly": True})
        for row in session.exec(select(Operation).execution_options(yield_per=1000)):
            seen.add(row.id)
            facts = present.get(row.id)
            if facts is None or any(getattr(row, name) != value for name, value in facts.items()):
                return {"seq": row.seq, "class": "projection", "op_id": row.id}
    lost = next((op_id for op_id in present if op_id not in seen), None)
    return {"seq": None, "class": "projection", "op_id": lost} if lost else None
