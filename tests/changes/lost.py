"""Changes whose answer was lost, and the endpoint they are about, for tests of how they are settled."""

from typing import Any

from tests.audit.history import Clock, begin
from tests.changes.wire import ACL, API, ID, Wire
from web.audit import queries
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation

BOB = "bob@example.com"
NAME = "churn"
MANAGE = {"user_name": BOB, "permission_level": "CAN_MANAGE"}
USERS = {"group_name": "users", "permission_level": "CAN_QUERY"}
GRACE_MS = 10_000


def entity(**more: Any) -> dict[str, Any]:
    return {"name": "a", "entity_name": "main.ml.churn", "entity_version": "1", "workload_size": "Small", **more}


def routes(**shares: int) -> dict[str, Any]:
    return {"routes": [{"served_entity_name": name, "traffic_percentage": share} for name, share in shares.items()]}


def config(*entities: dict[str, Any], **shares: int) -> dict[str, Any]:
    return {"served_entities": list(entities or [entity()]), "traffic_config": routes(**(shares or {"a": 100}))}


def live(**more: Any) -> dict[str, Any]:
    """The endpoint as GET shows it."""
    state = {"ready": "READY", "config_update": "NOT_UPDATING"}
    facts = {"name": NAME, "id": ID, "creator": BOB, "creation_timestamp": 1, "state": state}
    return {**facts, "config": {**config(), "config_version": 3}, **more}


def call(place: str, body: Any = None, method: str = "PUT", **more: Any) -> dict[str, Any]:
    path = f"{ACL}/{ID}" if place == "acl" else f"{API}/{NAME}{place}"
    return {"method": method, "path": path, "body": body, "status": "unknown", **more}


def lost(ledger: Ledger, wire: Wire, kind: str, body: dict[str, Any], *calls: dict[str, Any], **more: Any) -> str:
    """A change whose outcome nobody knows, long enough ago; its id."""
    change = {"kind": kind, "endpoint": NAME, "body": body}
    facts = {"kind": kind, "endpoint": NAME, "endpoint_id": ID, "host": wire.url, "change": change, "before": live()}
    op_id = begin(ledger, f"{kind}{len(queries.unsettled(ledger.engine))}", **{**facts, "calls": list(calls), **more})
    ledger.finish(op_id, Outcome("unknown", list(calls)))
    later(ledger, GRACE_MS)
    return op_id


def later(ledger: Ledger, passed_ms: int) -> None:
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now += passed_ms


def told(ledger: Ledger, op_id: str) -> Operation:
    return queries.operation(ledger.engine, op_id, lambda _: True)


def code(operation: Operation) -> str:
    return str((operation.error or {}).get("code") or "")


def tags(**values: str) -> dict[str, Any]:
    return {"tags": [{"key": key, "value": value} for key, value in values.items()]}


ADD, DROP = {"add_tags": [{"key": "team", "value": "ml"}]}, {"add_tags": [], "delete_tags": ["old"]}
MAIL = {"email_notifications": {"on_update_failure": [BOB]}}
TELEMETRY = {
    "telemetry_config": {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "telemetry_profile_id": "1"}
}
