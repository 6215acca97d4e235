"""What handlers speak: a Call in, a Response out, ApiError for everything that is refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from web.emulator.people import Person
    from web.emulator.world import World


class ApiError(Exception):
    """A refusal: HTTP `status`, the API's `error_code` and a message a person reads; `extra` joins the body."""

    def __init__(self, status: int, error_code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error_code = error_code
        self.message = message
        self.extra = extra


@dataclass
class Call:
    """One API request: who asks (`person`), the path's parameters, the query (first value of each key)."""

    world: World
    request: Request
    person: Person
    params: dict[str, str]
    query: Mapping[str, str]

    async def json(self) -> dict[str, Any]:
        """The body as a JSON object, `{}` when empty. Raises the 400 of a body that is not one."""
        raw = await self.request.body()
        if not raw.strip():
            return {}
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise ApiError(400, "MALFORMED_REQUEST", "Could not parse request object: invalid JSON.") from error
        if not isinstance(body, dict):
            raise ApiError(400, "MALFORMED_REQUEST", "Could not parse request object: expected a JSON object.")
        return body


Handler = Callable[[Call], Awaitable[Response]]
Route = tuple[str, str, Handler]


def reply(data: Any, status: int = 200) -> Response:
    """A JSON answer. NaN becomes null; a model that must answer NaN builds its own Response."""
    return Response(msgspec.json.encode(data), status, media_type="application/json")


def refusal(error: ApiError, request_id: str | None = None) -> Response:
    """The error body of reference §3.5, with the request id in its details."""
    info = {
        "@type": "type.googleapis.com/google.rpc.RequestInfo",
        "request_id": request_id or str(uuid4()),
        "serving_data": "",
    }
    headers = error.extra.get("headers")
    extra = {key: value for key, value in error.extra.items() if key != "headers"}
    body = {"error_code": error.error_code, "message": error.message, "details": [info], **extra}
    answer = reply(body, error.status)
    answer.headers.update(headers or {})
    return answer


def invalid(message: str) -> ApiError:
    """400 INVALID_PARAMETER_VALUE."""
    return ApiError(400, "INVALID_PARAMETER_VALUE", message)


def missing(message: str) -> ApiError:
    """404 RESOURCE_DOES_NOT_EXIST."""
    return ApiError(404, "RESOURCE_DOES_NOT_EXIST", message)


def denied(message: str) -> ApiError:
    """403 PERMISSION_DENIED."""
    return ApiError(403, "PERMISSION_DENIED", message)
