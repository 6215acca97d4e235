"""Reads of the history: newest first, keyset pages, an index behind every filter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, desc, select

from web.audit.anchors import moved_before
from web.audit.models import OUTCOMES, Entry, Operation, Snapshot
from web.db import words
from web.db.engine import reading
from web.errors import Invalid, NotFound

MAX_PAGE = 200
SCAN_LIMIT = 5000
DAY_MS = 86_400_000
SKEW_MS = 3_600_000
"""How far clocks of instances may differ: operations are numbered in the order in which they were stored."""
LAST_SEQ = 2**62
UNSETTLED = ("unknown", "pending")
AT_ONCE = 500


@dataclass(frozen=True)
class Filter:
    """What of the history is wanted; empty means any. `since`, `until` in ms since 1970; `cursor` of the last page."""

    endpoint: str = ""
    actor: str = ""
    kind: str = ""
    outcome: str = ""
    since: int | None = None
    until: int | None = None
    q: str = ""
    cursor: int | None = None
    limit: int = 50


@dataclass(frozen=True)
class Page:
    """One page of operations, newest first. `next_cursor` is None on the last one."""

    operations: list[Operation]
    next_cursor: str | None


May = Callable[[Operation], bool]


def parse_filter(values: dict[str, str]) -> Filter:
    """A Filter from query parameters. Raises Invalid naming the field."""
    outcome = values.get("outcome", "")
    if outcome and outcome not in OUTCOMES:
        raise Invalid(f"The outcome is one of {', '.join(OUTCOMES)}.", field="outcome")
    return Filter(
        endpoint=values.get("endpoint", "").strip(),
        actor=values.get("actor", "").strip(),
        kind=values.get("kind", "").strip(),
        outcome=outcome,
        since=_moment(values.get("since", ""), "since"),
        until=_moment(values.get("until", ""), "until", end=True),
        q=values.get("q", "").strip()[:200],
        cursor=_number(values.get("cursor", ""), "cursor"),
        limit=min(max(_number(values.get("limit", ""), "limit") or 50, 1), MAX_PAGE),
    )


def page(engine: Engine, wanted: Filter, may: May, most: int = SCAN_LIMIT) -> Page:
    """The next page of what `may` lets through. Reads past hidden rows, about `most` of them."""
    found: list[Operation] = []
    cursor, scanned = wanted.cursor, 0
    with reading(engine) as session:
        low, high = _between(session, wanted)
        while scanned < most:
            rows = _next(session, wanted, low, high if cursor is None else min(high, cursor - 1))
            for row in rows:
                cursor, scanned = row.seq, scanned + 1
                if _wanted(row, wanted) and may(row):
                    found.append(row)
                if len(found) > wanted.limit:
                    return Page(found[: wanted.limit], str(found[wanted.limit - 1].seq))
            if len(rows) <= wanted.limit:
                return Page(found, None)
    return Page(found, str(cursor))


def operation(engine: Engine, op_id: str, may: May) -> Operation:
    """One operation by its id, as far as `may` lets it through; else NotFound."""
    with reading(engine) as session:
        found = session.exec(select(Operation).where(Operation.id == op_id)).first()
    if found is None or not may(found):
        raise NotFound("There is no such operation, or you may not see it.", hint=_archived(engine))
    return found


def _archived(engine: Engine) -> str:
    """What became of the oldest operations."""
    moved = moved_before(engine)
    if moved is None:
        return ""
    day = datetime.fromtimestamp(moved / 1000, UTC)
    return f"Operations up to {day:%-d %B %Y} were moved to an archive. Ask whoever runs the portal for it."


def entries(engine: Engine, op_id: str) -> list[Entry]:
    """The links of one operation, oldest first."""
    with reading(engine) as session:
        return list(session.exec(select(Entry).where(Entry.op_id == op_id).order_by(col(Entry.seq))))


def entries_of(engine: Engine, op_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The links of these operations, oldest first, as JSON: all of an Entry but its `op_id`."""
    found: dict[str, list[dict[str, Any]]] = {op_id: [] for op_id in op_ids}
    with reading(engine) as session:
        for entry in session.exec(select(Entry).where(col(Entry.op_id).in_(op_ids)).order_by(col(Entry.seq))):
            found[entry.op_id].append(entry.model_dump(exclude={"op_id"}))
    return found


