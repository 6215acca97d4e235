"""One request to an ASGI app without a server, and apps that say what became of it."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Answer(NamedTuple):
    """What was sent back; `status` 0 when nothing was."""

    status: int
    headers: dict[str, str]
    body: bytes
    scope: Scope


async def ask(
    app: ASGIApp,
    path: str = "/endpoints",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: Sequence[bytes] = (b"",),
    **more: Any,
) -> Answer:
    """One request to an ASGI app; the body comes in these parts and then no more."""
    scope: Scope = {
        "type": "http", "method": method, "path": path, "query_string": b"", "scheme": "http", "app": FastAPI(),
        "server": ("portal", 80), "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()], **more,
    }  # fmt: skip
    parts, sent = list(body), []

    async def receive() -> Message:
        loop = asyncio.get_running_loop()
        loop.call_soon((arrives := loop.create_future()).set_result, None)
        await arrives  # as from a wire: not at once
        if not parts:
            return {"type": "http.disconnect"}
        part = parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(parts)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    starts = [message for message in sent if message["type"] == "http.response.start"]
    assert len(starts) <= 1
    told = {k.decode().lower(): v.decode() for start in starts for k, v in start["headers"]}
    return Answer(
        starts[0]["status"] if starts else 0, told, b"".join(m.get("body", b"") for m in sent), {**scope, "sends": send}
    )


def answers(status: int = 200, **headers: str) -> ASGIApp:
    """An app that reads all there is and answers how many bytes that were."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        read, more = 0, True
        while more:
            message = await receive()
            read, more = read + len(message.get("body", b"")), message.get("more_body", False)
        said = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": said})
        await send({"type": "http.response.body", "body": str(read).encode()})

    return app


async def reached(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that says that it was asked."""
    raise ConnectionError("the app was asked")
