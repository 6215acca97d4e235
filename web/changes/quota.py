"""The workspace's quota of creates and updates, as far as this portal has used it up."""

from sqlmodel import col, func, select

from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.changes.checks import Finding
from web.changes.kinds import Change, Kind
from web.db.engine import reading

CALLS, NEAR, WINDOW_MS = 50, 45, 5 * 60 * 1000
COUNTED = (Kind.CREATE, Kind.CONFIG, Kind.TRAFFIC, Kind.START, Kind.RESTORE)


def quota_warnings(ledger: Ledger, change: Change) -> list[Finding]:
    """What to expect when the quota is nearly used up. Others use it up as well, so this only tells."""
    if change.kind not in COUNTED:
        return []
    sent = spent(ledger)
    if sent < NEAR:
        return []
    text = f"The workspace takes {CALLS} creates and updates in 5 minutes; this portal alone sent {sent}."
    return [Finding("", f"{text} If it answers 429, wait a few minutes and apply again.", "quota")]


def spent(ledger: Ledger) -> int:
    """How many creates and updates this portal sent in the last 5 minutes, by anybody."""
    query = select(func.count()).where(
        col(Operation.at) >= ledger.clock() - WINDOW_MS, col(Operation.kind).in_([str(kind) for kind in COUNTED])
    )
    with reading(ledger.engine) as session:
        return int(session.exec(query).one())