def unsettled(
    engine: Engine, endpoint: str = "", after: int = 0, outcomes: Sequence[str] = UNSETTLED
) -> list[Operation]:
    """Operations whose outcome is not known, oldest first, at most AT_ONCE after the one of this `seq`; of one endpoint
    when named."""
    query = select(Operation).where(col(Operation.outcome).in_(outcomes), col(Operation.seq) > after)
    if endpoint:
        # Joined with nothing, so that the few open ones are gone through and not all that the endpoint ever had.
        query = query.where(col(Operation.endpoint).concat("") == endpoint)
    with reading(engine) as session:
        return list(session.exec(query.order_by(col(Operation.seq)).limit(AT_ONCE)))


def snapshot(engine: Engine, endpoint: str, scope: str, digest: str) -> Snapshot | None:
    """The endpoint, or the part of it named by `scope`, as it was seen with this hash."""
    query = select(Snapshot).where(Snapshot.endpoint == endpoint, Snapshot.scope == scope, Snapshot.hash == digest)
    with reading(engine) as session:
        return session.exec(query).first()


def snapshots(engine: Engine, endpoint: str, limit: int = 200, until: int | None = None) -> list[Snapshot]:
    """How the endpoint was seen as a whole, newest first; `until` in ms since 1970."""
    query = select(Snapshot).where(Snapshot.endpoint == endpoint, Snapshot.scope == "endpoint")
    if until is not None:
        query = query.where(Snapshot.at <= until)
    query = query.order_by(desc(Snapshot.seq)).limit(limit)
    with reading(engine) as session:
        return list(session.exec(query))


def _between(session: Session, wanted: Filter) -> tuple[int, int]:
    """Numbers between which all the times that are wanted lie: those of the last operation that is too old by any clock
    and of the first that is too young by any."""
    low, high = 0, LAST_SEQ
    at = col(Operation.at)
    if wanted.since is not None:
        older = select(Operation.seq).where(at < wanted.since - SKEW_MS).order_by(desc(at), desc(Operation.seq))
        low = session.exec(older.limit(1)).first() or 0
    if wanted.until is not None:
        younger = select(Operation.seq).where(at > wanted.until + SKEW_MS).order_by(at, col(Operation.seq))
        high = session.exec(younger.limit(1)).first() or LAST_SEQ
    return low, high


def _next(session: Session, wanted: Filter, low: int, high: int) -> list[Operation]:
    """One operation more than a page holds, newest first. Some may not be wanted after all."""
    facts = {name: value for name in words.FACTS if (value := getattr(wanted, name))}
    query = select(Operation).order_by(desc(Operation.seq))
    if low > high:
        return []
    if wanted.q or (len(facts) > 1 and session.get_bind().dialect.name == "sqlite"):
        seqs = words.find(session.connection(), wanted.q, facts, low, high, wanted.limit + 1)
        return list(session.exec(query.where(col(Operation.seq).in_(seqs))))
    query = query.where(col(Operation.seq) >= low, col(Operation.seq) <= high)
    for name, value in facts.items():
        query = query.where(getattr(Operation, name) == value)
    return list(session.exec(query.limit(wanted.limit + 1)))


def _wanted(row: Operation, wanted: Filter) -> bool:
    """Whether the facts and the time are those that were asked for."""
    facts = all(getattr(row, name) == value for name in words.FACTS if (value := getattr(wanted, name)))
    late = wanted.until is not None and row.at > wanted.until
    return facts and not late and not (wanted.since is not None and row.at < wanted.since)


def _number(value: str, field: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise Invalid(f"'{field}' is a number.", field=field)
    return int(value)


def _moment(value: str, field: str, end: bool = False) -> int | None:
    """ms since 1970 from digits, or from an ISO 8601 date or time (UTC unless it says otherwise)."""
    if not value or value.isdigit():
        return _number(value, field)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid(f"'{field}' is a date such as 2026-11-23, or a time in ms.", field=field) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    whole_day = DAY_MS - 1 if end and len(value) == 10 else 0
    return int(moment.timestamp() * 1000) + whole_day
