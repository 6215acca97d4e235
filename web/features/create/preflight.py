"""Everything that can be known before anything is sent: rules, the name, versions, eligibility, secrets."""

import re
from collections.abc import Iterator
from typing import Any

from web.changes import preflight
from web.changes.checks import Finding
from web.changes.forms import rules
from web.changes.kinds import Change
from web.changes.plan import plan
from web.workspace.client import Workspace

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
UNIT_ENDPOINTS_LACK = ("description", "route_optimized")


def findings(ws: Workspace, change: Change) -> list[Finding]:
    """What forbids the change. Reads only."""
    live, facts = preflight.gather(ws, change)
    found = [*plan(change, live, facts).blockers, *_own_rules(change.body), *rules.secrets(ws, change.body)]
    return list(dict.fromkeys(found))


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
