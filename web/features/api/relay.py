"""An answer passed on byte by byte as it comes, as raw ASGI: it hangs up when the client does, and ends in time.

A stream that breaks, that would run into the platform's cut at about 300 s, or that is still running when the portal
stops, ends with a data frame that says so.
"""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from starlette.types import Receive, Scope, Send

from web.errors import PortalError
from web.workspace.invoke import Answer

PLATFORM_CUT_S = 300.0
MARGIN_S = 5.0
SPOKEN = frozenset({"arguments", "content", "delta", "name", "text"})
GUARD = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""What a model answers is never a page of the portal, whatever content type it claims."""


@dataclass
class Timing:
    """When things happened, in seconds of `time.perf_counter`; None while they have not. `sent` counts bytes."""

    began: float = field(default_factory=time.perf_counter)
    headers: float | None = None
    first_byte: float | None = None
    first_token: float | None = None
    sent: int = 0
    rest: bytes = b""

    def chunk(self, data: bytes, *, look: bool) -> None:
        """Take note of a chunk; `look`: search the first frames for the first one that says something."""
        now = time.perf_counter()
        self.first_byte = self.first_byte or now
        self.sent += len(data)
        if look and self.first_token is None:
            *lines, self.rest = (self.rest + data).split(b"\n")
            if any(speaks(line) for line in lines):
                self.first_token, self.rest = now, b""

    def now(self) -> float:
        """The clock all marks are read from."""
        return time.perf_counter()

    def report(self) -> dict[str, float | int | None]:
        """Milliseconds since the request was ready to be sent."""
        now = time.perf_counter()
        marks = {"headers_ms": self.headers, "first_byte_ms": self.first_byte, "first_token_ms": self.first_token}
        return {name: self._ms(at) for name, at in marks.items()} | {"total_ms": self._ms(now), "bytes": self.sent}

    def _ms(self, at: float | None) -> float | None:
        return None if at is None else round((at - self.began) * 1000, 1)


def speaks(line: bytes) -> bool:
    """Whether a line of a stream is a data frame with a piece of an answer in it: text, reasoning or a tool call."""
    if not line.startswith(b"data:"):
        return False
    with contextlib.suppress(ValueError, RecursionError):
        return _speaks(json.loads(line[5:]), "")
    return False


def _speaks(value: Any, key: str) -> bool:
    if isinstance(value, dict):
        return any(_speaks(inner, name) for name, inner in value.items())
    if isinstance(value, list):
        return any(_speaks(inner, key) for inner in value)
    return isinstance(value, str) and bool(value) and key in SPOKEN


class Relay:
    """The response. `limit_s` counts from `timing.began`; `told`: end a stream with a comment of its timing.

    `finished(timing, ending)` is called once; ending: "whole", "left" (by the client), "broken", "time limit" or
    "stopped" (by the end of this process).
    """

    running: "ClassVar[set[Relay]]" = set()

    def __init__(
        self, answer: Answer, timing: Timing, *, limit_s: float, told: bool, finished: Callable[[Timing, str], None]
    ) -> None:
        self.answer, self.timing, self.limit_s, self.finished = answer, timing, limit_s, finished
        self.streams = answer.content_type == "text/event-stream"
        self.told = told and self.streams
        self.ending = "whole"
        self._until: asyncio.Timeout | None = None

    @classmethod
    def stop_all(cls) -> None:
        """Streams end now, in words. Called in the loop that they run in."""
        for relay in cls.running:
            if relay.streams and relay._until is not None and relay.ending == "whole":
                relay.ending = "stopped"
                relay._until.reschedule(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. Returns without completing the response when an answer that is no stream broke off."""
        # Of the layers around the app only the head of an answer is of interest: its body goes straight to the server.
        body = scope.get("state", {}).get("send", send)
        self.running.add(self)
        pump, leaves = asyncio.create_task(self._pump(send, body)), asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({pump, leaves}, return_when=asyncio.FIRST_COMPLETED)
            self.ending = self.ending if pump.done() else "left"
        finally:
            self.running.discard(self)
            self.answer.close()
            for task in (pump, leaves):
                task.cancel()
            await asyncio.gather(pump, leaves, return_exceptions=True)
            self.finished(self.timing, self.ending)

    async def _pump(self, send: Send, send_body: Send) -> None:
        head = {**self.answer.headers, **GUARD, "Server-Timing": self._server_timing()}
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in head.items()]
        await send({"type": "http.response.start", "status": self.answer.status, "headers": headers})
        last = await self._pass_on(send_body)
        if last is None and not self.streams:
            return
        await send_body({"type": "http.response.body", "body": last or b"", "more_body": False})

    def _server_timing(self) -> str:
        return f"headers;dur={self.timing.report()['headers_ms']}"

    async def _pass_on(self, send: Send) -> bytes | None:
        """Everything that comes; the last bytes to send, None when the answer broke off."""
        remaining = self.limit_s - (time.perf_counter() - self.timing.began)
        try:
            async with asyncio.timeout(max(remaining, 0) if self.streams else None) as self._until:
                while data := await self.answer.take():
                    self.timing.chunk(data, look=self.told)
                    await send({"type": "http.response.body", "body": data, "more_body": True})
                self._until = None
        except TimeoutError:
            if self.ending == "stopped":
                return self._failure("PORTAL_STOPPING", "The portal is restarted. Ask again in a minute.")
            self.ending = "time limit"
            return self._failure("STREAM_TIME_LIMIT", f"The portal ends a stream after {self.limit_s:.0f} s.")
        except PortalError as error:
            self.ending = "broken"
            return self._failure(error.code, error.message) if self.streams else None
        return self._comment()

    def _failure(self, code: str, message: str) -> bytes:
        frame = json.dumps({"error": {"code": code, "message": message}})
        return f"\n\ndata: {frame}\n\n".encode() + self._comment()

    def _comment(self) -> bytes:
        return f": portal {json.dumps(self.timing.report())}\n\n".encode() if self.told else b""


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
