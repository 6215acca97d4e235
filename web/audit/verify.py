"""Is the history whole? Walks the chain, holds it against checkpoints, and every operation against its entries.

Classes of damage: `edited` (an entry is not what was signed), `removed`, `inserted`, `reordered`, `truncated` (the end
is gone), `restamped` (signed anew: with another key, or since the checkpoint), `projection` (an operation says
something else than its entries), `anchor` (what the chain begins at is not what was archived).
The index of words is no part of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Engine, Select, Table, Text, cast, exists, func, or_, type_coerce
from sqlmodel import Session, SQLModel, col, select

from web.audit import chain
from web.audit.anchors import Anchor, anchors, unproven
from web.audit.checkpoint import Checkpoint
from web.audit.models import Entry, Operation
from web.db.engine import parsed

ENTRIES: Table = SQLModel.metadata.tables["audit_entry"]
OPERATIONS: Table = SQLModel.metadata.tables["operation"]
# Where an operation's row has each of its facts, and whether as JSON.
PLACES = {c.name: (place, isinstance(c.type, JSON)) for place, c in enumerate(OPERATIONS.columns)}
WITHIN_MS = 10_000
AT_ONCE = 500
# Everything is read as of one moment: what is written meanwhile is no damage.
ONE_MOMENT: dict[str, dict[str, Any]] = {
    "sqlite": {"portal_readonly": True},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}
Bad = dict[str, Any]
UNSAID = {"executed_by": ""}
"""What entries of earlier versions do not say, and operations without them cannot be."""
NOT_YET: dict[str, Any] = {"after": None, "error": None, "readback": [], "duration_ms": None, "settled_at": None}
"""What an operation cannot have before its outcome: its intent says nothing of these."""


def unsaid(stage: str) -> dict[str, Any]:
    """What an operation is beside what its entries say, the last of which is of this stage."""
    return UNSAID | (NOT_YET if stage == "intent" else {})


@dataclass(frozen=True)
class Verdict:
    """`first_bad` is None, or `{"seq", "class", "op_id"}`; `rows` were read, `head` is the mac they were good up to;
    `archived` entries lie behind the anchor that the chain begins at."""

    ok: bool
    rows: int
    head: str
    first_bad: Bad | None
    archived: int = 0


def verify(engine: Engine, key: bytes, checkpoints: Sequence[Checkpoint] = ()) -> Verdict:
    """Check every link in order, the checkpoints, then every operation. Stops at the first thing that is wrong."""
    with Session(engine) as session:
        session.connection(execution_options=ONE_MOMENT[engine.dialect.name])
        behind = anchors(session)
        walk = _Walk(session, key, behind[-1] if behind else None, checkpoints)
        try:
            bad = unproven(session, key, behind) or walk.first_bad() or _projection(session)
        except ValueError:
            bad = _unreadable(session)
    return Verdict(bad is None, walk.rows, walk.head, bad, walk.archived)


class _Walk:
    """From the anchor, or the beginning, to the end of the chain."""

    def __init__(self, session: Session, key: bytes, start: Anchor | None, checkpoints: Sequence[Checkpoint]) -> None:
        self.session, self.key = session, key
        self.rows, self.last = 0, start.seq if start else 0
        self.archived, self.head = (start.count, start.mac) if start else (0, chain.GENESIS)
        self._marks = {c.seq: c for c in checkpoints if c.seq > self.last}
        self._behind = [c for c in checkpoints if start and c.seq == start.seq and c.mac != start.mac]

    def first_bad(self) -> Bad | None:
        """The first entry that is not what it was."""
        for mark in self._behind:
            return {"seq": mark.seq, "class": "restamped", "op_id": ""}
        for entry in _entries(self.session):
            self.rows += 1
            if wrong := self._link(entry) or self._mark(entry):
                return {"seq": entry.seq, "class": wrong, "op_id": entry.op_id}
            self.head, self.last = entry.mac, entry.seq
        return self._unmet()

    def _link(self, entry: Any) -> str:
        """The class of damage that shows at this entry, the first that does not follow from the head."""
        if not signed(self.key, entry, parsed(entry.payload)):
            return _unsigned(self.session, entry, self.key)
        if entry.prev_mac == self.head:
            return ""
        if self.session.exec(select(Entry.seq).where(Entry.mac == entry.mac, Entry.seq != entry.seq)).first():
            return "inserted"  # a copy of a good entry
        before = self.session.exec(select(Entry.seq).where(Entry.mac == entry.prev_mac)).first()
        return "reordered" if before else "removed"

    def _mark(self, entry: Any) -> str:
        mark = self._marks.pop(entry.seq, None)
        known = mark is None or (mark.mac == entry.mac and mark.count in (0, self.archived + self.rows))
        return "" if known else "restamped"

    def _unmet(self) -> Bad | None:
        """Checkpoints whose entry is not there: after the end it was cut, before it somebody signed the rest anew."""
        if not self._marks:
            return None
        seq = min(self._marks)
        if seq > self.last:
            return {"seq": self.last + 1, "class": "truncated", "op_id": ""}
        return {"seq": seq, "class": "restamped", "op_id": ""}


def signed(key: bytes, entry: Any, payload: Any = None) -> bool:
    """Whether the entry is what was signed with this key. `payload`: of one read as text."""
    said = entry.payload if payload is None else payload
    try:
        made = chain.mac(key, entry.prev_mac, entry.op_id, entry.stage, entry.at, entry.actor, said)
    except (ValueError, TypeError):  # there is no canonical form of it: the ledger cannot have written it
        return False
    return made == str(entry.mac)


def facts(actor: str, payload: dict[str, Any]) -> dict[str, Any]:
    """What an operation is once this entry is written."""
    return {"actor": actor, "outcome": "pending", **payload}


def same_moment(operation_at: int, intent_at: int) -> bool:
    """An operation and its intent are stamped one after the other, within one transaction."""
    return 0 <= intent_at - operation_at <= WITHIN_MS


def as_text(table: Table) -> Select[Any]:
    """Every row of a table, its JSON columns as the text they are: what is parsed here once is not parsed before."""
    rows: Select[Any] = select(*(cast(c, Text).label(c.name) if isinstance(c.type, JSON) else c for c in table.columns))
    return rows


def _entries(session: Session) -> Iterator[Any]:
    query = as_text(ENTRIES).order_by(ENTRIES.c.seq)
    for some in session.connection().execute(query.execution_options(yield_per=1000)).partitions():
        yield from some


def _unsigned(session: Session, entry: Any, key: bytes) -> str:
    """Nobody with the key wrote it: the entry after it tells whether it took a place, is new, or all were made anew."""
    after = session.exec(select(Entry).where(col(Entry.seq) > entry.seq).order_by(col(Entry.seq)).limit(1)).first()
    if after is None:
        return "edited"
    if signed(key, after):
        return "inserted" if after.prev_mac == entry.prev_mac else "edited"
    return "restamped" if after.prev_mac == entry.mac else "edited"


def _projection(session: Session) -> Bad | None:
    """The first operation that is not what its entries say, or stands elsewhere than they do, or that is lost."""
    last_seq, last_entry = 0, 0
    while rows := _operations(session, last_seq):
        links = _links(session, [row.id for row in rows])
        for row in rows:
            mine = links.get(row.id, [])
            if not mine or mine[0].seq <= last_entry or not _same(row, mine):
                return {"seq": row.seq, "class": "projection", "op_id": row.id}
            last_seq, last_entry = row.seq, mine[0].seq
    known = exists().where(col(Operation.id) == col(Entry.op_id))
    lost = session.exec(select(Entry.op_id).where(~known).order_by(col(Entry.seq)).limit(1)).first()
    return {"seq": None, "class": "projection", "op_id": lost} if lost else None


def _unreadable(session: Session) -> Bad:
    """The first row whose JSON is none: only a SQLite file takes such a thing."""
    for table, kind in ((ENTRIES, "edited"), (OPERATIONS, "projection")):
        columns = table.columns
        broken = or_(*(func.json_valid(type_coerce(c, Text)) == 0 for c in columns if isinstance(c.type, JSON)))
        row = session.connection().execute(select(columns.seq).where(broken).order_by(columns.seq).limit(1)).first()
        if row is not None:
            return {"seq": row.seq, "class": kind, "op_id": ""}
    raise AssertionError("every row can be read after all")


def _operations(session: Session, after: int) -> Sequence[Any]:
    query = as_text(OPERATIONS).where(OPERATIONS.c.seq > after).order_by(OPERATIONS.c.seq).limit(AT_ONCE)
    return session.connection().execute(query).all()


def _links(session: Session, ids: list[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    query = as_text(ENTRIES).where(ENTRIES.c.op_id.in_(ids)).order_by(ENTRIES.c.seq)
    for entry in session.connection().execute(query):
        found.setdefault(entry.op_id, []).append(entry)
    return found


def _json(text: str | None) -> Any:
    return None if text is None else parsed(text)


def _same(row: Any, entries: list[Any]) -> bool:
    said = unsaid(entries[-1].stage)
    for entry in entries:
        said |= facts(entry.actor, parsed(entry.payload))
    if not same_moment(row.at, entries[0].at):
        return False
    for name, value in said.items():
        place, is_json = PLACES[name]
        if not chain.alike(_json(row[place]) if is_json else row[place], value):
            return False
    return True
