"""The open port before the portal is there: /healthz answers at once, everything else waits until it is loaded.

Loading takes seconds on a small machine; a platform that looks whether the app lives gets its answer before that.
Whoever comes in and does not say what they want is shown out again.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

log = logging.getLogger("portal")
HEAD_WITHIN_S = 10.0
LONGEST_HEAD = 64 * 1024


class Doorway:
    """ASGI. `load` makes the app, in a thread; `failed` says that it could not, or that its start raised."""

    def __init__(self, load: "Callable[[], FastAPI]") -> None:
        self.load = load
        self.failed = False
        self._app: FastAPI | None = None
        self._settled = asyncio.Event()
        self._closing = asyncio.Event()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """The app's answer; while it loads, only /healthz and /readyz have one."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._app is None:
            if scope["type"] == "http" and scope["path"] in ("/healthz", "/readyz"):
                await _say_loading(scope["path"] == "/healthz", send)
                return
            await self._settled.wait()
        if self._app is None:
            await _answer(503, {"error": {"code": "NOT_STARTED", "message": "The portal could not start."}}, send)
            return
        await self._app(scope, receive, send)

    async def _live(self, receive: "Receive", send: "Send") -> None:
        await receive()
        running = asyncio.create_task(self._run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._closing.set()
        await running
        await send({"type": "lifespan.shutdown.complete"})

    async def _run(self) -> None:
        """Load the app and hold it open until the server closes. Its start and end run in this one task."""
        try:
            app = await asyncio.to_thread(self.load)
            if self._closing.is_set():
                return
            async with app.router.lifespan_context(app):
                self._app = app
                self._settled.set()
                await self._closing.wait()
        except (Exception, SystemExit):
            self.failed = self._app is None
            log.exception("the portal could not start" if self.failed else "the portal did not end cleanly")
        finally:
            self._settled.set()


async def _say_loading(alive: bool, send: "Send") -> None:
    if alive:
        await _answer(200, {"status": "alive", "loading": True}, send)
    else:
        await _answer(503, {"ready": False, "loading": True}, send)


async def _answer(status: int, body: object, send: "Send") -> None:
    text = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    headers += [(b"x-content-type-options", b"nosniff"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


class Patience(HttpToolsProtocol):
    """A connection, with an end to waiting: `head_within_s` from its first byte, or from its beginning, until the head
    of a request is whole, and LONGEST_HEAD bytes. uvicorn by itself takes a head of any length, however slowly."""

    head_within_s = HEAD_WITHIN_S
    _leave: asyncio.TimerHandle | None = None
    _head: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """The first head is awaited."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """What came is not a whole head yet: one is awaited. It is not while an answer is under way."""
        super().data_received(data)
        if self._head is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.send_400_response("The head of the request is too long.")
                return
        if self._leave is None and (self.cycle is None or self.cycle.response_complete):
            self._await_head()

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head = 0

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._head = None
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to wait for."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._leave = self.loop.call_later(self.head_within_s, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._leave is not None:
            self._leave.cancel()
            self._leave = None
