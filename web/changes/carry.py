"""Carries out a queued change once the update before it has ended, with the rights of whoever queued it.

What a person has not seen is not applied: a failed update, a merge or a conflict takes the change out of the line.
"""

from web.audit.ledger import Ledger
from web.audit.models import QueuedChange
from web.changes import drafts, queue
from web.changes.perform import Actor, Moved, perform
from web.errors import Conflict, PortalError
from web.workspace import sight
from web.workspace.client import Workspace

PASSING = (429, 502, 503, 504)
ENDED_BADLY = {"UPDATE_FAILED": "failed", "UPDATE_CANCELED": "was canceled"}


def ready(ws: Workspace, queued: QueuedChange) -> bool:
    """Whether the update before it has ended, well or not. False while the workspace does not answer."""
    try:
        live = sight.endpoint(ws, queued.endpoint)
    except PortalError as error:
        return error.status not in PASSING
    return (live.get("state") or {}).get("config_update") != "IN_PROGRESS"


def carry_out(ledger: Ledger, ws: Workspace, actor: Actor, seq: int, request_id: str = "") -> QueuedChange:
    """Apply one's queued change if it may be applied now; answers what became of it. Sent once, however often asked."""
    queued = queue.own(ledger, actor.email, seq)
    if queued.state != queue.WAITING:
        return queued
    try:
        why = _not_yet(ws, queued)
        if why is None:
            return queued
        if why:
            return _ask(ledger, queued, why)
        change, base = drafts.load(ledger, actor, queued.draft, ws)
        accepted = queued.acknowledged
        result = perform(ledger, ws, actor, change, base, queued.draft, request_id, queued.seen, acknowledged=accepted)
    except Moved as moved:
        what = "in the same place" if moved.rebased.clashes else "in other places"
        return _ask(ledger, queued, f"The endpoint was changed {what} while yours waited: look at it first.")
    except PortalError as error:
        if error.status in PASSING or (isinstance(error, Conflict) and "in progress" in error.message):
            return queued
        return _ask(ledger, queued, error.message)
    return queue.applied(ledger, queued.draft, result.operation) or queue.own(ledger, actor.email, seq)


def _not_yet(ws: Workspace, queued: QueuedChange) -> str | None:
    """None: keep waiting; a text: why a person must look first; '': go on."""
    live = sight.endpoint(ws, queued.endpoint)
    update = str((live.get("state") or {}).get("config_update") or "")
    if update == "IN_PROGRESS":
        return None
    if queued.endpoint_id and str(live.get("id") or "") != queued.endpoint_id:
        return "Another endpoint has this name now."
    if update in ENDED_BADLY:
        return f"The update it waited for {ENDED_BADLY[update]}."
    return ""


def _ask(ledger: Ledger, queued: QueuedChange, why: str) -> QueuedChange:
    return queue.end(ledger, queued.draft, queue.ATTENTION, why) or queue.own(ledger, queued.actor, queued.seq or 0)
