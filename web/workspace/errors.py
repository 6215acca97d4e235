"""What the workspace refuses, as a PortalError with a hint from the troubleshooting table."""

import json
import math
import time
from collections.abc import Mapping
from typing import Any

from web.errors import Conflict, Forbidden, NotFound, PortalError, Unauthenticated, Unavailable
from web.workspace.hints import hint_for
from web.workspace.retries import retry_after_s

CLASSES: dict[int, type[PortalError]] = {401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: Conflict}
LONGEST_MESSAGE = 2000


def raise_for(status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Nothing for 2xx; otherwise raises `error_from`."""
    if not 200 <= status < 300:
        raise error_from(status, body, headers)


def error_from(status: int, body: bytes, headers: Mapping[str, str]) -> PortalError:
    """The refusal: `{"error_code", "message", "details"}` of §3.5, OpenAI-style bodies, plain text or nothing."""
    data = _json(body)
    code, message = _code_and_message(data, body, status)
    retry = retry_after_s(headers.get("Retry-After"), time.time())
    kind = CLASSES.get(status, Unavailable if status >= 500 else PortalError)
    hint = hint_for(status, code, message)
    text = hint.text if retry is None else f"{hint.text} The workspace asks to wait {math.ceil(retry)} s."
    return kind(
        message, status=_outward(status), code=code, hint=text, command=hint.command, request_id=_request_id(data)
    )


def _outward(status: int) -> int:
    """3xx and other oddities of the workspace are a bad gateway to our caller; the rest keeps its true status."""
    return status if 400 <= status < 600 else 502


def _json(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _code_and_message(data: dict[str, Any], body: bytes, status: int) -> tuple[str, str]:
    inner = data.get("error")
    source = inner if isinstance(inner, dict) else data
    code = str(source.get("error_code") or source.get("code") or data.get("error_code") or f"HTTP_{status}")
    message = source.get("message") or data.get("message") or (inner if isinstance(inner, str) else "")
    if not message and data.get("finishReason"):
        return str(data["finishReason"]).upper(), "AI Gateway blocked this request: a guardrail was triggered."
    if not message:
        text = body.decode("utf-8", "replace").strip()
        message = (
            text if text and "<" not in text and not data else f"The workspace answered with HTTP status {status}."
        )
    return code, str(message).split(" Config: host=")[0][:LONGEST_MESSAGE]


def _request_id(data: dict[str, Any]) -> str:
    details = data.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("request_id"):
            return str(detail["request_id"])[:64]
    return ""
