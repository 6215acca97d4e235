"""GET / and the endpoints list; one endpoint's pages are in `show.py`, what alters it in `acts.py`."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import CallerDep, LedgerDep, SettingsDep, WorkspaceDep
from web.features.endpoints import fleet
from web.features.endpoints.acts import router as acts
from web.features.endpoints.attention import arrived, attention
from web.features.endpoints.queries import table, wanted
from web.features.endpoints.show import router as show
from web.html.respond import fragment, page
from web.workspace import listing

router = APIRouter()


@router.get("/")
def home() -> Response:
    """The portal starts with the endpoints."""
    return RedirectResponse("/endpoints", status_code=307)


@router.get("/endpoints")
def index(request: Request, who: CallerDep, settings: SettingsDep, ledger: LedgerDep) -> Response:
    """The page: what needs attention, filters in the address, one page of rows below."""
    found, want = listing.snapshot(who.workspace, settings.list_stale_s), wanted(dict(request.query_params))
    looked = fleet.last(who.workspace, who.email)
    troubles = None if want.filtered or want.kind or want.page > 1 else attention(found, ledger.engine, looked)
    return page(request, "endpoints/index.html", table=table(found, want), attention=troubles)


@router.get("/attention")
def more(request: Request, who: CallerDep, settings: SettingsDep, ledger: LedgerDep, late: int = -1) -> Response:
    """What needs attention, with what only more calls can tell; `late`: the lines the page has."""
    found = listing.snapshot(who.workspace, settings.list_stale_s)
    before = fleet.last(who.workspace, who.email)
    looked = fleet.look(who.workspace, who.email, found, settings.list_stale_s)
    engine = ledger.engine
    told = attention(found, engine, looked) if late < 0 else arrived(found, engine, before, looked, late)
    return fragment(request, "endpoints/_attention.html", attention=told)


@router.get("/endpoints/table")
def rows(request: Request, ws: WorkspaceDep, settings: SettingsDep) -> Response:
    """The rows alone, for the filters (which move the page's address) and for the live refresh (which does not)."""
    values = dict(request.query_params)
    view = table(listing.snapshot(ws, settings.list_stale_s), wanted(values))
    moved = "" if "live" in values else view.own_url
    return fragment(request, "endpoints/_table.html", replace_url=moved, table=view)


router.include_router(acts)
router.include_router(show)
