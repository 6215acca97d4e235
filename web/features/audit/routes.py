"""GET /audit, /audit/table, /audit/verify, /audit/{id}; POST /audit/{id}/grants for what a create left undone."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.audit import queries
from web.changes import drafts, resume
from web.changes.kinds import Kind
from web.deps import ActorDep, CallerDep, LedgerDep, MayDep, WorkspaceDep
from web.errors import Invalid
from web.features.audit.proof import proven
from web.features.audit.queries import detail, table
from web.html.respond import done, fragment, page

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


@router.get("/audit/verify")
def proof(request: Request, ledger: LedgerDep, may: MayDep, now: str = "") -> Response:
    """Whether the history is whole. The page asks for its verdict, which takes a while; `now`: it waits for it."""
    return page(request, "audit/verify.html", proof=proven(ledger, may) if now else None)


@router.get("/audit/verify/verdict")
def verdict(request: Request, ledger: LedgerDep, may: MayDep) -> Response:
    """The verdict alone."""
    return fragment(request, "audit/_verdict.html", proof=proven(ledger, may))


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


@router.post("/audit/{op_id}/grants")
def grants(request: Request, op_id: str, ledger: LedgerDep, may: MayDep, ws: WorkspaceDep, actor: ActorDep) -> Response:
    """The endpoint was created and its permissions were not granted: those, to be reviewed like any change."""
    change, live, have = resume.grant_the_rest(ws, queries.operation(ledger.engine, op_id, may))
    base = drafts.open_base(ledger, Kind.PERMISSIONS, live, have)
    return done(request, drafts.start(ledger, actor, change, base))
