"""perform: the one road to a write. Live state re-read, intent committed, each call sent once, outcome committed."""

import threading
from collections.abc import Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from web.audit import queries
from web.audit.ledger import Intent, Ledger, Outcome, payload_hash
from web.audit.models import Operation
from web.changes import app_state, observe
from web.changes.app_attach import APP_KINDS
from web.changes.checks import Finding, check
from web.changes.diff import fingerprint
from web.changes.grants import direct_grants
from web.changes.kinds import Base, Change, Kind
from web.changes.parts import part_of
from web.changes.plan import Plan, plan
from web.changes.preflight import gather, moved_meanwhile
from web.changes.readback import differences, overtaken
from web.changes.rebase import Rebased, rebase, wanted_part
from web.changes.send import Delivery, deliver
from web.errors import Conflict, Forbidden, Invalid, PortalError
from web.workspace import behalf, listing, serving
from web.workspace.client import Workspace

_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()


@dataclass(frozen=True)
class Actor:
    """Who makes the change: e-mail and the workspace's stable id of the person."""

    email: str
    id: str = ""


@dataclass(frozen=True)
class Result:
    """The operation, and whether it had been made before with the same key."""

    operation: Operation
    replayed: bool
    error: PortalError | None = None


def perform(
    ledger: Ledger,
    ws: Workspace,
    actor: Actor,
    change: Change,
    base: Base | None,
    key: str,
    request_id: str = "",
    seen: str | None = None,
    *,
    acknowledged: Collection[str] = (),
) -> Result:
    """Do it once. Raises Invalid (a rule), Forbidden, NotFound, Conflict, Moved, Unacknowledged; then nothing was sent.

    `seen` is the hash of the live part that a person saw their edit merged with; None merges without showing.
    `acknowledged`: codes of the warnings that this person has accepted.
    """
    asked = payload_hash(change.model_dump(mode="json"), ledger.key)
    with _lock(ws.host, change):
        known = ledger.find(actor.email, key)
        if known is not None:
            if known.payload_hash != asked:
                raise Invalid("This idempotency key was used for a different change.", code="IDEMPOTENCY_KEY_REUSED")
            return Result(known, True)
        _rules(change)
        try:
            live, facts = gather(ws, change)
            made = plan(on_top(ledger, change, base, live, facts.grants, seen), live, facts)
            refuse_blocked(made)
            if open_ := made.unaccepted(acknowledged):
                raise Unacknowledged(open_)
            if moved_meanwhile(ws, change, live, facts.grants):
                raise Meanwhile
        except behalf.Unproven as error:
            _refused(ledger, _attempt(ws, actor, change, key, asked, request_id), error)
            raise
        observe.look(ledger, live or {})
        operation, new = ledger.begin(_intent(made, actor, key, asked, live, facts.grants, ws, request_id))
        if not new:
            return Result(operation, True)
        return _send(ledger, ws, made, operation, live if made.executed_by else None)


def _lock(host: str, change: Change) -> AbstractContextManager[bool]:
    """One change at a time of each endpoint, and of each app."""
    subject = f"app {change.body.get('app')}" if change.kind in APP_KINDS else change.endpoint
    with _locks_guard:
        return _locks.setdefault(f"{host} {subject}", threading.Lock())


def _rules(change: Change) -> None:
    findings = check(change)
    if findings:
        raise Invalid(findings[0].message, field=findings[0].path)


class Moved(Conflict):
    """The endpoint moved under the edit. With clashes a person must choose; without, they have not seen the merge yet.
    Nothing was sent."""

    code = "BASE_MOVED"

    def __init__(self, rebased: Rebased, base: Any, live: Any, mine: Any) -> None:
        super().__init__(
            "The endpoint has changed since you began.",
            hint="Look at what differs, then apply your change on top of it. Nothing was sent.",
        )
        self.rebased = rebased
        self.base, self.live, self.mine = base, live, mine


class Meanwhile(Conflict):
    """Somebody changed the same part while this change was being checked, before anything was sent."""

    code = "BASE_MOVED"

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed the endpoint while this was being checked.",
            hint="Nothing was sent. Look again, then apply your change on top of what is there now.",
        )


class Unacknowledged(Conflict):
    """A warning has to be accepted first. `findings` are those that are not; nothing was sent."""

    code = "ACKNOWLEDGEMENT_REQUIRED"

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            "This has to be accepted before it is applied.",
            hint=f"Nothing was sent. {findings[0].message}",
        )
        self.findings = findings
        self.details = {"details": [finding.as_json() for finding in findings]}


def on_top(
    ledger: Ledger, change: Change, base: Base | None, live: Any, grants: list[dict[str, Any]], seen: str | None
) -> Change:
    """The change on top of the live endpoint. Raises Moved when two edits clash, or when `seen` (the hash of the live
    part a person was shown the merge with; None: merge without showing) is not what is live now."""
    rebased = rebase(ledger, change, base, live, grants)
    if not rebased.moved:
        return change
    now = part_of(change.kind, live, grants)
    if not rebased.clashes and seen in (None, fingerprint(now)):
        return rebased.change
    old = queries.snapshot(ledger.engine, change.endpoint, change.kind, base.hash) if base else None
    mine = wanted_part(change, old.body) if old else change.body
    raise Moved(rebased, old.body if old else None, ledger.redact(now), ledger.redact(mine))


