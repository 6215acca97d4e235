"""HTTP connections of Unity Catalog: a request to a service outside, sent with the connection's own credentials."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from web.emulator.wire import Call, Route, denied, invalid, missing, reply

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
CONNECTIONS = {"crm_api": {"ml-team"}}
"""Connection → the groups that have USE CONNECTION on it; admins have it on all."""


async def external_function(call: Call) -> Response:
    """What the service answers: here it tells what it was asked. `headers`, `json` and `params` are JSON texts."""
    body = await call.json()
    name = str(body.get("connection_name") or "")
    if name not in CONNECTIONS:
        raise missing(f"Connection '{name}' does not exist.")
    if not call.person.is_admin and not CONNECTIONS[name] & set(call.person.groups):
        raise denied(f"User does not have USE CONNECTION on Connection '{name}'.")
    if body.get("method") not in METHODS or not str(body.get("path") or "").startswith("/"):
        raise invalid("method must be an HTTP method, and path must begin with '/'.")
    told = {key: _parsed(body.get(key), key) for key in ("headers", "json", "params")}
    return reply({"service": name, "method": body["method"], "path": body["path"], **told})


def _parsed(value: Any, key: str) -> Any:
    if value is None:
        return None
    try:
        return json.loads(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"{key} must be a string that holds JSON.") from error


ROUTES: list[Route] = [("POST", "/api/2.0/external-function", external_function)]
