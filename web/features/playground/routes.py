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
    wanted = queries.pairs(request.query_params.multi_items())
    seats = queries.seats(ws, wanted, settings.prices)
    links = [queries.link([one for at, one in enumerate(wanted) if at != place]) for place in range(len(seats))]
    choices = queries.talkers(ws)
    return page(request, "playground/index.html", seats=seats, choices=choices, removals=links, host=ws.host)


@router.get("/endpoints/{name}/playground")
def show(request: Request, ws: WorkspaceDep, settings: SettingsDep, name: str, served_entity: str = "") -> Response:
    """One endpoint: a chat, a list of texts, or a form, as its task and schema say."""
    seat = queries.seat(ws, name, served_entity, settings.prices)
    shown = {"seat": seat, "seats": [seat], "compare": queries.link([(name, seat.entity)]), "removals": []}
    endpoint = head(request, seat.raw, "playground")
    return page(request, "playground/show.html", 200, name=name, endpoint=endpoint, host=ws.host, **shown)
