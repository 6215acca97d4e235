"""The line before an endpoint: reviewed changes that wait for the update in progress, one per endpoint.

Tokens are never stored, so a queued change is carried out by a later request of the person who queued it (`carry.py`).
"""

import time
from collections.abc import Collection
from contextlib import suppress
from weakref import WeakKeyDictionary

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, desc, select

from web.audit.ledger import Ledger
from web.audit.models import Operation, QueuedChange
from web.changes.kinds import Change
from web.changes.perform import Actor
from web.db.engine import reading
from web.errors import Conflict, NotFound, PortalError

WAITING, APPLIED, CANCELLED, EXPIRED, ATTENTION = "waiting", "applied", "cancelled", "expired", "needs attention"
OPEN = (WAITING, ATTENTION)
LASTS_MS = 86_400_000
REMEMBERED_S = 2.0

_marks: "WeakKeyDictionary[Ledger, dict[tuple[str, str], tuple[float, tuple[str, ...]]]]" = WeakKeyDictionary()


def join(
    ledger: Ledger,
    actor: Actor,
    host: str,
    change: Change,
    endpoint_id: str,
    draft: str,
    seen: str,
    acknowledged: Collection[str] = (),
) -> QueuedChange:
    """Put one's reviewed draft in line. Raises Conflict naming who is there already."""
    _expire(ledger)
    place = f"{host} {change.endpoint}"
    with ledger.writing() as session:
        first = session.exec(select(QueuedChange).where(QueuedChange.line == place)).first()
        if first is not None and first.draft != draft:
            raise Conflict(
                f"{first.actor} is in line already: one change waits per endpoint.",
                hint="Nothing was queued. Apply yours when theirs has been applied, or ask them to cancel it.",
            )
        row = first or session.exec(select(QueuedChange).where(QueuedChange.draft == draft)).first()
        row = row or QueuedChange(
            draft=draft, host=host, endpoint=change.endpoint, kind=change.kind, actor=actor.email, at=0
        )
        row.line, row.state, row.reason, row.ended_at = place, WAITING, "", None
        row.seen, row.endpoint_id, row.at = seen, endpoint_id, ledger.clock()
        row.acknowledged = sorted(acknowledged)
        session.add(row)
    _marks.pop(ledger, None)
    return row


def waiting_on(ledger: Ledger, host: str, endpoint: str) -> QueuedChange | None:
    """The change that is in line before this endpoint."""
    _expire(ledger)
    with reading(ledger.engine) as session:
        return session.exec(select(QueuedChange).where(QueuedChange.line == f"{host} {endpoint}")).first()


def open_of(ledger: Ledger, host: str, actor: str) -> list[QueuedChange]:
    """A person's queued changes that wait or need their attention, oldest first."""
    _expire(ledger)
    query = select(QueuedChange).where(QueuedChange.actor == actor, QueuedChange.host == host)
    query = query.where(col(QueuedChange.state).in_(OPEN)).order_by(col(QueuedChange.seq))
    with reading(ledger.engine) as session:
        return list(session.exec(query))


def endpoints_of(ledger: Ledger, host: str, actor: str) -> tuple[str, ...]:
    """The endpoints on which a person has a change that waits or needs their attention. Every page asks: none when the
    history cannot be read, so that what does not need it still works.

    Remembered for REMEMBERED_S; what this process writes is seen at once.
    """
    marks = _marks.setdefault(ledger, {})
    until, found = marks.get((host, actor), (0.0, ()))
    if time.monotonic() < until:
        return found
    try:
        found = tuple(row.endpoint for row in open_of(ledger, host, actor))
    except (SQLAlchemyError, PortalError):
        return ()
    marks[(host, actor)] = (time.monotonic() + REMEMBERED_S, found)
    return found


def by_draft(ledger: Ledger, draft: str) -> QueuedChange | None:
    """The queued change of a draft, whatever became of it."""
    _expire(ledger)
    with reading(ledger.engine) as session:
        return session.exec(select(QueuedChange).where(QueuedChange.draft == draft)).first()


def own(ledger: Ledger, actor: str, seq: int) -> QueuedChange:
    """One's own queued change. Raises NotFound for another person's, or none."""
    _expire(ledger)
    with reading(ledger.engine) as session:
        row = session.get(QueuedChange, seq)
    if row is None or row.actor != actor:
        raise NotFound("There is no such queued change of yours.")
    return row


def of_endpoint(ledger: Ledger, host: str, endpoint: str, limit: int = 100) -> list[QueuedChange]:
    """All that was ever queued on an endpoint, newest first."""
    _expire(ledger)
    query = select(QueuedChange).where(QueuedChange.endpoint == endpoint, QueuedChange.host == host)
    with reading(ledger.engine) as session:
        return list(session.exec(query.order_by(desc(QueuedChange.seq)).limit(limit)))


def cancel(ledger: Ledger, actor: str, seq: int) -> QueuedChange:
    """Take one's own change out of the line. One that has ended already stays as it ended."""
    row = own(ledger, actor, seq)
    return end(ledger, row.draft, CANCELLED) or row


def applied(ledger: Ledger, draft: str, operation: Operation) -> QueuedChange | None:
    """Note that the draft was sent, from the line or from its Review page; what was refused needs attention.

    None when it was not in line, or when that cannot be written: the operation itself is on record by now.
    """
    state, why = APPLIED, ""
    if operation.outcome in ("refused", "failed"):
        state, why = ATTENTION, str((operation.error or {}).get("message") or "The workspace did not do this.")
    try:
        return end(ledger, draft, state, why, operation.id)
    except PortalError:
        return None


def end(ledger: Ledger, draft: str, state: str, reason: str = "", op_id: str = "") -> QueuedChange | None:
    """Take a draft's open change out of the line. None when it is not open."""
    query = select(QueuedChange).where(QueuedChange.draft == draft, col(QueuedChange.state).in_(OPEN))
    with reading(ledger.engine) as session:
        if session.exec(query).first() is None:
            return None
    with ledger.writing() as session:
        row = session.exec(query).first()
        if row is None:
            return None
        row.line, row.state, row.reason = None, state, reason
        row.op_id, row.ended_at = op_id or row.op_id, ledger.clock()
    _marks.pop(ledger, None)
    return row


def _expire(ledger: Ledger) -> None:
    """Whoever looks finds nothing older than a day in line."""
    late = col(QueuedChange.state).in_(OPEN) & (col(QueuedChange.at) < ledger.clock() - LASTS_MS)
    with reading(ledger.engine) as session:
        drafts = list(session.exec(select(QueuedChange.draft).where(late)))
    with suppress(PortalError):  # a look does not need it written down
        for draft in drafts:
            end(ledger, draft, EXPIRED, "Nobody opened the portal within a day to carry it out.")
