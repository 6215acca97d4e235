"""What the pages show of queued changes."""

from collections.abc import Collection
from dataclasses import dataclass

from web.audit.ledger import Ledger
from web.audit.models import QueuedChange
from web.changes import carry, preview, queue
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Unacknowledged
from web.changes.standing import ROLLING, updating
from web.changes.words import MEANT
from web.errors import Conflict
from web.html.toasts import Toast
from web.workspace.client import Workspace


@dataclass(frozen=True)
class Waiting:
    """One's queued change. `ready`: the update before it has ended; `attention`: only a person can go on."""

    row: QueuedChange
    title: str
    ready: bool
    attention: bool


@dataclass(frozen=True)
class Line:
    """All of one's queued changes."""

    waiting: list[Waiting]

    @property
    def troubled(self) -> int:
        """How many need their owner."""
        return sum(each.attention for each in self.waiting)


def mine(ledger: Ledger, ws: Workspace, actor: str) -> Line:
    """The caller's line; the workspace is asked about each endpoint something waits for."""
    return Line([_waiting(ws, row) for row in queue.open_of(ledger, ws.host, actor)])


def _waiting(ws: Workspace, row: QueuedChange) -> Waiting:
    attention = row.state == queue.ATTENTION
    return Waiting(row, MEANT[Kind(row.kind)], not attention and carry.ready(ws, row), attention)


def applicable(
    ledger: Ledger, ws: Workspace, change: Change, base: Base | None, seen: str, accepted: Collection[str]
) -> str:
    """The id of the endpoint before which this change may wait. Raises Conflict when it need not, or must not, and
    Unacknowledged while a warning is not accepted."""
    look = preview.look(ledger, ws, change, base, ahead=True)
    live = look.live or {}
    if change.kind not in ROLLING or not updating(live):
        raise Conflict("The update has ended.", hint="Nothing was queued: go back to the review and apply your change.")
    if look.rebased.clashes or (look.rebased.moved and seen != look.plan.base.hash):
        raise Conflict(
            "The endpoint has changed since you looked.", hint="Nothing was queued: look at the review again."
        )
    if open_ := look.plan.unaccepted(accepted):
        raise Unacknowledged(open_)
    return str(live.get("id") or "")


def outcome_toast(row: QueuedChange) -> Toast:
    """In words what became of a queued change."""
    if row.state == queue.APPLIED:
        return Toast(f"Your queued change of {row.endpoint} was sent.")
    if row.state == queue.WAITING:
        return Toast(f"Your change of {row.endpoint} still waits for the update in progress.", "info")
    if row.state == queue.ATTENTION:
        return Toast(f"Your queued change of {row.endpoint} needs you: nothing was applied.", "warning", row.reason)
    return Toast(f"Your queued change of {row.endpoint} is {row.state}.", "info")
