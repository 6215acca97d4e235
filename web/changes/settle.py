"""Unknown outcomes are settled by asking the workspace, never by guessing, and nothing is ever sent again."""

import logging
from collections.abc import Callable
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation
from web.changes import observe
from web.changes.app_attach import APP_KINDS
from web.changes.app_state import judged
from web.changes.diff import Row, canonical
from web.changes.fields import current_config, tags_of, writable_config
from web.changes.grants import direct_grants
from web.changes.kinds import Change, Kind
from web.changes.plan import plan
from web.changes.readback import differences, named, overtaken
from web.changes.telemetry import telemetry_shows
from web.errors import NotFound, PortalError
from web.workspace import serving
from web.workspace.client import Workspace

log = logging.getLogger("portal")
# A request whose reply was lost may still be on its way: wait before believing that nothing happened.
GRACE_MS = 10_000
SKEW_MS = 5_000

Finding = tuple[str, str]  # outcome, why
Live = dict[str, Any] | None


def interrupted(ledger: Ledger) -> int:
    """At start: operations that were under way when the process died become unknown. Answers how many."""
    error = {"code": "INTERRUPTED", "message": "The portal stopped before the answer was recorded.", "hint": ""}
    found = 0
    while pending := queries.unsettled(ledger.engine, outcomes=("pending",)):
        for operation in pending:
            ledger.finish(operation.id, Outcome("unknown", operation.calls, error=error))
        found += len(pending)
    return found


def settle(ledger: Ledger, ws: Workspace, *, sees_all: bool, me: str = "", endpoint: str = "", after: int = 0) -> int:
    """Ask about the unknown operations (of one endpoint when named) that are oldest `after` the one of this seq;
    answers how many were settled.

    "Not found" means absent only to a caller who would see any endpoint (`sees_all`), or who made the change: what
    `me` created is visible to me, and what `me` deleted was.
    """
    settled = ledger.catch_up()
    for operation in queries.unsettled(ledger.engine, endpoint, after, ("unknown",)):
        if operation.host == ws.host:
            settled += _asked(ledger, ws, operation, sees_all or operation.actor == me)
    return settled


def _asked(ledger: Ledger, ws: Workspace, operation: Operation, sees_all: bool) -> int:
    """One that cannot be judged at all, such as a change of another version, holds up no other."""
    try:
        return _settle_one(ledger, ws, operation, sees_all)
    except Exception:
        log.exception("operation %s could not be settled", operation.id)
        return 0


def _settle_one(ledger: Ledger, ws: Workspace, operation: Operation, sees_all: bool) -> int:
    try:
        live: Live = serving.get_endpoint(ws, operation.endpoint)
    except NotFound:
        if not sees_all:
            return 0
        live = None
    except PortalError:
        return 0
    try:
        found = _judge(ledger, ws, operation, live)
    except PortalError:
        return 0
    waited = ledger.clock() - operation.at >= GRACE_MS or _answered(operation)
    if found is None or (found[0] == "failed" and not waited):
        return 0
    outcome, why = found
    try:
        calls = [{**c, "status": _step(ledger, ws, operation, c, live, outcome)} for c in operation.calls]
    except PortalError:
        return 0
    error = None if outcome == "success" else _not_applied(why, calls)
    after = None if operation.kind in APP_KINDS else live
    endpoint_id = str((live or {}).get("id") or "")
    if outcome == "success" and after is not None:
        observe.after_change(ledger, after, operation.id)
    rows = _otherwise(ledger, operation, live) if outcome == "success" else []
    try:
        ledger.finish(operation.id, Outcome(outcome, calls, after, error, endpoint_id, rows))
    except PortalError:
        return 0  # asked again when the history can be written
    return 1


def _otherwise(ledger: Ledger, operation: Operation, live: Live) -> list[Row]:
    """Where the workspace has something else than was asked; the change as recorded holds no secrets, nor do we ask."""
    made = plan(Change.model_validate(operation.change), operation.before)
    rows = overtaken(made.change.kind, operation.calls, operation.before, live)
    return [*differences(ledger, made, live), *rows]


def _answered(operation: Operation) -> bool:
    """True when the workspace did answer, with an error: nothing is on its way any more."""
    return any(c.get("http_status") for c in operation.calls if c.get("status") == "unknown")


def _step(ledger: Ledger, ws: Workspace, operation: Operation, call: dict[str, Any], live: Live, outcome: str) -> str:
    """What became of one call: of an operation of several, some may have been done."""
    if call.get("status") not in ("unknown", "planned"):
        return str(call.get("status"))
    kind, body = Kind(operation.kind), call.get("body") or {}
    done = outcome == "success"
    if not done and live is not None and kind is Kind.CREATE:
        done = call is operation.calls[0] and _made_by(operation, live)
    elif not done and live is not None and kind is Kind.RESTORE:
        done = _shows(ledger, ws, _kind_of(kind, call), body, live)
    return "done" if done else "not applied"


def _not_applied(why: str, calls: list[dict[str, Any]]) -> dict[str, Any]:
    error = {"code": "NOT_APPLIED", "message": why, "hint": "Apply it again if wanted."}
    done = sum(c["status"] == "done" for c in calls)
    if not done:
        return error
    return {**error, "code": "PARTLY_APPLIED", "hint": "", "partial": f"{done} of {len(calls)} calls were done."}


