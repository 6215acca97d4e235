"""GET /usage, its rows while a SQL warehouse works on them, and POST /usage/cancel."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from web.deps import SettingsDep, WorkspaceDep
from web.features.usage import queries
from web.html.respond import done, fragment, page
from web.workspace import sql

router = APIRouter(include_in_schema=False)


@router.get("/usage")
def show(request: Request, ws: WorkspaceDep, settings: SettingsDep, statement: str = "", since_ms: int = 0) -> Response:
    """Requests, errors, tokens and estimates by endpoint, entity, person or day, once the warehouse has answered."""
    view = queries.usage(ws, settings, queries.wanted(request.query_params), statement, since_ms)
    return page(request, "usage/index.html", view=view, days=queries.DAYS)


@router.get("/usage/rows")
def rows(request: Request, ws: WorkspaceDep, settings: SettingsDep, statement: str = "", since_ms: int = 0) -> Response:
    """What came of a question that was sent; asks again by itself while it is under way."""
    view = queries.usage(ws, settings, queries.wanted(request.query_params), statement, since_ms)
    return fragment(request, "usage/_rows.html", view=view)


@router.post("/usage/cancel")
def cancel(request: Request, ws: WorkspaceDep, statement: Annotated[str, Form(max_length=100)]) -> Response:
    """Cancel one's own question: by the button, or because its page was left."""
    sql.cancel(ws, statement)
    return done(request, f"/usage?statement={statement}" if statement.replace("-", "").isalnum() else "/usage")
