"""GET /audit, /audit/table, /audit/{id}."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.audit import queries
from web.deps import CallerDep, LedgerDep, MayDep
from web.errors import Invalid
from web.features.audit.queries import detail, table
from web.html.respond import fragment, page

router = APIRouter()


@router.get("/audit")
def index(request: Request, ledger: LedgerDep, may: MayDep) -> Response:
    """The page: filters in the address, the first rows below."""
    values = dict(request.query_params)
    try:
        view = table(ledger.engine, values, may)
    except Invalid as error:
        view = table(ledger.engine, {}, may)
        return page(request, "audit/index.html", 422, table=view, values=values, error=error)
    return page(request, "audit/index.html", table=view, values=values, error=None)


@router.get("/audit/table")
def rows(request: Request, ledger: LedgerDep, may: MayDep) -> Response:
    """The rows alone, for the filters, which move the page's address."""
    view = table(ledger.engine, dict(request.query_params), may)
    return fragment(request, "audit/_table.html", replace_url=view.url, table=view)


@router.get("/audit/{op_id}")
def show(request: Request, op_id: str, ledger: LedgerDep, may: MayDep, caller: CallerDep) -> Response:
    """One operation: settled first if its outcome is not known."""
    view = detail(ledger, caller, queries.operation(ledger.engine, op_id, may), may)
    return page(request, "audit/show.html", view=view)


@router.get("/audit/{op_id}/outcome")
def outcome(request: Request, op_id: str, ledger: LedgerDep, may: MayDep, caller: CallerDep) -> Response:
    """The outcome alone, polled while it is unknown."""
    view = detail(ledger, caller, queries.operation(ledger.engine, op_id, may), may)
    return fragment(request, "audit/_outcome.html", view=view)
