"""Faults a test can order: wrong statuses, delays, cut connections, broken bodies."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from web.emulator.wire import ApiError, invalid, refusal, reply

FaultKind = Literal["status", "delay", "reset", "drop_reply", "garbage", "truncate", "drip"]
TRANSPORT = "emulator.transport"
CODES = {
    400: "BAD_REQUEST", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "RESOURCE_DOES_NOT_EXIST",
    409: "RESOURCE_CONFLICT", 429: "REQUEST_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR", 503: "TEMPORARILY_UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}  # fmt: skip


@dataclass
class Fault:
    """One ordered fault; `times` left None lasts until it is deleted, `after` matching requests pass first. `path`
    is a glob over the whole path; `at`: after how many bytes, head included, a truncated reply ends, `whole`: how many
    it would have had."""

    kind: FaultKind
    path: str = "*"
    method: str | None = None
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    delay_s: float = 0.0
    times: int | None = None
    after: int = 0
    at: int | None = None
    whole: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether it applies to this request."""
        return self.times != 0 and self.method in (None, method) and fnmatchcase(path, self.path)

    def as_json(self) -> dict[str, Any]:
        """The fault in the form it is ordered in."""
        match = {"path": self.path, **({"method": self.method} if self.method else {})}
        return {"match": match, "fault": self.kind, "status": self.status, "delay_s": self.delay_s, "times": self.times}

    def response(self) -> Response:
        """The answer of a `status` fault: the given body, or an error body that fits the status."""
        if self.body is None:
            code = CODES.get(self.status, "INTERNAL_ERROR")
            return refusal(ApiError(self.status, code, f"{code}: ordered by a fault.", headers=self.headers))
        text = isinstance(self.body, str)
        answer = Response(self.body, self.status, media_type="text/plain") if text else reply(self.body, self.status)
        answer.headers.update(self.headers)
        return answer


class Faults:
    """The ordered faults; the first that matches a request applies."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, counted."""
        for fault in self.ordered:
            if fault.matches(method, path):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None


def parse(order: Any) -> Fault:
    """A fault from the JSON of `/_emulator/faults`. Raises 400 for what it does not understand."""
    if not isinstance(order, dict) or order.get("fault") not in get_args(FaultKind):
        raise invalid(f"fault must be one of {', '.join(get_args(FaultKind))}.")
    match = order.get("match") or {}
    kept = {
        key: order[key]
        for key in ("status", "headers", "body", "delay_s", "times", "after", "at")
        if order.get(key) is not None
    }
    method = match.get("method")
    return Fault(order["fault"], match.get("path", "*"), method.upper() if method else None, **kept)


async def cut(request: Request) -> None:
    """Reset the connection, so that the client gets no byte of a reply; returns once it is gone."""
    transport = _transport(request.scope)
    raw = transport.get_extra_info("socket")
    with suppress(OSError, AttributeError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _gone(request)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _transport(scope: Scope) -> asyncio.Transport:
    transport: asyncio.Transport = scope[TRANSPORT]
    return transport


async def truncate(request: Request, response: Response, fault: Fault) -> None:
    """Send the head and half of the body, or `at` bytes of both, then close."""
    body = bytes(getattr(response, "body", b"")) or b'{"endpoints": ['
    fields = f"content-type: application/json\r\ncontent-length: {len(body) + 16}"
    head = f"HTTP/1.1 {response.status_code} OK\r\n{fields}\r\n\r\n"
    transport = _transport(request.scope)
    whole = head.encode() + body
    fault.whole = len(whole)
    transport.write(whole[: len(whole) - len(body) + len(body) // 2 + 1 if fault.at is None else fault.at])
    transport.close()
    await _gone(request)


async def drip(request: Request, response: Response, pause_s: float) -> None:
    """Send the head, then the body byte by byte with a pause before each, for as long as somebody listens."""
    body = bytes(getattr(response, "body", b"")) or b"{}"
    transport = _transport(request.scope)
    head = f"HTTP/1.1 {response.status_code} OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}"
    transport.write(head.encode() + b"\r\n\r\n")
    for place in range(len(body)):
        await asyncio.sleep(pause_s)
        if transport.is_closing():
            break
        transport.write(body[place : place + 1])
    transport.close()
    await _gone(request)


def garbage(status: int) -> Response:
    """A reply that says it is JSON and is not."""
    return Response(b'{"endpoints": [}\x00\xff<html>', status, media_type="application/json")
