"""POST /api/v1/endpoints/{name}/invocations: passed on, streamed as it comes, never sent twice.

Prompts and answers are kept nowhere: one log line says who asked which endpoint, when, sizes, and how it ended.
The hottest route of the portal: FastAPI documents it and finds it, its dependencies are asked for by hand.
"""

import logging
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.deps import authorized, person, request_id_of
from web.errors import Forbidden, NotFound, PortalError
from web.features.api.relay import MARGIN_S, PLATFORM_CUT_S, Relay, Timing
from web.identity.person import Caller
from web.services import Services
from web.workspace import sight
from web.workspace.invoke import Answer

log = logging.getLogger("portal.invocations")
ASKS_TIMING = "X-Portal-Timing"
PASSED_ON = {
    "requestBody": {
        "required": True,
        "description": "What the endpoint takes; its own OpenAPI document says what.",
        "content": {"application/json": {"schema": {}}},
    },
    "responses": {"200": {"description": "The endpoint's answer, in its own media type", "content": {"*/*": {}}}},
}


@dataclass(frozen=True)
class Note:
    """What is kept of an invocation: who, which endpoint, sizes; never what was said."""

    request_id: str
    actor: str
    endpoint: str
    served_entity: str
    bytes_in: int

    def of(self, status: int) -> Callable[[Timing, str], None]:
        """What a relay calls at its end."""
        return lambda timing, ending: self.write(timing, status, ending)

    def write(self, timing: Timing, status: int, ending: str) -> None:
        """One JSON line."""
        spent = timing.report()
        more = {"status": status, "ended": ending, "bytes_out": spent["bytes"], "ms": spent["total_ms"]}
        log.info({"event": "invocation", **vars(self), **more})


class Relayed(Response):
    """A Response only in name: FastAPI passes it through, the relay does the work."""

    def __init__(self, relay: Relay, ended: Callable[[], None]) -> None:
        super().__init__(status_code=relay.answer.status)
        self.relay, self.ended = relay, ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await self.relay(scope, receive, send)
        finally:
            self.ended()


async def _told(error: PortalError, who: Caller, name: str) -> PortalError:
    """The refusal as this person may hear it: of a hidden endpoint, that there is none."""
    if isinstance(error, Forbidden | NotFound):
        try:
            await run_in_threadpool(sight.endpoint, who.workspace, name)
        except PortalError as absent:
            return absent
    return error


class Straight(APIRoute):
    """A route whose function is called without FastAPI's walk through its dependencies: a third of a first token."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own hook: what answers the request. Person and role are asked for here, as on every route."""

        async def handle(request: Request) -> Response:
            await authorized(request, await person(request))
            entity = request.query_params.get("served_entity")
            answered: Response = await self.endpoint(request.path_params["name"], request, entity)
            return answered

        return handle


router = APIRouter(prefix="/api/v1/endpoints", tags=["invocations"], route_class=Straight)


@router.post("/{name}/invocations", response_class=Response, openapi_extra=PASSED_ON)
async def invoke(name: str, request: Request, served_entity: str | None = None) -> Response:
    """The endpoint's answer, or that of one served entity, with its own status and content type, as it comes.

    With the header `X-Portal-Timing: 1` a stream ends with a comment `: portal {"first_token_ms": …}`.
    """
    who: Caller = request.state.caller
    parts: Services = request.app.state.services
    body = await request.body()
    note = Note(request_id_of(request), who.email, name, served_entity or "", len(body))
    timing = Timing()
    with ExitStack() as held:
        held.enter_context(parts.limits.stream(who.email))
        try:
            answer = await parts.invoker.open(who.workspace, name, body, request.headers, entity=served_entity)
        except PortalError as error:
            note.write(timing, error.status, error.code)
            raise await _told(error, who, name) from error
        return Relayed(_relay(answer, timing, parts.settings.invoke_timeout_s, request, note), held.pop_all().close)


def _relay(answer: Answer, timing: Timing, timeout_s: float, request: Request, note: Note) -> Relay:
    timing.headers = timing.now()
    told = request.headers.get(ASKS_TIMING) == "1"
    limit_s = min(timeout_s, PLATFORM_CUT_S) - MARGIN_S
    return Relay(answer, timing, limit_s=limit_s, told=told, finished=note.of(answer.status))
