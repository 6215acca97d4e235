"""GET and POST /http-request, POST /api/v1/http-request: asked once, kept nowhere but for one log line."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends
from starlette.requests import Request
from starlette.responses import Response

from web.deps import CallerDep
from web.errors import PortalError
from web.features.connections import forms
from web.features.connections.forms import Asked
from web.html.respond import page
from web.identity.person import Caller
from web.workspace import connections
from web.workspace.connections import METHODS, Answer

router = APIRouter()
log = logging.getLogger("portal.connections")


async def _asked(request: Request) -> Asked:
    form = await request.form()
    return forms.read({name: value for name, value in form.multi_items() if isinstance(value, str)})


AskedDep = Annotated[Asked, Depends(_asked)]


def _ask(who: Caller, asked: Asked) -> Answer:
    note = {"event": "http_request", "actor": who.email, "connection": asked.connection, "method": asked.method}
    log.info(note)
    return connections.http_request(
        who.workspace,
        asked.connection,
        asked.method,
        asked.path,
        headers=asked.headers,
        params=asked.params,
        body=asked.body,
    )


def _show(request: Request, asked: Asked, status: int = 200, **more: Any) -> Response:
    shown = {"asked": asked, "methods": METHODS, "answer": None, "trouble": None, **more}
    return page(request, "connections/show.html", status, **shown)


@router.get("/http-request", include_in_schema=False)
def show(request: Request, connection: str = "") -> Response:
    """The empty form."""
    return _show(request, Asked(connection=connection[:255]))


@router.post("/http-request", include_in_schema=False)
def send(request: Request, who: CallerDep, asked: AskedDep) -> Response:
    """The same form with the answer, or with what is wrong."""
    if asked.errors:
        return _show(request, asked, 422)
    try:
        return _show(request, asked, answer=_ask(who, asked))
    except PortalError as error:
        return _show(request, asked, error.status, trouble=error)


@router.post("/api/v1/http-request", tags=["connections"])
def send_json(who: CallerDep, data: Annotated[Any, Body()]) -> Response:
    """`{"connection_name", "method", "path", "headers", "params", "json"}` → the service's answer, as text."""
    answer = _ask(who, forms.from_json(data))
    guard = {"Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(answer.text, media_type="text/plain", headers={**guard, "Cache-Control": "no-store"})
