"""GET / and the endpoints list; one endpoint's pages are in `show.py`, what alters it in `acts.py`."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.deps import CallerDep, LedgerDep, SettingsDep, Swift
from web.features.endpoints import fleet
from web.features.endpoints.acts import router as acts
from web.features.endpoints.attention import arrived, attention
from web.features.endpoints.queries import TableView, table, wanted
from web.features.endpoints.show import router as show
from web.html.respond import Shelved, fragment, page
from web.workspace import listing

router = APIRouter()
swift = APIRouter(route_class=Swift)


@router.get("/")
def home() -> Response:
    """The portal starts with the endpoints."""
    return RedirectResponse("/endpoints", status_code=307)


@swift.get("/endpoints")
def index(request: Request) -> Response:
    """The page: what needs attention, filters in the address, one page of rows below."""
    found, want = _found(request), wanted(dict(request.query_params))
    who, engine = request.state.caller, request.app.state.services.ledger.engine
    looked = fleet.last(who.workspace, who.email)
    troubles = None if want.filtered or want.kind or want.page > 1 else attention(found, engine, looked)
    view = table(found, want)
    shelved = _shelved(request, view, troubles.stamp if troubles else "")
    return page(request, "endpoints/index.html", shelved=shelved, table=view, attention=troubles)


@router.get("/attention")
def more(request: Request, who: CallerDep, settings: SettingsDep, ledger: LedgerDep, late: int = -1) -> Response:
    """What needs attention, with what only more calls can tell; `late`: the lines the page has."""
    found = listing.snapshot(who.workspace, settings.list_stale_s)
    before = fleet.last(who.workspace, who.email)
    looked = fleet.look(who.workspace, who.email, found, settings.list_stale_s)
    engine = ledger.engine
    told = attention(found, engine, looked) if late < 0 else arrived(found, engine, before, looked, late)
    return fragment(request, "endpoints/_attention.html", attention=told)


@swift.get("/endpoints/table")
def rows(request: Request) -> Response:
    """The rows alone, for the filters (which move the page's address) and for the live refresh (which does not)."""
    values = dict(request.query_params)
    view = table(_found(request), wanted(values))
    moved = "" if "live" in values else view.own_url
    shelved = _shelved(request, view)
    return fragment(request, "endpoints/_table.html", replace_url=moved, shelved=shelved, table=view)


def _found(request: Request) -> listing.Snapshot:
    return listing.snapshot(request.state.caller.workspace, request.app.state.services.settings.list_stale_s)


def _shelved(request: Request, view: TableView, stamp: str = "") -> Shelved | None:
    """What is drawn of a listing stays as long as the listing, the queue and the words for times do."""
    return None if view.stale_at else (view.tables, (view.stamp, stamp, request.state.shell.queued()))


router.include_router(acts)
router.include_router(show)
