"""The line before an endpoint: join it from Review, see one's queued changes, apply or cancel one."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.changes import carry, drafts, queue
from web.changes.kinds import Kind
from web.changes.perform import Unacknowledged
from web.deps import ActorDep, LedgerDep, RequestIdDep, ServicesDep, WorkspaceDep
from web.errors import Unavailable
from web.features.changes.forms import SeenDep
from web.features.changes.line import applicable, mine, outcome_toast
from web.features.changes.queries import review
from web.html.htmx import HtmxRequest
from web.html.respond import done, fragment, page
from web.html.toasts import Toast

router = APIRouter()


@router.get("/changes/queue")
def index(request: Request, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """The caller's queued changes, each with what can be done about it."""
    return page(request, "changes/queue.html", line=mine(ledger, ws, actor.email))


@router.get("/changes/queue/live")
def live(request: Request, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """The indicator in the header. Once an update has ended, it holds a form that htmx posts by itself."""
    return fragment(request, "changes/_queue.html", line=mine(ledger, ws, actor.email))


@router.post("/changes/queue")
def join(request: Request, sent: SeenDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """Put a reviewed draft in line, for the update in progress to end."""
    change, base = drafts.load(ledger, actor, sent.draft, ws)
    try:
        endpoint_id = applicable(ledger, ws, change, base, sent.seen, sent.accepted)
    except Unacknowledged as error:
        view = review(ledger, ws, change, base, sent.draft, error, sent.accepted)
        return page(request, "changes/review.html", error.status, review=view)
    queue.join(ledger, actor, ws.host, change, endpoint_id, sent.draft, sent.seen, sent.accepted)
    return done(request, f"/changes/review/{sent.draft}", Toast("Queued. Nothing is sent before the update has ended."))


@router.post("/changes/queue/{seq}/apply")
def apply(
    request: Request, seq: int, ws: WorkspaceDep, parts: ServicesDep, actor: ActorDep, request_id: RequestIdDep
) -> Response:
    """Perform one's queued change if the update before it has ended: by itself from the header, or by a button."""
    if parts.draining:
        raise Unavailable("The portal is stopping. Nothing was sent.", code="DRAINING", hint="Try again in a minute.")
    row = carry.carry_out(parts.ledger, ws, actor, seq, request_id)
    toast = outcome_toast(row)
    if HtmxRequest.of(request).partial:
        return fragment(request, "changes/_queue.html", toast=toast, line=mine(parts.ledger, ws, actor.email))
    ended = row.state == queue.APPLIED and row.kind != Kind.DELETE
    return done(request, f"/endpoints/{row.endpoint}" if ended else "/changes/queue", toast)


@router.post("/changes/queue/{seq}/cancel")
def cancel(request: Request, seq: int, ledger: LedgerDep, actor: ActorDep) -> Response:
    """Take one's change out of the line; nothing is sent."""
    row = queue.cancel(ledger, actor.email, seq)
    told = "Cancelled. Nothing was sent." if row.state == queue.CANCELLED else f"It is {row.state} already."
    return done(request, f"/changes/review/{row.draft}", Toast(told, "info"))
