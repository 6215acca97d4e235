"""Requests to services outside the workspace through a Unity Catalog HTTP connection (reference §1.1, http_request)."""

import json
from dataclasses import dataclass
from typing import Any

from web.errors import Unavailable
from web.workspace.client import Workspace
from web.workspace.errors import raise_for
from web.workspace.transport import NotSent, Unanswered

PATH = "/api/2.0/external-function"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Answer:
    """What the service said, as text."""

    status: int
    content_type: str
    text: str


def http_request(
    ws: Workspace,
    connection: str,
    method: str,
    path: str,
    *,
    headers: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
    body: Any = None,
) -> Answer:
    """Ask once, with the connection's credentials. Raises the workspace's refusal, Unavailable when none came."""
    asked: dict[str, Any] = {"connection_name": connection, "method": method, "path": path}
    for name, value in (("headers", headers), ("params", params), ("json", body)):
        if value is not None:
            asked[name] = json.dumps(value)
    try:
        reply = ws.transport.send("POST", PATH, ws.headers, json.dumps(asked).encode())
    except NotSent as error:
        raise Unavailable("The workspace could not be reached. Nothing was sent.") from error
    except Unanswered as error:
        raise Unavailable("No answer came. The service may have received the request.") from error
    raise_for(reply.status, reply.body, reply.headers)
    kind = str(reply.headers.get("Content-Type") or "text/plain")
    return Answer(reply.status, kind, reply.body.decode("utf-8", "replace"))
