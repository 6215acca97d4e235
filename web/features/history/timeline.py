"""The timeline of an endpoint: what was changed here, elsewhere, and what waited in line, day by day."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from web.audit import archive
from web.audit.models import Operation, QueuedChange, Snapshot
from web.changes import observe, queue
from web.changes.diff import diff
from web.changes.fields import editable
from web.changes.kinds import Kind
from web.changes.words import DONE, summary

DAY = "%-d %B %Y"


@dataclass(frozen=True)
class Event:
    """One line. `ref` names the version it led to, empty when it led to none that is on record; `undo` the one before
    it; `foreign` numbers a state reached elsewhere that nobody adopted."""

    at: int
    who: str
    what: str
    detail: str = ""
    outcome: str = ""
    link: str = ""
    ref: str = ""
    anchor: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    undo: str = ""
    foreign: int | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Day:
    """The events of one day (UTC), newest first."""

    title: str
    events: list[Event]


WORDS = {
    observe.PORTAL: "Changed through this portal",
    observe.SEEN: "Changed outside this portal",
    observe.FAILED: "The update failed: the config before it stays",
    observe.ADOPTED: "Changed outside this portal, adopted",
    archive.ARCHIVED: "As it was when it was deleted",
}
QUEUED = {
    queue.WAITING: "Queued a change, which waits for the update in progress",
    queue.APPLIED: "A queued change was applied",
    queue.CANCELLED: "Cancelled a queued change",
    queue.EXPIRED: "A queued change expired",
    queue.ATTENTION: "A queued change needs attention",
}


def days(events: list[Event], today: datetime | None = None) -> list[Day]:
    """The events grouped by day, newest first."""
    now = (today or datetime.now(UTC)).date()

    def title(event: Event) -> str:
        day = datetime.fromtimestamp(event.at / 1000, UTC).date()
        return {0: "Today", 1: "Yesterday"}.get((now - day).days, f"{day:{DAY}}")

    ordered = sorted(events, key=lambda event: -event.at)
    return [Day(name, list(each)) for name, each in groupby(ordered, title)]


def of_operation(operation: Operation, led_to: Snapshot | None) -> Event:
    """A change made here. A delete leads back to the endpoint as it was just before."""
    ref = f"s{led_to.seq}" if led_to else ""
    if operation.kind == Kind.DELETE and operation.before:
        ref = f"d{operation.id}"
    told = operation.kind not in (Kind.CREATE, Kind.DELETE, Kind.STOP, Kind.START)
    return Event(
        at=operation.at,
        who=operation.actor + (", through the portal’s own principal" if operation.executed_by else ""),
        what=DONE.get(Kind(operation.kind), operation.kind) if operation.outcome == "success" else _tried(operation),
        detail=summary(operation.diff) if told else "",
        outcome=operation.outcome,
        link=f"/audit/{operation.id}",
        ref=ref,
        rows=operation.diff,
    )


def _tried(operation: Operation) -> str:
    words = DONE.get(Kind(operation.kind), operation.kind)
    return f"Tried: {words[:1].lower()}{words[1:]}"


def of_state(snapshot: Snapshot, before: Snapshot | None, open_: bool) -> Event:
    """A state that no operation shown here led to. `open_`: reached elsewhere, neither adopted nor undone."""
    if before is None:
        told = "What it was before is not on record."
        return Event(snapshot.at, "", "First seen by this portal", told, ref=f"s{snapshot.seq}")
    rows = diff(editable(before.body), editable(snapshot.body))
    return Event(
        at=snapshot.at,
        who=f"adopted by {snapshot.op_id}" if snapshot.source == observe.ADOPTED else "",
        what=WORDS[snapshot.source],
        detail=summary(rows),
        ref=f"s{snapshot.seq}",
        anchor=f"v{snapshot.seq}",
        rows=rows,
        undo=f"s{before.seq}" if open_ else "",
        foreign=snapshot.seq if open_ else None,
    )


def of_queued(row: QueuedChange) -> Event:
    """What became of a queued change; its being applied is an operation too, which tells the rest."""
    return Event(
        at=row.ended_at or row.at,
        who=row.actor,
        what=QUEUED[row.state],
        detail=row.reason,
        link=f"/audit/{row.op_id}" if row.op_id else "",
        quiet=True,
    )


def label(snapshot: Snapshot, made: Operation | None) -> str:
    """A version in a list to choose from: when, which, what and who."""
    at = datetime.fromtimestamp(snapshot.at / 1000, UTC)
    what = DONE.get(Kind(made.kind), made.kind) if made else WORDS[snapshot.source]
    who = made.actor if made else ""
    number = f"version {snapshot.config_version}" if snapshot.config_version else "no version yet"
    return " · ".join(part for part in (f"{at:%-d %b %H:%M:%S} UTC", number, what, who) if part)