def refuse_blocked(made: Plan) -> None:
    """Raises for a plan with blockers: Forbidden, Conflict for the state of the endpoint, else Invalid."""
    if not made.blockers:
        return
    first = made.blockers[0]
    if "CAN_MANAGE" in first.message:
        raise Forbidden(first.message)
    if not first.path:
        raise Conflict(first.message)
    if made.change.kind is Kind.CREATE and first.path == "name":
        raise Conflict(first.message, code="RESOURCE_ALREADY_EXISTS", field="name")
    raise Invalid(first.message, field=first.path)


def _intent(
    made: Plan,
    actor: Actor,
    key: str,
    asked: str,
    live: dict[str, Any] | None,
    grants: list[dict[str, Any]],
    ws: Workspace,
    request_id: str,
) -> Intent:
    before = {**live, "access_control_list": grants} if live is not None and grants else live
    if live is not None and made.change.kind in APP_KINDS:
        before = app_state.kept(made.change, live)
    return Intent(
        kind=made.change.kind,
        endpoint=made.change.endpoint,
        endpoint_id=str((live or {}).get("id") or ""),
        actor=actor.email,
        actor_id=actor.id,
        idempotency_key=key,
        payload_hash=asked,
        change=made.change.model_dump(mode="json"),
        calls=[{**c.model_dump(), "status": "planned"} for c in made.calls],
        diff=made.diff,
        before=before,
        request_id=request_id,
        host=ws.host,
        executed_by=made.executed_by,
        acknowledged=[w.as_json() for w in made.warnings if w.must_acknowledge],
    )


def _attempt(ws: Workspace, actor: Actor, change: Change, key: str, asked: str, request_id: str) -> Intent:
    """What goes on record of a change that the app would not even look into for this person."""
    return Intent(
        kind=change.kind,
        endpoint=change.endpoint,
        actor=actor.email,
        actor_id=actor.id,
        idempotency_key=key,
        payload_hash=asked,
        change=change.model_dump(mode="json"),
        calls=[],
        diff=[],
        before=None,
        request_id=request_id,
        host=ws.host,
        executed_by=ws.behalf.principal if ws.behalf else "",
    )


def _refused(ledger: Ledger, intent: Intent, error: PortalError) -> None:
    operation, new = ledger.begin(intent)
    if new:
        told = {"code": error.code, "message": error.message, "hint": error.hint, "status": error.status}
        ledger.finish(operation.id, Outcome("refused", [], error=told))


def _send(
    ledger: Ledger, ws: Workspace, made: Plan, operation: Operation, through_app: dict[str, Any] | None
) -> Result:
    """The calls, then what came of them: on record whatever goes wrong in between."""
    try:
        delivery = deliver(ws, made.calls, through_app)
        outcome = _outcome(ledger, ws, made, operation, delivery)
    except Exception:
        ledger.finish_or_hold(operation, Outcome("unknown", operation.calls, error=CUT_SHORT))
        raise
    done = ledger.finish_or_hold(operation, outcome)
    listing.forget(ws)
    return Result(done, False, delivery.refusal)


CUT_SHORT = {
    "code": "CUT_SHORT",
    "message": "The portal failed before the answer was recorded. It asks the workspace what happened.",
    "hint": "",
}


def _outcome(ledger: Ledger, ws: Workspace, made: Plan, operation: Operation, delivery: Delivery) -> Outcome:
    after = _read_back(ws, made.change) if delivery.outcome == "success" else None
    if after is not None and made.change.kind not in APP_KINDS:
        observe.after_change(ledger, after, operation.id)
    return Outcome(
        outcome=delivery.outcome,
        calls=delivery.calls,
        after=after,
        error=delivery.error,
        endpoint_id=str((after or {}).get("id") or _made(made.change, delivery)),
        readback=[
            *differences(ledger, made, after),
            *overtaken(made.change.kind, delivery.calls, operation.before, after),
        ],
    )


def _made(change: Change, delivery: Delivery) -> str:
    """The id of the endpoint that a create made, also when a later call was not done."""
    return str(delivery.replies[0].get("id") or "") if change.kind is Kind.CREATE and delivery.replies else ""


def _read_back(ws: Workspace, change: Change) -> dict[str, Any] | None:
    """The endpoint after the change, as far as it can be read now; what cannot be read is not guessed."""
    if change.kind is Kind.DELETE:
        return None
    try:
        live = serving.get_endpoint(ws, change.endpoint)
        if change.kind in APP_KINDS:
            return app_state.read_back(ws, change, live)
        if live.get("id") and (change.kind is Kind.PERMISSIONS or "permissions" in change.body):
            live = {**live, "access_control_list": direct_grants(behalf.permissions(ws, live)[0])}
        return live
    except PortalError:
        return None
