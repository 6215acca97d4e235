"""A plan made against the live workspace, its base remembered so that a later conflict can be explained."""

from typing import Any

from web.audit.ledger import Ledger
from web.changes.kinds import Change
from web.changes.parts import part_of
from web.changes.plan import Plan, plan
from web.changes.preflight import gather
from web.workspace.client import Workspace


def look(ledger: Ledger, ws: Workspace, change: Change) -> tuple[Plan, dict[str, Any] | None]:
    """The plan and the live endpoint (with `access_control_list` where it was read). Reads only."""
    live, facts = gather(ws, change)
    made = plan(change, live, facts)
    if live is not None and made.base.hash:
        part = part_of(change.kind, live, facts.grants)
        ledger.remember(change.endpoint, change.kind, made.base.hash, made.base.config_version, part)
    if live is not None and facts.grants:
        live = {**live, "access_control_list": facts.grants}
    return made, live
