"""Is the history whole? Walks the chain, holds it against checkpoints, and every operation against its entries.

Classes of damage: `edited` (an entry is not what was signed), `removed`, `inserted`, `reordered`, `truncated` (the end
is gone), `restamped` (signed anew: with another key, or since the checkpoint), `projection` (an operation says
something else than its entries).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from web.audit import chain
from web.audit.checkpoint import Checkpoint
from web.audit.models import Entry, Operation
from web.db.engine import reading

WITHIN_MS = 10_000


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is None, or `{"seq", "class", "op_id"}`; `rows` were read, `head` is the mac they were good up to."""

    ok: bool
    rows: int
    head: str
    first_bad: dict[str, Any] | None


def verify(engine: Engine, key: bytes, checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Check every link in order, the checkpoints, then every operation. Stops at the first thing that is wrong."""
    rows, head, last_seq = 0, chain.GENESIS, 0
    macs: dict[int, str] = {c.seq: c.mac for c in checkpoints}
    counts = {c.seq: c.count for c in checkpoints if c.count}
    present: dict[str, dict[str, Any]] = {}
    for entry in _entries(engine):
        rows += 1
        seq = entry.seq or 0
        wrong = _wrong(engine, entry, head, key)
        if not wrong and (macs.pop(seq, entry.mac) != entry.mac or counts.get(seq, rows) != rows):
            wrong = "restamped"
        if wrong:
            return Verdict(False, rows, head, {"seq": seq, "class": wrong, "op_id": entry.op_id})
        present[entry.op_id] = {"_at": entry.at, **present.get(entry.op_id, {}), **facts(entry.actor, entry.payload)}
        head, last_seq = entry.mac, seq
    bad = _unmet(macs, last_seq) or _projection(engine, present)
    return Verdict(bad is None, rows, head, bad)


def signed(key: bytes, entry: Entry) -> bool:
    """Whether the entry is what was signed with this key."""
    return chain.mac(key, entry.prev_mac, entry.op_id, entry.stage, entry.at, entry.actor, entry.payload) == entry.mac


def facts(actor: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What an operation is once this entry is written."""
    return {"actor": actor, "outcome": "pending", **payload}


def same_moment(operation_at: int, intent_at: int) -> bool:
    """An operation and its intent are stamped one after the other, within one transaction."""
    return 0 <= intent_at - operation_at <= WITHIN_MS


def _entries(engine: Engine) -> Iterator[Entry]:
    with reading(engine) as session:
        yield from session.exec(select(Entry).order_by(col(Entry.seq)).execution_options(yield_per=1000))


def _wrong(engine: Engine, entry: Entry, head: str, key: bytes) -> str:
    """The class of damage that shows at this entry, the first that does not follow from `head`."""
    if not signed(key, entry):
        return _unsigned(engine, entry, key)
    if entry.prev_mac == head:
        return ""
    with reading(engine) as session:
        if session.exec(select(Entry.seq).where(Entry.mac == entry.mac, Entry.seq != entry.seq)).first():
            return "inserted"  # a copy of a good entry
        before = session.exec(select(Entry.seq).where(Entry.mac == entry.prev_mac)).first()
    return "reordered" if before else "removed"


def _unsigned(engine: Engine, entry: Entry, key: bytes) -> str:
    """Nobody with the key wrote it: the entry after it tells whether it took a place, is new, or all were made anew."""
    with reading(engine) as session:
        after = session.exec(select(Entry).where(col(Entry.seq) > entry.seq).order_by(col(Entry.seq)).limit(1)).first()
    if after is None:
        return "edited"
    if signed(key, after):
        return "inserted" if after.prev_mac == entry.prev_mac else "edited"
    return "restamped" if after.prev_mac == entry.mac else "edited"


def _unmet(macs: dict[int, str], last_seq: int) -> dict[str, Any] | None:
    """Checkpoints whose entry is not there: after the end it was cut, before it somebody signed the rest anew."""
    if not macs:
        return None
    seq = min(macs)
    if seq > last_seq:
        return {"seq": last_seq + 1, "class": "truncated", "op_id": ""}
    return {"seq": seq, "class": "restamped", "op_id": ""}


def _projection(engine: Engine, present: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    seen = set()
    with reading(engine) as session:
        for row in session.exec(select(Operation).execution_options(yield_per=1000)):
            seen.add(row.id)
            said = present.get(row.id)
            moment = said.pop("_at") if said else 0
            if said is None or any(getattr(row, n) != v for n, v in said.items()) or not same_moment(row.at, moment):
                return {"seq": row.seq, "class": "projection", "op_id": row.id}
    lost = next((op_id for op_id in present if op_id not in seen), None)
    return {"seq": None, "class": "projection", "op_id": lost} if lost else None
