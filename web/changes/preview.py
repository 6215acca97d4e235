"""A plan made against the live workspace, its base remembered so that a later conflict can be explained."""

from dataclasses import dataclass, replace
from typing import Any

from web.audit.ledger import Ledger
from web.changes.kinds import Base, Change
from web.changes.merge import Choice
from web.changes.observe import heading_for
from web.changes.parts import part_of
from web.changes.plan import Plan, plan
from web.changes.preflight import gather
from web.changes.quota import quota_warnings
from web.changes.rebase import Rebased, rebase
from web.workspace.client import Workspace


@dataclass(frozen=True)
class Look:
    """A plan, the endpoint it was made against (with `access_control_list` where it was read) and how the change came
    to lie on top of it. `plan.base` is the live base: what a person has seen when they look at this."""

    plan: Plan
    live: dict[str, Any] | None
    rebased: Rebased


def look(
    ledger: Ledger,
    ws: Workspace,
    change: Change,
    base: Base | None = None,
    choices: dict[str, Choice] | None = None,
    ahead: bool = False,
) -> Look:
    """The plan of `change`, brought from `base` onto the live endpoint. Reads only.

    `ahead`: onto what the endpoint will be once the update in progress has ended well.
    """
    live, facts = gather(ws, change)
    facts = replace(facts, warnings=[*facts.warnings, *quota_warnings(ledger, change)])
    live = heading_for(live) if ahead and live else live
    rebased = rebase(ledger, change, base, live, facts.grants, choices)
    made = plan(rebased.change, live, facts)
    if live is not None:
        part = part_of(change.kind, live, facts.grants)
        ledger.remember(change.endpoint, change.kind, made.base.hash, made.base.config_version, part)
        live = {**live, "access_control_list": facts.grants} if facts.grants else live
    return Look(made, live, rebased)
