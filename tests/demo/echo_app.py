"""A small app behind the proxy: says what reached it, streams on a word, notices when the reader leaves."""

import asyncio
import threading
from typing import Any, Self

from aiohttp import web


class EchoApp:
    """Runs in a thread. `url`; `gone` is set when a reader left in mid-stream; `release` lets the second chunk out."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self._go = asyncio.Event()
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._runner: web.AppRunner

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *reason: object) -> None:
        self.release()
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def release(self) -> None:
        """Lets every stream go on to its second chunk."""
        self._loop.call_soon_threadsafe(self._go.set)

    async def _start(self) -> None:
        application = web.Application()
        application.add_routes(
            [
                web.get("/stream", self._stream),
                web.get("/api/stream", self._stream),
                web.post("/api/upload", self._upload),
                web.get("/moved", self._moved),
                web.route("*", "/{path:.*}", self._echo),
            ]
        )
        self._runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _echo(self, request: web.Request) -> web.Response:
        said: dict[str, Any] = {
            "method": request.method,
            "target": request.raw_path,
            "headers": [[name.lower(), value] for name, value in request.headers.items()],
            "body": (await request.read()).decode(),
        }
        return web.json_response(said)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        try:
            await answer.write(b"data: first\n\n")
            await self._go.wait()
            await answer.write(b"data: second\n\n")
        except (asyncio.CancelledError, ConnectionError):
            self.gone.set()
            raise
        return answer

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Answers each chunk of the body as it arrives."""
        answer = web.StreamResponse()
        await answer.prepare(request)
        async for chunk in request.content.iter_any():
            await answer.write(b"got " + chunk)
        return answer

    async def _moved(self, request: web.Request) -> web.Response:
        reply = web.Response(status=303, headers={"Location": "/elsewhere"})
        reply.set_cookie("portal", "kept")
        return reply
