"""The workspace's quota of creates and updates, as far as this portal knows (reference §3.3)."""

from web.audit import queries as history
from web.audit.ledger import Ledger

QUOTA_CALLS, QUOTA_NEAR, QUOTA_MS = 50, 45, 5 * 60 * 1000
QUOTA_KINDS = ("endpoint.create", "config.update", "traffic.update")


def quota_note(ledger: Ledger) -> str:
    """What to expect when the workspace's quota is nearly used up; empty otherwise. Others may use it up as well, so
    this only tells: the workspace decides."""
    sent = spent(ledger)
    if sent < QUOTA_NEAR:
        return ""
    note = f"The workspace takes {QUOTA_CALLS} creates and updates in 5 minutes; this portal alone sent {sent}."
    return note + " If it answers 429, wait a few minutes and apply again."


def spent(ledger: Ledger) -> int:
    """How many creates and updates this portal sent in the last 5 minutes, by anybody."""
    wanted = history.Filter(since=ledger.clock() - QUOTA_MS, limit=200)
    recent = history.page(ledger.engine, wanted, lambda _: True).operations
    return sum(operation.kind in QUOTA_KINDS for operation in recent)
