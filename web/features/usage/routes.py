"""GET /usage."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import SettingsDep, WorkspaceDep
from web.features.usage import queries
from web.html.respond import page

router = APIRouter(include_in_schema=False)


@router.get("/usage")
def show(request: Request, ws: WorkspaceDep, settings: SettingsDep) -> Response:
    """Requests, errors, tokens and estimates by endpoint, entity, person or day."""
    view = queries.usage(ws, settings, queries.wanted(request.query_params))
    return page(request, "usage/index.html", view=view, days=queries.DAYS)
