"""GET pages only: questions go from the browser to /api/v1/endpoints/{name}/invocations."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import SettingsDep, WorkspaceDep
from web.features.endpoint_tabs import head
from web.features.playground import queries
from web.html import page

router = APIRouter(include_in_schema=False)


@router.get("/playground")
def index(request: Request, ws: WorkspaceDep, settings: SettingsDep) -> Response:
    """Up to six columns side by side; without any, a choice of endpoints."""
    board = queries.board(ws, queries.pairs(request.query_params.multi_items()), settings.prices)
    return page(request, "playground/index.html", board=board, choices=queries.talkers(ws))


@router.get("/endpoints/{name}/playground")
def show(request: Request, ws: WorkspaceDep, settings: SettingsDep, name: str, served_entity: str = "") -> Response:
    """One endpoint: a chat, a list of texts, or a form, as its task and schema say."""
    seat = queries.seat(ws, name, served_entity, settings.prices)
    endpoint = head(request, seat.raw, "playground")
    board = queries.Board((seat,), ws.host)
    return page(request, "playground/show.html", name=name, endpoint=endpoint, seat=seat, board=board)
