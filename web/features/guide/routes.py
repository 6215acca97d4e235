"""GET /help/errors, also for people who are not signed in: it may be the sign-in that fails."""

from contextlib import suppress

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import look_up
from web.errors import PortalError
from web.features.guide import queries
from web.html import page

router = APIRouter(include_in_schema=False)


@router.get("/help/errors")
def errors(request: Request, q: str = "", status: int = 0, code: str = "", message: str = "") -> Response:
    """All errors, those with the words of `q`; first the one that somebody came from."""
    with suppress(PortalError):  # only the frame of the page depends on who asks
        look_up(request)
    return page(request, "guide/errors.html", view=queries.view(q[:200], status, code[:80], message[:400]))
