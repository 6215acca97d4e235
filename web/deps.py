"""What a route may ask for. `CallerDep`: people the workspace knows; the app asks it of all but a few routes."""

import time
import uuid
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from web.audit.ledger import Ledger
from web.audit.queries import May
from web.changes import queue
from web.changes.forms import tree
from web.changes.perform import Actor
from web.changes.visibility import may_see
from web.config import Settings
from web.html.shell import Banner, Shell
from web.hurry import at_once
from web.identity.person import Caller
from web.identity.roles import Role, authorize, is_auditor, role_of
from web.services import Services
from web.workspace.client import Workspace
from web.workspace.transport import FOR_READS


# What waits for nothing is `async`: FastAPI sends every plain function through a worker thread, 0.1 ms each.
async def services(request: Request) -> Services:
    """The parts this process shares."""
    found: Services = request.app.state.services
    return found


async def caller(request: Request) -> Caller:
    """The person behind this request; raises Unauthenticated. Fills the frame that every page shows."""
    return known(request, await person(request))


async def person(request: Request) -> Caller:
    """The same for an answer that is never a page: no frame."""
    parts: Services = request.app.state.services
    began = time.monotonic()
    found = parts.identity.at_hand(request.headers, request.cookies)
    if found is None:
        found = await run_in_threadpool(parts.identity.resolve, request.headers, request.cookies)
    who: Caller = found
    if request.method == "GET":
        who.workspace.until = began + FOR_READS * parts.settings.read_timeout_s
    request.state.caller = who
    return who


def look_up(request: Request) -> Caller:
    """The same for a route whose page does not depend on who asks; it may wait for the workspace."""
    parts: Services = request.app.state.services
    return known(request, parts.identity.resolve(request.headers, request.cookies))


def known(request: Request, who: Caller) -> Caller:
    """Note who asks for what follows in this request."""
    parts: Services = request.app.state.services
    request.state.caller = who
    request.state.shell = shell(who, parts)
    return who


def shell(who: Caller, parts: Services) -> Shell:
    """Host, person and mode for the page's header."""
    return Shell(
        host=who.workspace.host.split("://", 1)[-1],
        person_name=who.display_name,
        person_email=who.email,
        mode=who.label,
        audit_durable=durable(parts.settings),
        workspace_id=who.workspace.workspace_id,
        switch_url="" if who.mode == "app" else "/connect",
        banners=_banners(parts, who),
        may_change=role_of(who, parts.settings) > Role.VIEWER,
        queued=lambda: queue.endpoints_of(parts.ledger, who.workspace.host, who.email),
    )


def _banners(parts: Services, who: Caller) -> tuple[Banner, ...]:
    """What every page says: while the history is not where it should be, and to whoever may only look."""
    if role_of(who, parts.settings) is Role.VIEWER:
        text = f"You may look. Changes are for members of the workspace group '{parts.settings.operator_group}'."
        return (Banner("info", text), *_history(parts))
    return _history(parts)


def _history(parts: Services) -> tuple[Banner, ...]:
    if parts.ledger.hold:
        return (Banner("warning", f"{parts.ledger.hold} Until then nothing can be changed here."),)
    if parts.vault_trouble:
        text = (
            f"The last changes are not on the volume yet, and would be lost if the app restarted: {parts.vault_trouble}"
        )
        return (Banner("warning", text),)
    return ()


def durable(settings: Settings) -> bool:
    """False where history lives on a disk that the platform throws away: inside Databricks Apps on plain SQLite."""
    on_sqlite = settings.storage_url.startswith("sqlite")
    return not (settings.app_mode and on_sqlite and not settings.audit_volume)


CallerDep = Annotated[Caller, Depends(caller)]


async def authorized(request: Request, who: CallerDep) -> Caller:
    """The person, if the portal's roles let them use this route; raises Forbidden. The app asks it of all routes."""
    settings = request.app.state.services.settings
    path = str(getattr(request.scope.get("route"), "path", None) or request.url.path)
    request.state.role = authorize(who, settings, request.method, path)
    return who


class Swift(APIRoute):
    """A page asked for so often that FastAPI's walk through its dependencies counts (a quarter of the list's cost): its
    function takes the request alone and runs in a thread, unless its answer is at hand. It only reads. Person and role
    are asked for here, as on every route."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own hook: what answers the request."""

        async def handle(request: Request) -> Response:
            await authorized(request, await caller(request))
            answered: Response | None = at_once(lambda: self.endpoint(request))
            return answered or cast(Response, await run_in_threadpool(self.endpoint, request))

        return handle


async def counted_change(who: CallerDep, parts: "ServicesDep") -> None:
    """One more change of this person; raises TooMany."""
    parts.limits.change(who.email)


ServicesDep = Annotated[Services, Depends(services)]


async def _workspace(who: CallerDep) -> Workspace:
    return who.workspace


async def _ledger(parts: ServicesDep) -> Ledger:
    return parts.ledger


async def _settings(parts: ServicesDep) -> Settings:
    return parts.settings


async def _actor(who: CallerDep) -> Actor:
    return Actor(email=who.email, id=who.id)


async def _may(who: CallerDep, parts: ServicesDep) -> May:
    return may_see(who, everything=is_auditor(who, parts.settings))


def request_id_of(request: Request) -> str:
    """The id that the log and the answer carry."""
    return getattr(request.state, "request_id", "") or uuid.uuid4().hex


async def _request_id(request: Request) -> str:
    return request_id_of(request)


async def _fields(request: Request) -> tree.Tree:
    """The submitted fields as a tree; files are left out."""
    form = await request.form(max_fields=tree.MAX_FIELDS)
    return tree.parse((name, value) for name, value in form.multi_items() if isinstance(value, str))


FieldsDep = Annotated[tree.Tree, Depends(_fields)]
WorkspaceDep = Annotated[Workspace, Depends(_workspace)]
LedgerDep = Annotated[Ledger, Depends(_ledger)]
SettingsDep = Annotated[Settings, Depends(_settings)]
ActorDep = Annotated[Actor, Depends(_actor)]
MayDep = Annotated[May, Depends(_may)]
RequestIdDep = Annotated[str, Depends(_request_id)]
