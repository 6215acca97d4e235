"""GET /endpoints/{name} and the parts of it that refresh themselves."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.changes import failed_logs, observe
from web.deps import CallerDep, LedgerDep, MayDep, WorkspaceDep
from web.features.endpoint_tabs import head
from web.features.endpoints.detail import detail, entities, keep_logs, run_as, settle_unknown
from web.features.endpoints.failure import failure
from web.html.respond import fragment, page
from web.workspace import sight

router = APIRouter()


@router.get("/endpoints/{name}/overview")
@router.get("/endpoints/{name}")
def show(request: Request, name: str, caller: CallerDep, ledger: LedgerDep, may: MayDep) -> Response:
    """The page. Changes whose outcome nobody knows are asked about first."""
    settle_unknown(ledger, caller, name)
    raw = observe.see(ledger, lambda: sight.endpoint(caller.workspace, name))
    top = head(request, raw, "overview", live_here=True)
    return page(request, "endpoints/show.html", endpoint=top, view=detail(ledger, caller, may, raw, top.kind))


@router.get("/endpoints/{name}/status")
def status(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep) -> Response:
    """The two state facts alone, polled on every page of an endpoint while an update runs."""
    raw = sight.watched(ws, name)
    failed_logs.keep(ledger, ws, raw)
    return fragment(request, "endpoints/_status.html", endpoint=head(request, raw, ""))


@router.get("/endpoints/{name}/entities")
def live(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep) -> Response:
    """What serves and what is tried, and with it the state in the head of the page."""
    raw = sight.watched(ws, name)
    failed_logs.keep(ledger, ws, raw)
    top = head(request, raw, "overview", live_here=True)
    view = entities(raw, top.kind, ws)
    return fragment(request, "endpoints/live.oob.html", endpoint=top, entities=view, oob=True)


@router.get("/endpoints/{name}/failure")
def why(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep) -> Response:
    """Why the last update failed, with the end of the build log, which is kept with the change that led to it."""
    raw = sight.endpoint(ws, name)
    top = head(request, raw, "")
    departed = run_as(ws, str(raw.get("creator") or "")).departed
    found = failure(ws, raw, top.kind, departed=departed)
    kept = keep_logs(ledger, raw, found)
    return fragment(request, "endpoints/_failure.html", keep=False, endpoint=top, failure=found, kept=kept)


@router.get("/endpoints/{name}/run-as")
def identity(request: Request, name: str, ws: WorkspaceDep) -> Response:
    """Whether the creator, as whom the endpoint runs for good, is still there."""
    raw = sight.endpoint(ws, name)
    return fragment(request, "endpoints/_run_as.html", run_as=run_as(ws, str(raw.get("creator") or "")))
