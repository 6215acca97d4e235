"""One request from its arrival to its answer: who asks, what is logged, which fault applies, which handler runs."""

from __future__ import annotations

import asyncio
import logging
from hashlib import sha256
from uuid import uuid4

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.emulator import (
    apps,
    catalog,
    connections,
    controls,
    faults,
    files,
    lakebase,
    oidc,
    permissions,
    registry,
    scim,
    scopes,
    secrets,
    sql,
)
from web.emulator.faults import Fault
from web.emulator.inference import routes as inference
from web.emulator.people import NOBODY, Person
from web.emulator.requestlog import Entry
from web.emulator.router import Router
from web.emulator.serving import routes as serving
from web.emulator.wire import ApiError, Call, denied, refusal
from web.emulator.world import World

MODULES = (
    serving,
    inference,
    permissions,
    catalog,
    connections,
    registry,
    scim,
    secrets,
    apps,
    sql,
    files,
    lakebase,
    oidc,
    controls,
)
OPEN = ("/.well-known/", "/oidc/", controls.PREFIX)
log = logging.getLogger(__name__)


class Api:
    """The ASGI application behind every path."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.router = Router(route for module in MODULES for route in module.ROUTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        request_id = str(uuid4())
        if scope["path"].startswith(controls.PREFIX):
            response = await self._answer(request, NOBODY, request_id)
            await response(scope, request.receive, send)
            return
        person, auth, refused = self._who(request)
        entry = self.world.requests.add(_entry(self.world, request, person, auth, body, request_id))
        fault = self.world.faults.take(request.method, request.url.path)
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.delay_s)
        if fault and fault.kind == "reset":
            await faults.cut(request)
            return
        if fault and fault.kind == "status":
            response = fault.response()
        elif refused is not None:
            response = refusal(refused, request_id)
        else:
            response = await self._answer(request, person, request_id)
        entry.status = response.status_code
        response.headers.setdefault("x-request-id", request_id)
        await _deliver(request, response, fault, send)

    async def _answer(self, request: Request, person: Person, request_id: str) -> Response:
        raw_path = request.scope.get("raw_path", request.url.path.encode()).decode("latin-1").partition("?")[0]
        found = self.router.match(request.method, raw_path)
        try:
            if found is None:
                message = f"No API found for '{request.method} {request.url.path}'"
                raise ApiError(404, "ENDPOINT_NOT_FOUND", message)
            handler, params = found
            call = Call(self.world, request, person, params, request.query_params)
            if raw_path.startswith(controls.PREFIX):
                controls.guard(call)
            return await handler(call)
        except ApiError as error:
            return refusal(error, request_id)
        except Exception:
            log.exception("%s %s failed", request.method, raw_path)
            return refusal(ApiError(500, "INTERNAL_ERROR", "An internal error occurred."), request_id)

    def _who(self, request: Request) -> tuple[Person, str, ApiError | None]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if request.url.path.startswith(OPEN):
            return NOBODY, "none", None
        if scheme.lower() != "bearer" or not token:
            code = self.world.switches.unauthenticated_code
            return (
                NOBODY,
                "none",
                ApiError(401, code, "Credential was not sent or was of an unsupported type for this API."),
            )
        people = self.world.people
        if issued := people.issued.get(token):
            if issued.expires_ms <= self.world.clock.now_ms():
                code = self.world.switches.unauthenticated_code
                return NOBODY, "oauth", ApiError(401, code, "Token is expired.")
            return _active(issued.person, "oauth")
        person = people.tokens.get(token)
        if person is None:
            return NOBODY, "pat", denied("Invalid access token")
        who, auth, refused = _active(person, "pat")
        return who, auth, refused or scopes.refused(self.world.switches.user_token_scopes, request.url.path)


def _active(person: Person, auth: str) -> tuple[Person, str, ApiError | None]:
    return person, auth, None if person.active else denied("User is not an active member of this workspace.")


def _entry(world: World, request: Request, person: Person, auth: str, body: bytes, request_id: str) -> Entry:
    return Entry(
        world.clock.now_ms(), request.method, request.url.path, request.url.query, person.user_name or None, auth, None,
        sha256(body).hexdigest() if body else "", request_id, body if request.url.path.endswith("/config") else b"",
    )  # fmt: skip


async def _deliver(request: Request, response: Response, fault: Fault | None, send: Send) -> None:
    if fault and fault.kind == "drop_reply":
        await faults.cut(request)
    elif fault and fault.kind == "truncate":
        await faults.truncate(request, response, fault)
    elif fault and fault.kind == "drip":
        await faults.drip(request, response, fault.delay_s)
    else:
        answer = faults.garbage(response.status_code) if fault and fault.kind == "garbage" else response
        await answer(request.scope, request.receive, send)
