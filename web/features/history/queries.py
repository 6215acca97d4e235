"""The past of one endpoint, shaped for its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.models import Operation, QueuedChange, Snapshot
from web.audit.queries import Filter, May
from web.changes import observe, queue
from web.changes.diff import diff
from web.changes.fields import editable
from web.changes.kinds import Kind
from web.changes.restore import Restored, restore
from web.changes.words import PARTS
from web.errors import NotFound
from web.features.history.timeline import Day, Event, days, label, of_operation, of_queued, of_state
from web.identity.person import Caller
from web.workspace import sight

SHOWN = 100
PAGE = SHOWN + 2
FETCHED = 1000
LIVE = "live"


@dataclass(frozen=True)
class Past:
    """An endpoint's name, what it is now (None: gone), and the states and operations this person may see."""

    name: str
    live: dict[str, Any] | None
    snapshots: tuple[Snapshot, ...]
    operations: tuple[Operation, ...]
    queued: tuple[QueuedChange, ...]


@dataclass(frozen=True)
class Timeline:
    """`versions`: (ref, words) for the compare form. `gone` with `last`: the version a restore would bring back.
    `older`: the cursor of the next page, empty on the last one; `newer` True on any page but the first."""

    days: list[Day]
    versions: list[tuple[str, str]]
    gone: bool
    last: str
    older: str
    newer: bool


@dataclass(frozen=True)
class Restoring:
    """A restore before its review: `rows` differ from what is live."""

    ref: str
    at: int
    rows: list[dict[str, Any]]
    restored: Restored


def opened(ledger: Ledger, who: Caller, may: May, name: str, limit: int = FETCHED, until: int | None = None) -> Past:
    """The past that this person may see: the newest `limit` of each kind of event, `until` a time in ms. Raises
    NotFound when there is none, for them or for anybody."""
    live = _live(ledger, who, name)
    found = queries.page(ledger.engine, Filter(endpoint=name, limit=limit, until=until), may).operations
    whole = _whole(who, live)
    snapshots = tuple(queries.snapshots(ledger.engine, name, limit, until)) if whole else _own(ledger, who, name, found)
    if live is None and not found and not snapshots:
        raise NotFound(f"There is no endpoint '{name}', and no history of one that you may see.")
    queued = [q for q in queue.of_endpoint(ledger, who.workspace.host, name) if whole or q.actor == who.email]
    return Past(name, live, snapshots, tuple(found), tuple(queued))


def _live(ledger: Ledger, who: Caller, name: str) -> dict[str, Any] | None:
    try:
        raw = observe.see(ledger, lambda: sight.endpoint(who.workspace, name))
    except NotFound:
        return None
    return raw


def _whole(who: Caller, live: dict[str, Any] | None) -> bool:
    """Whoever can manage the endpoint, and admins, see all its states."""
    return who.is_admin or (live is not None and live.get("permission_level") == "CAN_MANAGE")


def _own(ledger: Ledger, who: Caller, name: str, found: list[Operation]) -> tuple[Snapshot, ...]:
    """Of an endpoint that is gone: the states of the very endpoints this person changed."""
    ids = {o.endpoint_id for o in found if o.actor == who.email and o.outcome == "success" and o.endpoint_id}
    return tuple(s for s in queries.snapshots(ledger.engine, name) if s.body.get("id") in ids)


def timeline(past: Past, before: int | None = None) -> Timeline:
    """One page of everything that happened, newest first; `before`: the time in ms at which the page before ended."""
    made = {o.id: o for o in past.operations}
    events = sorted(_events(past, made, first=before is None), key=lambda event: -event.at)
    shown = events if before is None else [event for event in events if event.at < before]
    versions = [(f"s{s.seq}", label(s, made.get(s.op_id))) for s in past.snapshots]
    gone = past.live is None
    last = next((f"d{o.id}" for o in past.operations if o.kind == Kind.DELETE and o.outcome == "success"), "")
    return Timeline(
        days=days(shown[:SHOWN]),
        versions=versions,
        gone=gone,
        last=last or (versions[0][0] if gone and versions else ""),
        older=str(shown[SHOWN - 1].at) if len(shown) > SHOWN else "",
        newer=before is not None,
    )


def _events(past: Past, made: dict[str, Operation], first: bool) -> list[Event]:
    """`first`: the newest page, the only one that knows what was not adopted or undone since."""
    led_to = {s.op_id: s for s in past.snapshots if s.source == observe.PORTAL}
    restores = {o.id for o in past.operations if o.kind == Kind.RESTORE and o.outcome == "success"}
    open_ = {s.seq for s in observe.strangers(list(past.snapshots), restores)} if first else set()
    events = [of_operation(o, led_to.get(o.id)) for o in past.operations]
    events += [of_queued(row) for row in past.queued]
    for place, snapshot in enumerate(past.snapshots):
        if snapshot.source != observe.PORTAL or snapshot.op_id not in made:
            before = past.snapshots[place + 1] if place + 1 < len(past.snapshots) else None
            events.append(of_state(snapshot, before, snapshot.seq in open_))
    return events


def version(past: Past, ref: str, redact: Callable[[Any], Any]) -> tuple[dict[str, Any], int]:
    """The endpoint as it was: `live`, `s<number>` of a state, `d<operation>` just before a delete. And when, ms."""
    if ref == LIVE:
        return (redact(observe.heading_for(past.live)) if past.live else {}), 0
    for snapshot in past.snapshots:
        if ref == f"s{snapshot.seq}":
            return snapshot.body, snapshot.at
    for operation in past.operations:
        if ref == f"d{operation.id}" and operation.before:
            return operation.before, operation.at
    raise NotFound("There is no such version, or you may not see it.")


def compare(ledger: Ledger, past: Past, a: str, b: str) -> dict[str, Any]:
    """The fields in which two versions differ, part by part, and the versions there are to choose from."""
    (one, one_at), (other, other_at) = (version(past, ref, ledger.redact) for ref in (a, b))
    rows = diff(_editable(one), _editable(other))
    parts = [
        (PARTS.get(name, name), list(each))
        for name, each in groupby(rows, lambda row: row["path"].split(".")[0].split("[")[0])
    ]
    made = {o.id: o for o in past.operations}
    versions = [(f"s{s.seq}", label(s, made.get(s.op_id))) for s in past.snapshots]
    versions += [(f"d{o.id}", f"Just before the delete by {o.actor}") for o in past.operations if o.kind == Kind.DELETE]
    return {
        "parts": parts,
        "gone": past.live is None,
        "a": a,
        "b": b,
        "a_at": one_at,
        "b_at": other_at,
        "versions": [(LIVE, "Live now" if past.live else "Now: deleted"), *versions],
    }


def _editable(version: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in editable(version).items() if k != "suspended"} if version else {}


def restoring(ledger: Ledger, past: Past, ref: str) -> Restoring:
    """What bringing `ref` back would change."""
    was, at = version(past, ref, ledger.redact)
    rows = diff(editable(ledger.redact(past.live)) if past.live else {}, editable(was))
    return Restoring(
        ref, at, [r for r in rows if r["path"] not in ("id", "suspended")], restore(past.name, was, past.live)
    )
