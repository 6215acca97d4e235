"""Stand-ins for `python -m tests.benchmarks.upstream model|splice|passthrough PORT UPSTREAM`.

model: a workspace whose every endpoint streams tokens, each with the time it was sent; all else is asked of UPSTREAM.
splice: bytes passed on, the least that Python can do. passthrough: the same with aiohttp's server and client.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import aiohttp
from aiohttp import web

TOKENS = 100
GAP_S = 0.05
SESSION = web.AppKey("session", aiohttp.ClientSession)
UPSTREAM = web.AppKey("upstream", str)
SPEAKING: set[int] = set()


async def speak(request: web.Request) -> web.StreamResponse:
    """TOKENS frames of a chat completion, GAP_S apart."""
    await request.read()
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await answer.prepare(request)
    frame = '{"choices":[{"index":0,"delta":{"content":"~%d~ word"}}],"object":"chat.completion.chunk"}'
    SPEAKING.add(id(request))
    with suppress(ConnectionResetError):  # whoever waits for a first token only has left
        for _ in range(TOKENS):
            await answer.write(f"data: {frame % time.monotonic_ns()}\n\n".encode())
            await asyncio.sleep(GAP_S)
        await answer.write(b"data: [DONE]\n\n")
    SPEAKING.discard(id(request))
    return answer


async def speaking(_: web.Request) -> web.Response:
    """How many answers are under way."""
    return web.Response(text=str(len(SPEAKING)))


async def pass_on(request: web.Request) -> web.StreamResponse:
    """The same request to the upstream, its answer chunk by chunk."""
    headers = {k: v for k, v in request.headers.items() if k.lower() not in ("host", "content-length")}
    where = request.app[UPSTREAM] + request.path_qs
    body = await request.read()
    async with request.app[SESSION].request(request.method, where, data=body or None, headers=headers) as reply:
        answer = web.StreamResponse(
            status=reply.status, headers={"Content-Type": reply.headers.get("Content-Type", "")}
        )
        await answer.prepare(request)
        with suppress(ConnectionResetError):
            async for chunk in reply.content.iter_any():
                await answer.write(chunk)
    return answer


async def _session(app: web.Application) -> AsyncIterator[None]:
    connector = aiohttp.TCPConnector(limit=0)
    app[SESSION] = aiohttp.ClientSession(connector=connector, auto_decompress=False)
    yield
    await app[SESSION].close()


async def up(_: web.Request) -> web.Response:
    """It runs."""
    return web.Response(text="up")


class Pipe(asyncio.Protocol):
    """One direction of a spliced connection."""

    def __init__(self, upstream: tuple[str, int] | None, other: asyncio.Transport | None = None) -> None:
        self.upstream, self.other = upstream, other
        self.early: list[bytes] = []
        self.own: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect the other side."""
        self.own = cast(asyncio.Transport, transport)  # uvloop's is one in all but its base class
        if self.upstream:
            self.dial = asyncio.ensure_future(self._connect(*self.upstream))

    async def _connect(self, host: str, port: int) -> None:
        with suppress(OSError):
            made, _ = await asyncio.get_running_loop().create_connection(lambda: Pipe(None, self.own), host, port)
            self.other = made
            for data in self.early:
                made.write(data)

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        if self.other is None:
            self.early.append(data)
        else:
            self.other.write(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hang up the other side too."""
        if self.other:
            self.other.close()


async def _splice(port: int, upstream: str) -> None:
    host, _, at = upstream.removeprefix("http://").partition(":")
    server = await asyncio.get_running_loop().create_server(lambda: Pipe((host, int(at))), "127.0.0.1", port)
    await server.serve_forever()


def main(role: str, port: int, upstream: str) -> None:
    """Serve until ended."""
    if role == "splice":
        import uvloop

        uvloop.run(_splice(port, upstream))
    app = web.Application()
    app[UPSTREAM] = upstream
    app.cleanup_ctx.append(_session)
    app.router.add_get("/up", up)
    if role == "model":
        app.router.add_get("/speaking", speaking)
        app.router.add_post("/serving-endpoints/{name}/invocations", speak)
    app.router.add_route("*", "/{rest:.*}", pass_on)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
