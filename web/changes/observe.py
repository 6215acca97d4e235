"""What an endpoint looked like over time: after each change made here, and whenever somebody looks and it is different.

A difference that no operation of this portal explains was made elsewhere.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, desc, func, select

from web.audit import kept_logs, queries
from web.audit.ledger import Ledger
from web.audit.models import Operation, Snapshot
from web.changes.diff import canonical, fingerprint
from web.changes.fields import current_config, editable
from web.changes.kinds import Kind
from web.db.engine import reading
from web.errors import PortalError

ENDPOINT = "endpoint"
PORTAL, SEEN, FAILED, ADOPTED = "portal", "seen", kept_logs.FELL_BACK, "adopted"
BADLY = ("UPDATE_FAILED", "UPDATE_CANCELED")
LOOKED_BACK = 30

Live = dict[str, Any]


def heading_for(live: Live) -> Live:
    """The endpoint with the config it is on its way to: an update that runs counts as made."""
    pending = live.get("pending_config")
    runs = (live.get("state") or {}).get("config_update") == "IN_PROGRESS"
    return {**live, "config": pending} if runs and pending else live


def state_hash(live: Live) -> str:
    """A hash of everything that can be edited, of the config it is heading for."""
    return fingerprint(_parts(heading_for(live)))


def after_change(ledger: Ledger, live: Live, op_id: str) -> None:
    """Keep what was read back after a change made here, also when somebody saw it before the answer came."""
    with suppress(PortalError, SQLAlchemyError):
        newest = latest(ledger, str(live.get("name")))
        if not newest or newest[0].source != SEEN or newest[0].hash != state_hash(live):
            _append(ledger, live, PORTAL, op_id)
        else:
            _claim(ledger, newest[0], PORTAL, op_id)


def see(ledger: Ledger, read: Callable[[], Live]) -> Live:
    """Read an endpoint and keep what is new about it."""
    asked = ledger.clock()
    live = read()
    look(ledger, live, asked)
    return live


def look(ledger: Ledger, live: Live, asked: int | None = None) -> None:
    """Keep what somebody sees, if it differs from what was kept last. Endpoints without an id are not ours to watch.

    `asked`: when the workspace was asked, in ms; an answer older than what is kept says nothing new. While a change
    made here has no outcome yet, a difference may be its own: it is not kept.
    """
    name = str(live.get("name") or "")
    if not live.get("id") or not name:
        return
    newest = latest(ledger, name)
    if newest and (newest[0].hash == state_hash(live) or (asked is not None and newest[0].at > asked)):
        return
    if queries.unsettled(ledger.engine, name):
        return
    source, op_id = _cause(ledger, live, latest(ledger, name, LOOKED_BACK))
    _append(ledger, live, source, op_id)


def _cause(ledger: Ledger, live: Live, recent: list[Snapshot]) -> tuple[str, str]:
    if _fell_back(ledger, live, recent):
        return FAILED, ""
    made = _unclaimed(ledger, live, recent)
    return (PORTAL, made.id) if made else (SEEN, "")


def _fell_back(ledger: Ledger, live: Live, recent: list[Snapshot]) -> bool:
    """The update failed: the config is one of before, and nothing else moved."""
    if not recent or (live.get("state") or {}).get("config_update") not in BADLY:
        return False
    now, last = _parts(ledger.redact(live)), _parts(recent[0].body)
    same = all(canonical(now[k]) == canonical(last[k]) for k in now if k != "config")
    return same and any(canonical(now["config"]) == canonical(_parts(s.body)["config"]) for s in recent[1:])


def _unclaimed(ledger: Ledger, live: Live, recent: list[Snapshot]) -> Operation | None:
    """A change made here since the last state kept, whose result could not be read back then."""
    query = select(Operation).where(Operation.endpoint == str(live.get("name"))).order_by(desc(Operation.seq)).limit(5)
    with reading(ledger.engine) as session:
        operations = list(session.exec(query))
    claimed = {s.op_id for s in recent}
    since = recent[0].at if recent else 0
    for operation in operations:
        done = operation.outcome == "success" or any(c.get("status") == "done" for c in operation.calls)
        ended = operation.settled_at or operation.at + (operation.duration_ms or 0)
        if done and operation.kind != Kind.DELETE and ended >= since and operation.id not in claimed:
            return operation
    return None


def _parts(live: Live) -> dict[str, Any]:
    return {k: v for k, v in editable(live).items() if k != "suspended"}


def latest(ledger: Ledger, name: str, count: int = 1) -> list[Snapshot]:
    """The newest states kept of an endpoint, newest first."""
    return queries.snapshots(ledger.engine, name, count)


def outside(ledger: Ledger, name: str) -> Snapshot | None:
    """The newest state reached elsewhere after a change made here, until somebody adopts it or it is undone."""
    recent = latest(ledger, name, LOOKED_BACK)
    if not any(snapshot.source == SEEN for snapshot in recent):
        return None
    found = strangers(recent, _restores(ledger, name, recent))
    return found[0] if found else None


def strangers(recent: list[Snapshot], restores: set[str]) -> list[Snapshot]:
    """Of the states kept, newest first: those reached elsewhere that were neither adopted nor undone."""
    found: list[tuple[Snapshot, str]] = []
    for place, snapshot in enumerate(recent[:-1]):
        if snapshot.source == ADOPTED or snapshot.op_id in restores:
            break
        if snapshot.source == SEEN and any(s.source == PORTAL for s in recent[place + 1 :]):
            found.append((snapshot, recent[place + 1].hash))
    undone = bool(found) and recent[0].hash == found[-1][1]
    return [] if undone else [snapshot for snapshot, _ in found]


def _restores(ledger: Ledger, name: str, recent: list[Snapshot]) -> set[str]:
    """Which of the changes that led to these states of an endpoint were restores."""
    made = {snapshot.op_id for snapshot in recent if snapshot.op_id}
    query = select(Operation.id, Operation.endpoint, Operation.kind, Operation.outcome)
    with reading(ledger.engine) as session:
        found = session.exec(query.where(col(Operation.id).in_(made)))
        return {op_id for op_id, *what in found if what == [name, Kind.RESTORE, "success"]}


def known(ledger: Ledger) -> list[str]:
    """The endpoints of which a state is kept, the one that was longest without a new one first."""
    query = select(Snapshot.endpoint).where(Snapshot.scope == ENDPOINT).group_by(Snapshot.endpoint)
    with reading(ledger.engine) as session:
        return list(session.exec(query.order_by(func.max(col(Snapshot.seq)))))


def adopt(ledger: Ledger, name: str, seq: int, who: str) -> None:
    """Mark a state that was reached elsewhere as meant, by `who`. Other states stay as they are."""
    with reading(ledger.engine) as session:
        row = session.get(Snapshot, seq)
    if row is not None and row.endpoint == name and row.source == SEEN:
        _claim(ledger, row, ADOPTED, who)


def _claim(ledger: Ledger, row: Snapshot, source: str, op_id: str) -> None:
    with ledger.writing() as session:
        found = session.get(Snapshot, row.seq)
        if found is not None and found.source == SEEN:
            found.source, found.op_id = source, op_id
            session.add(found)


def _append(ledger: Ledger, live: Live, source: str, op_id: str) -> None:
    """Never stops what it belongs to: a history that cannot be written has refused the change already."""
    target = heading_for(live)
    row = Snapshot(
        endpoint=str(live.get("name")),
        scope=ENDPOINT,
        source=source,
        op_id=op_id,
        hash=state_hash(live),
        config_version=current_config(target).get("config_version"),
        at=ledger.clock(),
        body=ledger.redact({k: v for k, v in target.items() if k != "pending_config"}),
    )
    try:
        ledger.keep(row)
    except PortalError:
        return