def _judge(ledger: Ledger, ws: Workspace, operation: Operation, live: Live) -> Finding | None:
    kind = Kind(operation.kind)
    if kind in APP_KINDS:
        return judged(ws, operation.change)
    if kind is Kind.CREATE:
        return _created(ledger, ws, operation, live)
    if kind is Kind.DELETE:
        if live is None:
            return "success", "The endpoint is gone."
        if operation.endpoint_id and live.get("id") != operation.endpoint_id:
            return "success", "The endpoint was deleted; another one has its name now."
        return "failed", "The endpoint is still there: the delete was not applied."
    if live is None:
        return "failed", "The endpoint is gone; whether this change was applied before cannot be told."
    if _applied(ledger, ws, kind, operation, live):
        return "success", "Applied."
    if len(operation.calls) > 1:
        return "failed", "The live endpoint does not show all of this change."
    return "failed", "The live endpoint does not show this change: it was not applied."


def _created(ledger: Ledger, ws: Workspace, operation: Operation, live: Live) -> Finding | None:
    if live is None:
        return "failed", "No such endpoint exists: the create was not applied."
    if not _made_by(operation, live):
        return "failed", "An endpoint of this name exists, but it was not made by this change."
    if len(operation.calls) > 1:
        wanted = operation.calls[1]["body"]["access_control_list"]
        have = direct_grants(serving.permissions(ws, str(live.get("id"))))
        if any(grant not in have for grant in wanted):
            return "failed", "The endpoint was created; its permissions were not granted."
    return "success", "The endpoint was created."


def _made_by(operation: Operation, live: dict[str, Any]) -> bool:
    """Whether a live endpoint is the one that this operation was to create."""
    mine = live.get("creator") in (operation.actor, operation.actor_id)
    return mine and int(live.get("creation_timestamp") or 0) >= operation.at - SKEW_MS


def _applied(ledger: Ledger, ws: Workspace, kind: Kind, operation: Operation, live: dict[str, Any]) -> bool:
    """Whether every call of the operation shows in the live endpoint."""
    return all(_shows(ledger, ws, _kind_of(kind, call), call.get("body") or {}, live) for call in operation.calls)


def _kind_of(kind: Kind, call: dict[str, Any]) -> Kind:
    if kind is not Kind.RESTORE:
        return kind
    ends = {
        "/config": Kind.CONFIG,
        "/tags": Kind.TAGS,
        "/ai-gateway": Kind.GATEWAY,
        "/notifications": Kind.NOTIFICATIONS,
    }
    return next((k for end, k in ends.items() if str(call["path"]).endswith(end)), Kind.PERMISSIONS)


def _shows(ledger: Ledger, ws: Workspace, kind: Kind, body: dict[str, Any], live: dict[str, Any]) -> bool:
    check: dict[Kind, Callable[[], bool]] = {
        Kind.CONFIG: lambda: _config_is(ledger, body, live),
        Kind.TRAFFIC: lambda: _config_is(ledger, body, live),
        Kind.STOP: lambda: (live.get("state") or {}).get("suspend") == "STOPPED",
        Kind.START: lambda: (live.get("state") or {}).get("suspend") != "STOPPED",
        Kind.TAGS: lambda: _tags_are(body, tags_of(ledger.redact(live))),
        Kind.GATEWAY: lambda: canonical(ledger.redact(live.get("ai_gateway") or {})) == canonical(body),
        Kind.NOTIFICATIONS: lambda: live.get("email_notifications") == body.get("email_notifications"),
        Kind.TELEMETRY: lambda: telemetry_shows(body, live),
        Kind.PERMISSIONS: lambda: _grants_are(ws, body, live),
    }
    return check[kind]()


def _config_is(ledger: Ledger, body: dict[str, Any], live: dict[str, Any]) -> bool:
    """The desired config is what is being rolled out, or what serves. Only what was asked is compared: the workspace
    adds defaults, and keeps write-only fields to itself."""
    wanted = body.get("config") or body
    candidates = [c for c in (live.get("pending_config"), current_config(live)) if c]
    return any(_holds(named(wanted, c), ledger.redact(writable_config(c))) for c in candidates)


def _holds(wanted: dict[str, Any], have: dict[str, Any]) -> bool:
    mine = {e.get("name"): e for e in wanted.get("served_entities") or []}
    theirs = {e.get("name"): e for e in have.get("served_entities") or []}
    if len(mine) != len(theirs):
        return False
    for name, entity in mine.items():
        other = theirs.get(name)
        if other is None or any(other.get(k) != v for k, v in entity.items() if k in other):
            return False
    routes = (wanted.get("traffic_config") or {}).get("routes") or []
    # Under its name the list is compared without regard to its order, which is the workspace's to choose.
    return not routes or bool(canonical({"routes": routes}) == canonical({"routes": have["traffic_config"]["routes"]}))


def _tags_are(body: dict[str, Any], tags: dict[str, str]) -> bool:
    added = all(tags.get(key) == value for key, value in tags_of({"tags": body.get("add_tags")}).items())
    return added and not any(key in tags for key in body.get("delete_tags") or [])


def _grants_are(ws: Workspace, body: dict[str, Any], live: dict[str, Any]) -> bool:
    have = direct_grants(serving.permissions(ws, str(live.get("id"))))
    return bool(canonical({"access_control_list": have}) == canonical(body))
