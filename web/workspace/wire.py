"""POST over HTTP/1.1, the answer as it comes: connections kept for a moment, nothing sent twice, no redirect.

Our own, because the client is what a stream costs: a general one took twice the CPU for each token.
"""

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlsplit

import httptools
from requests.structures import CaseInsensitiveDict

CONNECT_TIMEOUT_S = 5.0
KEPT_S = 10.0
MOST_HEAD = 64 * 1024
MOST_HELD = 256 * 1024
"""Bytes that wait for a slow reader before the sender is told to wait."""


class Unreachable(Exception):
    """No connection: nothing was sent."""


class Lost(Exception):
    """The connection ended, or spoke nonsense, before the answer was whole."""


class Reply:
    """An answer on its way: `status` and `headers` once it has begun, then its bytes."""

    def __init__(self, link: "_Link", deadline: float) -> None:
        loop = asyncio.get_running_loop()
        self.status = 0
        self.headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        self._link = link
        self._parts: list[bytes] = []
        self._held = 0
        self._whole = False
        self._error: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._unpack: Any = None
        self._timer = loop.call_at(deadline, self.fail, TimeoutError())

    @property
    def content_type(self) -> str:
        """The media type without its parameters, lower case."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()

    async def begun(self) -> None:
        """Wait for the status and the headers."""
        while not self.status:
            if self._error:
                raise self._error
            await self._wait()

    async def take(self) -> bytes:
        """What has come since the last time, waited for; empty at the end. Raises Lost, TimeoutError."""
        while not self._parts:
            if self._error:
                raise self._error
            if self._whole:
                return b""
            await self._wait()
        data = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        self._parts.clear()
        if self._held > MOST_HELD:
            self._link.resume()
        self._held = 0
        return data

    def close(self) -> None:
        """Hang up, unless the answer is whole: then the connection has already gone back."""
        self._timer.cancel()
        if not self._whole:
            self._link.hang_up()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def wake(self) -> None:
        """Something has come."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def fail(self, error: Exception) -> None:
        """It will not become whole."""
        if not self._whole and self._error is None:
            self._error = error
            self._timer.cancel()
            self._link.hang_up()
            self.wake()

    def begin(self, status: int, headers: "CaseInsensitiveDict[str]") -> None:
        """Its head is there."""
        self.status, self.headers = status, headers
        packed = headers.get("Content-Encoding", "identity").lower()
        if packed in ("gzip", "x-gzip", "deflate"):
            self._unpack = zlib.decompressobj(32 + zlib.MAX_WBITS)
        elif packed != "identity":
            self.fail(Lost(f"packed as {packed[:40]}, which was not asked for"))

    def add(self, data: bytes) -> None:
        """More of its body."""
        if self._unpack is not None:
            data = self._unpack.decompress(data)
        if data:
            self._parts.append(data)
            self._held += len(data)
            if self._held > MOST_HELD:
                self._link.pause()

    def end(self) -> None:
        """That was all of it."""
        self._whole = True
        self._timer.cancel()


class _Link(asyncio.Protocol):
    """One connection, and the answer that is awaited on it."""

    def __init__(self, idle: "list[_Link]") -> None:
        self._idle = idle
        self._reply: Reply | None = None
        self._transport: asyncio.Transport | None = None
        self._leave: asyncio.TimerHandle | None = None

    @property
    def usable(self) -> bool:
        """Whether a request can be sent on it."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, request: bytes, deadline: float) -> Reply:
        """Send the request; its answer."""
        assert self._transport is not None  # noqa: S101 - `usable` was asked
        if self._leave is not None:
            self._leave.cancel()
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[str, str]] = []
        self._head = 0
        self._reply = Reply(self, deadline)
        self._transport.write(request)
        return self._reply

    def pause(self) -> None:
        """No more for now."""
        if self.usable:
            cast(asyncio.Transport, self._transport).pause_reading()

    def resume(self) -> None:
        """More, please."""
        if self.usable:
            cast(asyncio.Transport, self._transport).resume_reading()

    def hang_up(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its base class

    def data_received(self, data: bytes) -> None:
        """Part of an answer; when none is awaited, the connection is of no use any more."""
        reply = self._reply
        if reply is None:
            self.hang_up()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, zlib.error):
            reply.fail(Lost("the answer is not HTTP"))
        if not reply.status:
            self._head += len(data)
            if self._head > MOST_HEAD:
                reply.fail(Lost("the answer's head has no end"))
        reply.wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Without a length the end of the connection is the end of the answer."""
        if self in self._idle:
            self._idle.remove(self)
        reply, self._reply = self._reply, None
        if reply is None:
            return
        measured = "Content-Length" in reply.headers or "Transfer-Encoding" in reply.headers
        if exc is None and reply.status and not measured:
            reply.end()
        else:
            reply.fail(Lost("the connection was closed"))
        reply.wake()

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser's: a header."""
        self._headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The parser's: all headers. An interim answer (1xx) is not the answer."""
        status = self._parser.get_status_code()
        found, self._headers = self._headers, []
        if status < 200 or self._reply is None:
            return
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        for name, value in found:
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self._reply.begin(status, headers)

    def on_body(self, data: bytes) -> None:
        """The parser's: a piece of the body."""
        if self._reply is not None:
            self._reply.add(data)

    def on_message_complete(self) -> None:
        """The parser's: the answer is whole, and the connection free again."""
        reply = self._reply
        if reply is None or not reply.status:
            return
        self._reply = None
        reply.end()
        if self._parser.should_keep_alive() and self.usable:
            self.resume()
            self._idle.append(self)
            transport = cast(asyncio.Transport, self._transport)
            self._leave = asyncio.get_running_loop().call_later(KEPT_S, transport.close)
        else:
            self.hang_up()


class Wire:
    """The connections of one event loop. `timeout_s`: longest an answer may take, from the request to its last byte."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[str, list[_Link]] = {}
        self._trusted: ssl.SSLContext | None = None

    async def post(self, host: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """POST once to `https://name[:port]`; the answer once it has begun. Raises Unreachable, Lost, TimeoutError."""
        deadline = asyncio.get_running_loop().time() + self._timeout_s
        reply = (await self._link(host)).ask(_request(urlsplit(host).netloc, path, body, headers), deadline)
        try:
            await reply.begun()
        except BaseException:
            reply.close()
            raise
        return reply

    async def _link(self, host: str) -> _Link:
        idle = self._idle.setdefault(host, [])
        while idle:
            link = idle.pop()
            if link.usable:
                return link
        where = urlsplit(host)
        secure = where.scheme == "https"
        if secure and self._trusted is None:
            self._trusted = await asyncio.to_thread(ssl.create_default_context)
        port = where.port or (443 if secure else 80)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, made = await asyncio.get_running_loop().create_connection(
                    lambda: _Link(idle), where.hostname or "", port, ssl=self._trusted if secure else None
                )
        except OSError as error:  # a TimeoutError and a certificate that is no good are OSErrors too
            raise Unreachable(type(error).__name__) from error
        return made

    async def close(self) -> None:
        """End the connections that nobody uses."""
        for link in [link for links in self._idle.values() for link in links]:
            link.hang_up()


def _request(authority: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"Host: {authority.rpartition('@')[2]}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any("\r" in line or "\n" in line or "\0" in line for line in lines):
        raise Lost("a header holds a line break")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body
