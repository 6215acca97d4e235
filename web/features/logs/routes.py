"""GET /endpoints/{name}/logs, the lines added since, the log as a file, and logs kept with an operation."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.audit import queries as history
from web.deps import CallerDep, LedgerDep, MayDep, WorkspaceDep
from web.features.endpoint_tabs import head
from web.features.logs import keeping, queries
from web.html import fragment, page
from web.workspace import sight

router = APIRouter(include_in_schema=False)


@router.get("/endpoints/{name}/logs")
def show(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, source: str = "", log: str = "") -> Response:
    """The page with one log; the one of a failed update is kept with its operation."""
    raw = sight.endpoint(ws, name)
    view = queries.view(ws, raw, source, log)
    kept = keeping.keep(ledger, raw, view)
    return page(request, "logs/show.html", name=name, endpoint=head(request, raw, "logs"), view=view, kept=kept)


@router.get("/endpoints/{name}/logs/more")
def more(
    request: Request, name: str, ws: WorkspaceDep, source: str = "", log: str = "", length: int = 0, mark: str = ""
) -> Response:
    """The lines added since a look, for the page that follows the log."""
    raw = sight.endpoint(ws, name)
    view = queries.more(ws, raw, source, log, length, mark)
    if view.text.error:
        raise view.text.error
    return fragment(request, "logs/_more.html", keep=False, name=name, view=view)


@router.get("/endpoints/{name}/logs/text")
def download(name: str, ws: WorkspaceDep, source: str = "", log: str = "") -> Response:
    """The whole log as a file."""
    raw = sight.endpoint(ws, name)
    view = queries.view(ws, raw, source, log)
    if view.text.error:
        raise view.text.error
    entity = view.source.entity if view.source else "none"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{entity}-{view.which}.log"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return PlainTextResponse(view.text.text + "\n", headers=headers)


@router.get("/audit/{op_id}/logs/standing")
def standing(request: Request, op_id: str, who: CallerDep, ledger: LedgerDep, may: MayDep) -> Response:
    """For the operation's page: whether the update that followed has failed, and its log is kept."""
    operation = history.operation(ledger.engine, op_id, may)
    return fragment(
        request, "logs/_standing.html", operation=operation, standing=keeping.standing(ledger, who, operation)
    )


@router.get("/audit/{op_id}/logs")
def kept(request: Request, op_id: str, who: CallerDep, ledger: LedgerDep, may: MayDep) -> Response:
    """The logs kept when the update of this operation failed."""
    operation = history.operation(ledger.engine, op_id, may)
    view = keeping.kept(ledger, who, operation)
    return page(request, "logs/kept.html", operation=operation, view=view)
