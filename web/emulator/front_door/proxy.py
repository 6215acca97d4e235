"""Passes one request on to the portal and its answer back, both as they come."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import quote

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from yarl import URL

from web.emulator.front_door.callers import is_api, who
from web.emulator.front_door.headers import back, onward
from web.emulator.front_door.people import Person
from web.emulator.front_door.sessions import Sessions

CUT_AFTER_S = 301.5
"""The real proxy ends every response then, heartbeats or not."""


class Proxy:
    """`portal` and `workspace` are base URLs; `open` belongs to the application's start and end."""

    def __init__(self, portal: str, workspace: str, sessions: Sessions, cut_after_s: float = CUT_AFTER_S) -> None:
        self._portal = portal.rstrip("/")
        self._workspace = workspace.rstrip("/")
        self._sessions = sessions
        self._cut_after_s = cut_after_s
        self._client: ClientSession

    async def open(self, application: web.Application) -> AsyncIterator[None]:
        """Holds the client. A connection for each request: nothing is sent twice because an idle one was closed."""
        async with ClientSession(
            connector=TCPConnector(limit=0, force_close=True),
            timeout=ClientTimeout(total=None, sock_connect=10),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        ) as self._client:
            yield

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The portal's answer; 302 or 401 for nobody, 502 when the portal does not answer, 504 when it takes long."""
        if not request.raw_path.startswith("/"):
            return web.Response(status=400, text="The request target must be a path.")
        caller = await who(request, self._sessions, self._client, self._workspace)
        if caller is None:
            return _not_signed_in(request)
        answer = web.StreamResponse()
        try:
            async with asyncio.timeout(self._cut_after_s):
                return await self._pass_on(request, caller, answer)
        except TimeoutError:
            return _cut(request, answer, web.Response(status=504, text="The app took too long to answer."))
        except ClientError:
            return _cut(request, answer, web.Response(status=502, text="The portal does not answer."))

    async def _pass_on(self, request: web.Request, caller: Person, answer: web.StreamResponse) -> web.StreamResponse:
        async with self._client.request(
            request.method,
            URL(self._portal + request.raw_path, encoded=True),
            headers=onward(request, caller),
            data=request.content if request.can_read_body else None,
            allow_redirects=False,
        ) as upstream:
            return await _relay(request, upstream, answer)


async def _relay(request: web.Request, upstream: ClientResponse, answer: web.StreamResponse) -> web.StreamResponse:
    answer.set_status(upstream.status, upstream.reason)
    answer.headers.extend(back(upstream.headers))
    await answer.prepare(request)
    async for chunk in upstream.content.iter_any():
        await answer.write(chunk)
    await answer.write_eof()
    return answer


def _cut(request: web.Request, answer: web.StreamResponse, instead: web.Response) -> web.StreamResponse:
    """Before the first byte an honest status; afterwards a torn connection, so that nobody takes it for the end."""
    if not answer.prepared:
        return instead
    if request.transport is not None:
        request.transport.abort()
    return answer


def _not_signed_in(request: web.Request) -> web.Response:
    if is_api(request) and "text/html" not in request.headers.get("Accept", ""):
        error = {"code": "UNAUTHENTICATED", "message": "Nobody is signed in.", "hint": "Send a good bearer token."}
        return web.json_response({"error": error}, status=401, headers={"WWW-Authenticate": "Bearer"})
    # A request that is not a plain page load has nowhere to come back to.
    target = request.raw_path if request.method == "GET" and request.headers.get("HX-Request") is None else "/"
    location = "/.auth/sign-in" + (f"?next={quote(target, safe='/')}" if target != "/" else "")
    return web.Response(status=302, headers={"Location": location, "Cache-Control": "no-store"})
