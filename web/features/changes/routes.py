"""GET /changes/review/{draft}, POST /changes, POST /changes/resolve; the line before an endpoint is in `queue.py`."""

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from web.audit.models import Operation
from web.changes import drafts, queue
from web.changes.kinds import Kind
from web.changes.perform import Result, perform
from web.deps import ActorDep, LedgerDep, RequestIdDep, ServicesDep, WorkspaceDep, counted_change
from web.errors import PortalError, Unavailable
from web.features.changes.forms import DraftField, FormDep, SeenDep, choices_in
from web.features.changes.queries import resolved, review
from web.features.changes.queue import router as line
from web.html.respond import done, invalid, page
from web.html.toasts import Toast

router = APIRouter()


@router.get("/changes/review/{draft_id}")
def show_review(request: Request, draft_id: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """The plan of one's own draft. Reading it again is harmless; a draft that was applied leads to its operation."""
    applied = ledger.find(actor.email, draft_id)
    if applied is not None:
        return done(request, f"/audit/{applied.id}")
    change, base = drafts.load(ledger, actor, draft_id, ws)
    return page(request, "changes/review.html", review=review(ledger, ws, change, base, draft_id))


@router.post("/changes", dependencies=[Depends(counted_change)])
def apply(
    request: Request,
    sent: SeenDep,
    ws: WorkspaceDep,
    parts: ServicesDep,
    actor: ActorDep,
    request_id: RequestIdDep,
) -> Response:
    """Perform the draft, once: the draft's id is the idempotency key."""
    if parts.draining:
        raise Unavailable("The portal is stopping. Nothing was sent.", code="DRAINING", hint="Try again in a minute.")
    if (applied := parts.ledger.find(actor.email, sent.draft)) is not None:
        return _sent(request, Result(applied, replayed=True))
    change, base = drafts.load(parts.ledger, actor, sent.draft, ws)
    try:
        result = perform(
            parts.ledger, ws, actor, change, base, sent.draft, request_id, sent.seen, acknowledged=sent.accepted
        )
    except PortalError as error:
        view = review(parts.ledger, ws, change, base, sent.draft, error, sent.accepted)
        return page(request, "changes/review.html", error.status, review=view)
    queue.applied(parts.ledger, sent.draft, result.operation)
    return _sent(request, result)


@router.post("/changes/resolve")
def resolve(
    request: Request, draft: DraftField, form: FormDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """Decide a conflict field by field: a new draft on top of what is live, to be reviewed like any other."""
    change, base = drafts.load(ledger, actor, draft, ws)
    choices = choices_in(form)
    decided = resolved(ledger, ws, change, base, choices)
    if decided is None:
        view = review(ledger, ws, change, base, draft, choices=choices)
        return invalid(request, "changes/review.html", review=view)
    return done(request, drafts.start(ledger, actor, *decided))


def _sent(request: Request, result: Result) -> Response:
    """To the endpoint when it went well, to the operation when there is something to read, or it was sent before."""
    operation = result.operation
    if result.replayed:
        return done(request, f"/audit/{operation.id}", Toast(ONCE, "info", "Pressing Apply again sent nothing."))
    if operation.outcome == "success" and operation.readback:
        return done(request, f"/audit/{operation.id}", Toast(TOLD[Kind(operation.kind)], "warning", OTHERWISE))
    if operation.outcome == "success" and operation.kind == Kind.PERMISSIONS and operation.after is None:
        return done(request, "/endpoints", Toast(TOLD[Kind.PERMISSIONS], "info", "Perhaps you do not see it any more."))
    if operation.outcome == "success" and operation.kind != Kind.DELETE:
        landing = f"/endpoints/{operation.endpoint}{LANDING.get(Kind(operation.kind), '')}"
        return done(request, landing, Toast(TOLD[Kind(operation.kind)]))
    if operation.outcome == "success":
        return done(request, "/endpoints", Toast(f"{operation.endpoint} was deleted."))
    return done(request, f"/audit/{operation.id}", _trouble(operation))


ONCE = "This change was sent once. Here is what became of it."
OTHERWISE = "The workspace has something else than was asked: see below."


def _trouble(operation: Operation) -> Toast:
    if operation.outcome in ("unknown", "pending"):
        return Toast("Nobody knows yet whether this was applied.", "warning", "The portal asks until it does.")
    if (operation.error or {}).get("partial"):
        return Toast("Only part of this was done.", "warning", "See below what is missing.")
    return Toast("The workspace did not do this.", "danger")


# The page of the endpoint that shows what was changed; others lead to its overview.
LANDING = {
    Kind.GATEWAY: "/gateway",
    Kind.APP_ATTACH: "/integrate",
    Kind.APP_DETACH: "/integrate",
    Kind.TELEMETRY: "/telemetry",
}
TOLD = {
    Kind.CREATE: "The endpoint is being created.",
    Kind.DELETE: "The endpoint was deleted.",
    Kind.STOP: "The endpoint was stopped.",
    Kind.START: "The endpoint is starting.",
    Kind.CONFIG: "The new config is being rolled out.",
    Kind.TRAFFIC: "Traffic is being shifted.",
    Kind.TAGS: "The tags were changed.",
    Kind.GATEWAY: "The AI Gateway settings were changed.",
    Kind.PERMISSIONS: "The permissions were changed.",
    Kind.NOTIFICATIONS: "The notifications were changed.",
    Kind.RESTORE: "The earlier version is being restored.",
    Kind.TELEMETRY: "The telemetry was changed.",
    Kind.APP_ATTACH: "The app has the endpoint. Deploy the app again for a new environment variable.",
    Kind.APP_DETACH: "The app lost the endpoint.",
}


router.include_router(line)
