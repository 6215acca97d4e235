"""The past of one endpoint, shaped for its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.models import Operation, Snapshot
from web.audit.queries import Filter, May
from web.changes import observe
from web.changes.diff import diff
from web.changes.fields import editable
from web.changes.kinds import Kind
from web.changes.restore import Restored, restore
from web.errors import NotFound
from web.identity.person import Caller
from web.workspace import sight

SHOWN = 100
LIVE = "live"


@dataclass(frozen=True)
class Past:
    """An endpoint's name, what it is now (None: gone), and the states and operations this person may see."""

    name: str
    live: dict[str, Any] | None
    snapshots: tuple[Snapshot, ...]
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Event:
    """One line of the timeline. `ref` names the version it led to, empty when it led to none that is on record."""

    at: int
    who: str
    what: str
    outcome: str
    link: str
    ref: str
    rows: list[dict[str, Any]]
    foreign: int | None = None


@dataclass(frozen=True)
class Timeline:
    """`versions`: (ref, words) for the compare form. `gone` with `last`: the version a restore would bring back."""

    events: list[Event]
    versions: list[tuple[str, str]]
    gone: bool
    last: str


@dataclass(frozen=True)
class Restoring:
    """A restore before its review: `rows` differ from what is live."""

    ref: str
    at: int
    rows: list[dict[str, Any]]
    restored: Restored


def opened(ledger: Ledger, who: Caller, may: May, name: str) -> Past:
    """The past that this person may see. Raises NotFound when there is none, for them or for anybody."""
    live = _live(ledger, who, name)
    found = queries.page(ledger.engine, Filter(endpoint=name, limit=SHOWN), may).operations
    snapshots = tuple(queries.snapshots(ledger.engine, name)) if _whole(who, live) else _own(ledger, who, name, found)
    if live is None and not found and not snapshots:
        raise NotFound(f"There is no endpoint '{name}', and no history of one that you may see.")
    return Past(name, live, snapshots, tuple(found))


def _live(ledger: Ledger, who: Caller, name: str) -> dict[str, Any] | None:
    try:
        raw = sight.endpoint(who.workspace, name)
    except NotFound:
        return None
    observe.look(ledger, raw)
    return raw


def _whole(who: Caller, live: dict[str, Any] | None) -> bool:
    """Whoever can manage the endpoint, and admins, see all its states."""
    return who.is_admin or (live is not None and live.get("permission_level") == "CAN_MANAGE")


def _own(ledger: Ledger, who: Caller, name: str, found: list[Operation]) -> tuple[Snapshot, ...]:
    """Of an endpoint that is gone: the states of the very endpoints this person changed."""
    ids = {o.endpoint_id for o in found if o.actor == who.email and o.outcome == "success" and o.endpoint_id}
    return tuple(s for s in queries.snapshots(ledger.engine, name) if s.body.get("id") in ids)


def timeline(ledger: Ledger, past: Past, may: May) -> Timeline:
    """Everything that happened, newest first."""
    led_to = {s.op_id: s for s in past.snapshots if s.source == observe.PORTAL}
    events = [_operation(o, led_to.get(o.id)) for o in past.operations]
    older = list(past.snapshots[1:])
    for place, snapshot in enumerate(past.snapshots):
        if snapshot.source != observe.PORTAL:
            events.append(_foreign(snapshot, older[place] if place < len(older) else None))
    events.sort(key=lambda event: -event.at)
    versions = [(f"s{s.seq}", f"version {s.config_version or '–'}") for s in past.snapshots]
    gone = past.live is None
    last = next((f"d{o.id}" for o in past.operations if o.kind == Kind.DELETE and o.outcome == "success"), "")
    return Timeline(events, versions, gone, last or (versions[0][0] if gone and versions else ""))


def _operation(operation: Operation, led_to: Snapshot | None) -> Event:
    ref = f"s{led_to.seq}" if led_to else ""
    if operation.kind == Kind.DELETE and operation.before:
        ref = f"d{operation.id}"
    return Event(
        operation.at, operation.actor, operation.kind, operation.outcome, f"/audit/{operation.id}", ref, operation.diff
    )


WORDS = {
    observe.SEEN: "Changed outside this portal",
    observe.FAILED: "The update failed: the config before it stays",
    observe.ADOPTED: "Changed outside this portal, adopted",
}


def _foreign(snapshot: Snapshot, before: Snapshot | None) -> Event:
    if before is None:
        return Event(snapshot.at, "", "First seen by this portal", "", "", f"s{snapshot.seq}", [])
    rows = diff(editable(before.body), editable(snapshot.body))
    fresh = snapshot.seq if snapshot.source == observe.SEEN else None
    who = snapshot.op_id if snapshot.source == observe.ADOPTED else ""
    return Event(snapshot.at, who, WORDS[snapshot.source], "", "", f"s{snapshot.seq}", rows, fresh)


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
    """The fields in which two versions differ."""
    (one, one_at), (other, other_at) = (version(past, ref, ledger.redact) for ref in (a, b))
    rows = diff(editable(one) if one else {}, editable(other) if other else {})
    return {"rows": rows, "a": a, "b": b, "a_at": one_at, "b_at": other_at}


def restoring(ledger: Ledger, past: Past, ref: str) -> Restoring:
    """What bringing `ref` back would change."""
    was, at = version(past, ref, ledger.redact)
    rows = diff(editable(ledger.redact(past.live)) if past.live else {}, editable(was))
    return Restoring(
        ref, at, [r for r in rows if r["path"] not in ("id", "suspended")], restore(past.name, was, past.live)
    )
