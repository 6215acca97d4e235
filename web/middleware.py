"""Around every request: an id, the same-origin check, a limit on bodies, each person's turn, one log line."""

import asyncio
import hashlib
import logging
import time
import uuid

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.config import Settings
from web.errors import Forbidden, PortalError
from web.html.respond import error_page
from web.identity.app_mode import TOKEN
from web.identity.origin import refusal
from web.limits import DRAINING, TooMany
from web.telemetry import Seen, Telemetry
from web.turns import Turns
from web.workspace.resting import RESTS

log = logging.getLogger("portal.requests")
PLAIN = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""What every answer says unless it says otherwise: it is what its type says, nobody keeps it, it loads nothing."""
BODY_LIMIT = 256 * 1024
BODY_WITHIN_S = 60.0
STOPPED = "The portal was restarted before the workspace answered."
RECORD = "If a change was under way, its record says what became of it. Reload the page in a moment."
INVOCATION_LIMIT = 16 * 1024 * 1024
QUIET = ("/static/", "/healthz", "/readyz")


def install(app: FastAPI, settings: Settings) -> None:
    """Put the layers around the app; the last one added is the outermost."""
    if settings.app_mode:
        app.add_middleware(Fair, turns=Turns())
    app.add_middleware(BodyLimit)
    app.add_middleware(SameOrigin, public_origin=settings.public_origin)
    app.add_middleware(RequestLog, telemetry=app.state.telemetry)


class RequestLog:
    """Gives the request an id, answers it back as X-Request-Id, completes the headers of the answer and writes one JSON
    line. Never a token or a body."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self.app = app
        self.telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"], state["send"] = request_id, send
        began, status = time.monotonic(), 0

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in PLAIN.items() if status != 304 else ():  # what is kept keeps what it said
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except asyncio.CancelledError:
            if not DRAINING.is_set():
                raise
            if not status:
                await _refuse(Stopped(STOPPED, hint=RECORD), scope, receive, watch)
        finally:
            if not scope["path"].startswith(QUIET):
                self._write(scope, request_id, status or 500, began)

    def _write(self, scope: Scope, request_id: str, status: int, began: float) -> None:
        who = scope["state"].get("caller")
        pattern = getattr(scope.get("route"), "path", "")
        seconds = time.monotonic() - began
        self.telemetry.note(Seen(scope["method"], pattern or "unknown", status, seconds))
        line = {
            "request_id": request_id,
            "method": scope["method"],
            "route": pattern or scope["path"][:200],
            "status": status,
            "ms": round(seconds * 1000, 1),
            "actor": getattr(who, "email", ""),
        }
        log.info(line)


class SameOrigin:
    """Refuses unsafe requests from other sites before any handler sees them."""

    def __init__(self, app: ASGIApp, public_origin: str) -> None:
        self.app = app
        self.public_origin = public_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            why = refusal(scope["method"], scope["path"], Headers(scope=scope), self.public_origin)
            if why:
                error = Forbidden(why, code="CROSS_ORIGIN", hint="Open the portal itself and try again there.")
                await _refuse(error, scope, receive, send)
                return
        await self.app(scope, receive, send)


class Fair:
    """Each person's requests take turns. Invocations begin in their turn and then compute next to nothing; how many of
    them there may be is a limit of their own."""

    def __init__(self, app: ASGIApp, turns: Turns) -> None:
        self.app = app
        self.turns = turns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        token = Headers(scope=scope).get(TOKEN, "") if scope["type"] == "http" else ""
        if not token or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        person = hashlib.sha256(token.encode()).hexdigest()
        if scope["path"].endswith("/invocations"):
            await self.turns.pass_by(person)
            await self.app(scope, receive, send)
            return
        try:
            await self.turns.enter(person)
        except TooMany as error:
            await _refuse(error, scope, receive, send)
            return
        RESTS.set(lambda: self.turns.rest(person))
        try:
            await self.app(scope, receive, send)
        finally:
            self.turns.leave(person)


class TooLarge(PortalError):
    """The body is larger than this route takes."""

    status, code = 413, "REQUEST_TOO_LARGE"


class Stopped(PortalError):
    """The process ended while the request was waiting."""

    status, code = 503, "PORTAL_STOPPING"


class TooSlow(PortalError):
    """The body did not arrive in time."""

    status, code = 408, "REQUEST_TIMEOUT"


class BodyLimit:
    """Counts the bytes of a body as they come, whatever Content-Length says, and waits `within_s` for all of it."""

    def __init__(self, app: ASGIApp, within_s: float = BODY_WITHIN_S) -> None:
        self.app = app
        self.within_s = within_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        limit = INVOCATION_LIMIT if scope["path"].endswith("/invocations") else BODY_LIMIT
        seen, complete = 0, False
        deadline = asyncio.get_running_loop().time() + self.within_s

        async def counted() -> Message:
            nonlocal seen, complete
            try:
                async with asyncio.timeout_at(None if complete else deadline):
                    message = await receive()
            except TimeoutError:
                raise TooSlow(f"The request did not arrive within {self.within_s:g} s.") from None
            complete = complete or not message.get("more_body", False)
            seen += len(message.get("body", b""))
            if seen > limit:
                raise TooLarge(f"The request is larger than {limit // 1024} KiB.")
            return message

        length = Headers(scope=scope).get("content-length", "")
        if length.isdigit() and int(length) > limit:
            await _refuse(TooLarge(f"The request is larger than {limit // 1024} KiB."), scope, receive, send)
            return
        await self.app(scope, counted, send)


async def _refuse(error: PortalError, scope: Scope, receive: Receive, send: Send) -> None:
    from starlette.responses import JSONResponse, Response

    if scope["path"].startswith("/api/"):
        answer: Response = JSONResponse(error.as_json(), error.status)
    else:
        answer = error_page(Request(scope), error)
    if error.status == 429:
        answer.headers["Retry-After"] = "2"
    await answer(scope, receive, send)
