"""JSON shapes of the contract."""

from typing import Any

from web.audit.ledger import Ledger
from web.changes.fields import tags_of
from web.changes.plan import Plan
from web.changes.spell import as_code
from web.workspace.serving import kind_of


def endpoint_json(raw: dict[str, Any]) -> dict[str, Any]:
    """One row of GET /api/v1/endpoints."""
    config = raw.get("config") or raw.get("pending_config") or {}
    return {
        "name": raw.get("name"),
        "kind": kind_of(raw),
        "task": raw.get("task"),
        "state": raw.get("state") or {},
        "creator": raw.get("creator"),
        "tags": tags_of(raw),
        "served_entities": config.get("served_entities") or [],
    }


def plan_json(plan: Plan, ledger: Ledger, live: dict[str, Any] | None, host: str) -> dict[str, Any]:
    """The answer of POST /api/v1/changes/plan, without secrets."""
    calls = [{"method": c.method, "path": c.path, "body": c.body} for c in plan.calls]
    return {
        "calls": ledger.redact(calls),
        "diff": ledger.redact(plan.diff),
        "blast_radius": plan.blast_radius,
        "warnings": [w.as_json() for w in plan.warnings],
        "blockers": [b.as_json() for b in plan.blockers],
        "base": plan.base.model_dump(),
        "executed_by": plan.executed_by,
        "effects": [effect.as_json() for effect in plan.effects],
        "as_code": as_code(plan.change, plan.calls, host=host, live=live),
    }
