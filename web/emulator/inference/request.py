"""Reading the body of an invocation: its size, its content type, JSON or CSV."""

from __future__ import annotations

import json

from starlette.responses import PlainTextResponse, Response

from web.emulator.models import frames
from web.emulator.models.base import InputError, Model, Payload
from web.emulator.serving.endpoint import Endpoint
from web.emulator.wire import ApiError, Call

CUSTOM_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 4 * 1024 * 1024
_ACCEPTED = ("application/json", "text/csv")


class UnsupportedType(Exception):
    """The content type is none that the scoring server reads; `response` is its 415 in plain text."""

    def __init__(self, given: str) -> None:
        super().__init__(given)
        text = f"This predictor only supports the following content types: Types: {list(_ACCEPTED)}. Got '{given}'."
        self.response: Response = PlainTextResponse(text, 415)


def most_bytes(endpoint: Endpoint, model: Model) -> int:
    """The payload limit: 16 MB for custom models; 4 MB for agents, foundation and external models."""
    agent = (model.task or "").startswith("agent/")
    return SMALL_BYTES if agent or endpoint.kind != "custom" else CUSTOM_BYTES


async def read(call: Call, endpoint: Endpoint, model: Model) -> Payload:
    """The payload. Raises ApiError 413, UnsupportedType (415) or InputError (400)."""
    most = most_bytes(endpoint, model)
    declared = call.request.headers.get("content-length", "")
    raw = b"" if declared.isdigit() and int(declared) > most else await call.request.body()
    if (not raw and declared.isdigit() and int(declared) > most) or len(raw) > most:
        status = call.world.switches.payload_too_large_status
        raise ApiError(
            status, "BAD_REQUEST", f"Payload size exceeds the maximum of {most // 1024 // 1024} MB for this endpoint."
        )
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _ACCEPTED:
        raise UnsupportedType(kind)
    if kind == "text/csv":
        return frames.from_csv(_text(raw), model.signature.columns if model.signature else ())
    return parse(raw)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise InputError("Failed to parse input. The body is not UTF-8 text.") from error


def parse(raw: bytes) -> Payload:
    """A JSON object. Raises InputError as MLflow's scoring server words it."""
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise InputError(
            f"Invalid input. Ensure that input is a valid JSON formatted string. Error: '{error!r}'"
        ) from error
    if not isinstance(body, dict):
        raise InputError(
            "The input must be a JSON dictionary with exactly one of the input fields. Received another JSON type."
        )
    return body
