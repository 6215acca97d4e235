"""Delivers the calls of a plan, each exactly once and in order, and says of each what came of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from web.audit.redact import secrets_in, without
from web.changes.calls import ID
from web.changes.kinds import Call
from web.errors import PortalError
from web.workspace import behalf
from web.workspace.client import Workspace
from web.workspace.errors import error_from
from web.workspace.transport import NotSent, Unanswered

# The server has seen the request and failed in a way that says nothing about the effect.
NO_ANSWER = frozenset({500, 502, 503, 504})

NO_WORKSPACE = "The answer is not the workspace's: a proxy may stand between. The portal asks until it knows."


@dataclass
class Delivery:
    """`outcome`: success, refused, failed (nothing left this machine) or unknown; `calls` with a `status` each:
    done, refused, failed, unknown or not sent."""

    calls: list[dict[str, Any]]
    outcome: str = "success"
    error: dict[str, Any] | None = None
    refusal: PortalError | None = None
    replies: list[dict[str, Any]] = field(default_factory=list)


def deliver(ws: Workspace, calls: list[Call], through_app: Mapping[str, Any] | None = None) -> Delivery:
    """Stops at the first call that is not answered with success. `through_app`: the endpoint on which the
    app's own principal makes the calls it may for the person; each such call says so in `executed_by`."""
    delivery = Delivery([{**c.model_dump(), "status": "not sent"} for c in calls])
    for place, call in enumerate(calls):
        record = delivery.calls[place]
        path = call.path.replace(ID, str(delivery.replies[0].get("id", "")) if delivery.replies else ID)
        record["path"] = path
        if not _one(ws, call, path, record, delivery, through_app):
            break
        if not delivery.replies[0].get("id") and any(ID in later.path for later in calls[place + 1 :]):
            _end(record, delivery, "unknown", "BAD_ANSWER", NO_WORKSPACE)
            break
    if delivery.outcome != "success" and any(c["status"] == "done" for c in delivery.calls):
        done = sum(c["status"] == "done" for c in delivery.calls)
        delivery.error = {**(delivery.error or {}), "partial": f"{done} of {len(calls)} calls were done before this."}
    return delivery


def _one(
    ws: Workspace,
    call: Call,
    path: str,
    record: dict[str, Any],
    delivery: Delivery,
    through_app: Mapping[str, Any] | None,
) -> bool:
    body = None if call.body is None else json.dumps(call.body, allow_nan=False).encode()
    try:
        if ws.behalf and through_app and behalf.takes(through_app, path):
            record["executed_by"] = ws.behalf.principal
            reply = ws.behalf.send(ws, through_app, call.method, path, body)
        else:
            reply = ws.transport.send(call.method, path, ws.headers, body)
    except PortalError as error:
        return _refused(record, delivery, error)
    except NotSent as error:
        return _end(record, delivery, "failed", "NOT_SENT", f"The workspace could not be reached ({error}).")
    except Unanswered as error:
        message = f"The request was sent, its answer did not arrive ({error}). The portal asks until it knows."
        return _end(record, delivery, "unknown", "NO_ANSWER", message)
    record["http_status"] = reply.status
    if 200 <= reply.status < 300:
        answer = _json(reply.body)
        if answer is None:
            return _end(record, delivery, "unknown", "BAD_ANSWER", NO_WORKSPACE)
        record["status"] = "done"
        delivery.replies.append(answer)
        return True
    refusal = error_from(reply.status, reply.body, reply.headers)
    # The workspace likes to quote what it did not accept, a key that was typed among it.
    for words in ("code", "message", "hint"):
        setattr(refusal, words, without(getattr(refusal, words), secrets_in(call.body)))
    outcome = "unknown" if reply.status in NO_ANSWER else "refused"
    delivery.refusal = refusal if outcome == "refused" else None
    record["status"] = outcome
    delivery.outcome = outcome
    delivery.error = {
        "code": refusal.code,
        "message": refusal.message,
        "hint": refusal.hint,
        "status": reply.status,
        "request_id": refusal.request_id,
    }
    return False


def _refused(record: dict[str, Any], delivery: Delivery, error: PortalError) -> bool:
    """Nothing was sent: the person could not be shown to manage the endpoint right before it."""
    record["status"] = delivery.outcome = "refused"
    delivery.refusal = error
    delivery.error = {"code": error.code, "message": error.message, "hint": error.hint, "status": error.status}
    return False


def _end(record: dict[str, Any], delivery: Delivery, outcome: str, code: str, message: str) -> bool:
    record["status"] = delivery.outcome = outcome
    delivery.error = {"code": code, "message": message, "hint": ""}
    return False


def _json(body: bytes) -> dict[str, Any] | None:
    """The answer; None for what is no JSON: nothing says then that the workspace has seen the request."""
    try:
        data = json.loads(body) if body.strip() else {}
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else {}
