"""Server-sent events: `data: {json}` and a blank line per frame, last `data: [DONE]`; an error frame where it broke."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from starlette.responses import StreamingResponse

from web.emulator.inference.exchange import Exchange
from web.emulator.models.base import InputError, Payload, ServingError

DONE = b"data: [DONE]\n\n"
CLIENT_LEFT = 499


def frame(data: Payload) -> bytes:
    """One event."""
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


async def response(exchange: Exchange, frames: AsyncIterator[Payload], task: str | None) -> StreamingResponse:
    """The streamed answer, once its first frame is there. Raises what the model raises before that."""
    first = await anext(frames)
    body = _body(exchange, first, frames, task)
    return StreamingResponse(body, media_type="text/event-stream", headers=exchange.headers())


async def _body(
    exchange: Exchange, first: Payload, rest: AsyncIterator[Payload], task: str | None
) -> AsyncIterator[bytes]:
    status, error = CLIENT_LEFT, "The client closed the connection."
    try:
        async with aclosing(rest):  # type: ignore[type-var]
            yield _heard(exchange, first)
            async for data in rest:
                yield _heard(exchange, data)
        yield DONE
        status, error = 200, ""
    except InputError as bad:
        status, error = 400, bad.message
        yield frame(error_frame(ServingError(400, bad.error_code, bad.message), task))
        yield DONE
    except ServingError as failure:
        status, error = failure.status, failure.message
        yield frame(error_frame(failure, task))
        yield DONE
    finally:
        exchange.finish(status, error)


def _heard(exchange: Exchange, data: Payload) -> bytes:
    raw = frame(data)
    exchange.heard(data, len(raw) - 8)
    return raw


def error_frame(failure: ServingError, task: str | None) -> Payload:
    """A failure in the middle of a stream: a typed event for Responses, else an `error` object."""
    if task and task.endswith("/responses"):
        return {"type": "error", "code": failure.error_code, "message": failure.message}
    detail: dict[str, Any] = {"code": failure.error_code, "message": failure.message, "type": "server_error"}
    return {"error": detail}
