"""The app's own service principal does one of very few calls for a person whose token does not reach them.

Off unless PORTAL_APP_EXECUTES is on. Without the rules here the portal would be a confused deputy (reference §2.2): the
person must manage the endpoint, which their own token has to show at most `FRESH_S` before each call; an app they want
to attach it to must name them, or a group of theirs, as its manager; only the calls of `_needs` are made; who carried
it out is handed back, to be recorded beside who asked.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from web.errors import Forbidden, NotFound, PortalError
from web.workspace import apps, iam, serving
from web.workspace.client import Workspace
from web.workspace.scopes import lacks_scope
from web.workspace.transport import Reply

FRESH_S = 5.0
MANAGE = "CAN_MANAGE"
APP_UPDATE = re.compile(rf"{apps.APPS}/([a-z][a-z0-9-]+)/update")


class Unproven(Forbidden):
    """The person asked for something the app may only do for those who manage the endpoint. Nothing was sent."""


class Behalf:
    """One app's readiness to act for people. `principal` is the application id that goes on record."""

    def __init__(
        self, as_app: Callable[[], Workspace], principal: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._as_app = as_app
        self.principal = principal
        self._clock = clock

    def permissions(self, ws: Workspace, endpoint: Mapping[str, Any]) -> dict[str, Any]:
        """The permissions of an endpoint that the person behind `ws` manages."""
        self._prove(ws, endpoint)
        return serving.permissions(self._as_app(), str(endpoint["id"]))

    def app(self, ws: Workspace, endpoint: Mapping[str, Any], name: str) -> dict[str, Any]:
        """An app that they manage, with resources among which they want an endpoint that they manage."""
        self._prove(ws, endpoint, app=name)
        return apps.get_app(self._as_app(), name)

    def send(self, ws: Workspace, endpoint: Mapping[str, Any], method: str, path: str, body: bytes | None) -> Reply:
        """Send once, as the app. Raises Forbidden for a call that is none of the few, Unproven when the person does not
        manage what it is about (nothing was sent then), NotSent and Unanswered as the transport does."""
        needs = _needs(endpoint, path).get(method)
        if needs is None:
            raise Forbidden("The portal's own principal makes no such call for a person.")
        app = self._as_app()
        app.headers()  # what takes time (a token of the app's own) comes before the proof, not after it
        self._prove(ws, endpoint, **needs)
        return app.transport.send(method, path, app.headers, body)

    def _prove(self, ws: Workspace, endpoint: Mapping[str, Any], app: str = "") -> None:
        """Asked with the person's own token, each time. Raises Unproven unless it is shown in time."""
        asked = self._clock()
        if app:
            self._prove_app(ws, app)
        live = serving.get_endpoint(ws, str(endpoint["name"]))
        if live.get("permission_level") != MANAGE or live.get("id") != endpoint.get("id"):
            raise Unproven(
                "You do not manage this endpoint, so the portal's own principal does nothing on it for you.",
                hint="It needs CAN_MANAGE on the endpoint itself.",
            )
        if self._clock() - asked > FRESH_S:
            raise Unproven(
                "The workspace took too long to show that you manage this endpoint.",
                hint="Nothing was sent. Try again in a moment.",
            )

    def _prove_app(self, ws: Workspace, name: str) -> None:
        """A person's token shows nothing of apps: who they are comes from it, who manages the app from its grants."""
        me = iam.me(ws)
        try:
            granted = apps.permissions(self._as_app(), name)
        except (NotFound, Forbidden):
            granted = {}
        if not _manages(me, granted):
            raise Unproven(
                f"You do not manage an app named '{name[:60]}', as far as the portal can tell.",
                hint="It needs CAN_MANAGE on the app, for you or a group of yours, and the portal must be able to read "
                "who has it.",
            )


def _needs(endpoint: Mapping[str, Any], path: str) -> dict[str, dict[str, str]]:
    """Method → what has to be proven, beside managing the endpoint. All that is ever sent for a person."""
    if endpoint.get("id") and path == serving.permissions_path(str(endpoint["id"])):
        return {"PUT": {}}
    app = APP_UPDATE.fullmatch(path)
    return {"POST": {"app": app[1]}} if app else {}


def _manages(me: iam.Me, permissions: Mapping[str, Any]) -> bool:
    return any(
        entry.get("user_name") == me.user_name or entry.get("group_name") in me.groups
        for entry in permissions.get("access_control_list") or []
        if any(level.get("permission_level") == MANAGE for level in entry.get("all_permissions") or [])
    )


def permissions(ws: Workspace, endpoint: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The permissions of an endpoint, and the application id of the app where it had to read them for the person;
    "" where their own token did. Raises the workspace's refusal."""
    try:
        return serving.permissions(ws, str(endpoint["id"])), ""
    except Forbidden as error:
        if ws.behalf is None or not lacks_scope(error):
            raise
        return ws.behalf.permissions(ws, endpoint), ws.behalf.principal


def app(ws: Workspace, endpoint: Mapping[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """One app, and who read it, as `permissions`. `endpoint` is the one to attach or detach."""
    try:
        return apps.get_app(ws, name), ""
    except Forbidden as error:
        if ws.behalf is None or not lacks_scope(error):
            raise
        return ws.behalf.app(ws, endpoint, name), ws.behalf.principal


def takes(endpoint: Mapping[str, Any], path: str) -> bool:
    """Whether a call to this path is one that the app makes for people at all."""
    try:
        return bool(_needs(endpoint, path))
    except PortalError:
        return False
