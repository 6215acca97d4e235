"""Everything that can be known before anything is sent: rules, the name, versions, eligibility, secrets, the quota."""

import re
from collections.abc import Iterator
from typing import Any

from web.audit import queries as history
from web.audit.ledger import Ledger
from web.changes import preflight
from web.changes.checks import Finding
from web.changes.forms import rules
from web.changes.kinds import Change
from web.changes.plan import plan
from web.workspace.client import Workspace

QUOTA_CALLS, QUOTA_NEAR, QUOTA_MS = 50, 45, 5 * 60 * 1000
QUOTA_KINDS = ("endpoint.create", "config.update", "traffic.update")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UNIT_ENDPOINTS_LACK = ("description", "route_optimized")


def findings(ws: Workspace, change: Change) -> list[Finding]:
    """What forbids the change. Reads only."""
    live, facts = preflight.gather(ws, change)
    found = [*plan(change, live, facts).blockers, *_own_rules(change.body), *rules.secrets(ws, change.body)]
    return list(dict.fromkeys(found))


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


def _own_rules(body: dict[str, Any]) -> Iterator[Finding]:
    entities = [e for e in (body.get("config") or {}).get("served_entities") or [] if isinstance(e, dict)]
    if any(entity.get("provisioned_model_units") is not None for entity in entities):
        for field in UNIT_ENDPOINTS_LACK:
            if body.get(field):
                yield Finding(field, "The API for model units does not take this. Leave it out.")
    for side in ("on_update_success", "on_update_failure"):
        for address in (body.get("email_notifications") or {}).get(side) or []:
            if not EMAIL.fullmatch(str(address)):
                yield Finding(f"email_notifications.{side}", f"'{address}' is not an e-mail address.")
    fallback = (body.get("ai_gateway") or {}).get("fallback_config") or {}
    if fallback.get("enabled") and len(entities) < 2:
        yield Finding("ai_gateway.fallback_config", "A fallback needs at least two served entities.")
