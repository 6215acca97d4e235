"""The app's own service principal does one of very few calls for a person whose token does not reach them.

Off unless PORTAL_APP_EXECUTES is on. Without the rules here the portal would be a confused deputy (reference §2.2): the
person must manage the endpoint, which their own token has to show at most `FRESH_S` before each call; only the calls
in ALLOWED are made, on that very endpoint; who carried it out is handed back, to be recorded beside who asked.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from web.errors import Forbidden, PortalError
from web.workspace import serving
from web.workspace.client import Workspace
from web.workspace.scopes import lacks_scope
from web.workspace.transport import Reply

FRESH_S = 5.0
ALLOWED = frozenset({"GET", "PUT"})
"""Of the permissions of one serving endpoint. Nothing else is ever asked for a person."""


class Behalf:
    """One app's readiness to act for people. `principal` is the application id that goes on record."""

    def __init__(
        self, as_app: Callable[[], Workspace], principal: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._as_app = as_app
        self.principal = principal
        self._clock = clock

    def read(self, ws: Workspace, endpoint: Mapping[str, Any]) -> dict[str, Any]:
        """The permissions of an endpoint that the person behind `ws` manages."""
        self._prove(ws, endpoint)
        return serving.permissions(self._as_app(), str(endpoint["id"]))

    def send(self, ws: Workspace, endpoint: Mapping[str, Any], method: str, path: str, body: bytes | None) -> Reply:
        """Send once, as the app. Raises Forbidden when the call is none of ALLOWED or the person does not manage the
        endpoint (nothing was sent then), NotSent and Unanswered as the transport does."""
        if method not in ALLOWED or path != serving.permissions_path(str(endpoint["id"])):
            raise Forbidden("The portal's own principal makes no such call for a person.")
        app = self._as_app()
        app.headers()  # what takes time (a token of the app's own) comes before the proof, not after it
        self._prove(ws, endpoint)
        return app.transport.send(method, path, app.headers, body)

    def _prove(self, ws: Workspace, endpoint: Mapping[str, Any]) -> None:
        """Asked with the person's own token, each time. Raises Forbidden unless it is shown in time."""
        asked = self._clock()
        live = serving.get_endpoint(ws, str(endpoint["name"]))
        if live.get("permission_level") != "CAN_MANAGE" or live.get("id") != endpoint["id"]:
            raise Forbidden(
                "You do not manage this endpoint, so the portal's own principal does nothing on it for you.",
                hint="It needs CAN_MANAGE on the endpoint itself.",
            )
        if self._clock() - asked > FRESH_S:
            raise Forbidden(
                "The workspace took too long to show that you manage this endpoint.",
                hint="Nothing was sent. Try again in a moment.",
            )


def permissions(ws: Workspace, endpoint: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The permissions of an endpoint, and the application id of the app where it had to read them for the person;
    "" where their own token did. Raises the workspace's refusal."""
    try:
        return serving.permissions(ws, str(endpoint["id"])), ""
    except Forbidden as error:
        if ws.behalf is None or not lacks_scope(error):
            raise
        return ws.behalf.read(ws, endpoint), ws.behalf.principal


def takes(ws: Workspace, endpoint: Mapping[str, Any] | None, path: str) -> bool:
    """Whether the app would make a call to this path for the person behind `ws`."""
    if ws.behalf is None or not (endpoint or {}).get("id"):
        return False
    try:
        return path == serving.permissions_path(str((endpoint or {})["id"]))
    except PortalError:
        return False
