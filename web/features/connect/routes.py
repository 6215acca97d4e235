"""GET and POST /connect, POST /connect/leave. Local mode only: a page that does not exist inside Databricks Apps."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from web.deps import ServicesDep
from web.errors import NotFound, PortalError
from web.html.respond import done, invalid, page
from web.identity.local_mode import COOKIE, LocalIdentity, config_file, environment_host, loopback_only, profiles
from web.services import Services

router = APIRouter()


def _local(request: Request, parts: Services) -> LocalIdentity:
    if not isinstance(parts.identity, LocalIdentity):
        raise NotFound("There is no such page: inside Databricks Apps the workspace is fixed.")
    loopback_only(request.headers.get("host", ""))
    return parts.identity


@router.get("/connect")
def index(request: Request, parts: ServicesDep) -> Response:
    """Every profile with its host, and how to make one."""
    _local(request, parts)
    return page(request, "connect/index.html", **_context())


@router.post("/connect")
def pick(request: Request, parts: ServicesDep, profile: Annotated[str, Form(max_length=200)]) -> Response:
    """Use this profile in this browser until the portal stops. It must work: the workspace is asked who it is."""
    identity = _local(request, parts)
    try:
        session = identity.pick(profile)
    except PortalError as error:
        return invalid(request, "connect/index.html", **_context(error, profile))
    response = done(request, "/endpoints")
    response.set_cookie(COOKIE, session, httponly=True, samesite="strict")
    return response


@router.post("/connect/leave")
def leave(request: Request, parts: ServicesDep) -> Response:
    """Forget the picked profile."""
    _local(request, parts).forget(request.cookies.get(COOKIE, ""))
    response = done(request, "/connect")
    response.delete_cookie(COOKIE)
    return response


def _context(error: PortalError | None = None, picked: str = "") -> dict[str, Any]:
    return {
        "profiles": profiles(),
        "file": str(config_file()),
        "environment": environment_host(),
        "error": error,
        "picked": picked,
    }
