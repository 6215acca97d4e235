"""Secret scopes, their keys and who may read them (§2.4). Values can be put, never read back in clear by a list."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from web.emulator.clock import whole_second
from web.emulator.people import Person
from web.emulator.wire import ApiError, Call, Route, denied, invalid, missing, reply

LEVELS = ["READ", "WRITE", "MANAGE"]
BASE = "/api/2.0/secrets"


@dataclass
class Scope:
    """A scope: keys with (value, updated ms) and ACLs `{principal: READ|WRITE|MANAGE}`."""

    name: str
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    acls: dict[str, str] = field(default_factory=dict)
    backend: str = "DATABRICKS"


class Secrets:
    """All scopes by name."""

    def __init__(self) -> None:
        self.scopes: dict[str, Scope] = {}

    def add(self, name: str, manager: str, **readers: str) -> Scope:
        """Make a scope that `manager` manages."""
        self.scopes[name] = Scope(name, acls={manager: "MANAGE", **readers})
        return self.scopes[name]

    def level(self, person: Person, scope: Scope) -> str | None:
        """The person's level on the scope; admins manage every scope."""
        if person.is_admin:
            return "MANAGE"
        found = [scope.acls[name] for name in (person.user_name, *person.groups) if name in scope.acls]
        return max(found, key=LEVELS.index, default=None)

    def exists(self, scope: str, key: str) -> bool:
        """Whether there is such a secret."""
        return scope in self.scopes and key in self.scopes[scope].keys

    def readable(self, person: Person, scope: str, key: str) -> None:
        """Raises 400 and 403 for a reference to a secret that is not there or not the person's to read."""
        if not self.exists(scope, key):
            raise invalid(f"Secret does not exist with scope: {scope} and key: {key}")
        if self.level(person, self.scopes[scope]) is None:
            raise denied(f"User {person.user_name} does not have READ permission on scope {scope}")


def _scope(call: Call, name: Any, needed: str) -> Scope:
    scope = call.world.secrets.scopes.get(str(name or ""))
    if scope is None:
        raise missing(f"Scope {name} does not exist!")
    held = call.world.secrets.level(call.person, scope)
    if held is None or LEVELS.index(held) < LEVELS.index(needed):
        raise denied(f"User {call.person.user_name} does not have {needed} permission on scope {name}")
    return scope


async def list_scopes(call: Call) -> Response:
    """The scopes the caller may read."""
    secrets = call.world.secrets
    mine = [scope for scope in secrets.scopes.values() if secrets.level(call.person, scope)]
    shown = [{"name": scope.name, "backend_type": scope.backend} for scope in mine]
    return reply({"scopes": shown} if shown else {})


async def create_scope(call: Call) -> Response:
    """Make a scope, managed by the caller."""
    body = await call.json()
    name = body.get("scope")
    if not isinstance(name, str) or not name:
        raise invalid("scope must be provided.")
    if name in call.world.secrets.scopes:
        raise ApiError(400, "RESOURCE_ALREADY_EXISTS", f"Scope {name} already exists!")
    call.world.secrets.add(name, body.get("initial_manage_principal") or call.person.user_name)
    return reply({})


async def delete_scope(call: Call) -> Response:
    """Remove a scope with its keys."""
    del call.world.secrets.scopes[_scope(call, (await call.json()).get("scope"), "MANAGE").name]
    return reply({})


async def list_secrets(call: Call) -> Response:
    """The names of a scope's keys."""
    scope = _scope(call, call.query.get("scope"), "READ")
    shown = [{"key": key, "last_updated_timestamp": whole_second(at)} for key, (_, at) in sorted(scope.keys.items())]
    return reply({"secrets": shown} if shown else {})


async def put_secret(call: Call) -> Response:
    """Write a secret."""
    body = await call.json()
    scope = _scope(call, body.get("scope"), "WRITE")
    given = [body[field] for field in ("string_value", "bytes_value") if isinstance(body.get(field), str)]
    if len(given) != 1 or not body.get("key"):
        raise invalid("key and exactly one of string_value and bytes_value must be provided.")
    value = base64.b64decode(given[0]).decode() if "bytes_value" in body else given[0]
    scope.keys[str(body["key"])] = (value, call.world.clock.now_ms())
    return reply({})


async def delete_secret(call: Call) -> Response:
    """Remove a secret."""
    body = await call.json()
    scope = _scope(call, body.get("scope"), "WRITE")
    if scope.keys.pop(str(body.get("key")), None) is None:
        raise missing(f"Secret does not exist with scope: {scope.name} and key: {body.get('key')}")
    return reply({})


async def get_secret(call: Call) -> Response:
    """A secret's value in base64, for those who may read it."""
    scope, key = _scope(call, call.query.get("scope"), "READ"), call.query.get("key", "")
    if key not in scope.keys:
        raise missing(f"Secret does not exist with scope: {scope.name} and key: {key}")
    return reply({"key": key, "value": base64.b64encode(scope.keys[key][0].encode()).decode()})


async def list_acls(call: Call) -> Response:
    """Who may do what with a scope."""
    scope = _scope(call, call.query.get("scope"), "MANAGE")
    return reply({"items": [{"principal": name, "permission": level} for name, level in scope.acls.items()]})


async def put_acl(call: Call) -> Response:
    """Grant a level on a scope."""
    body = await call.json()
    scope = _scope(call, body.get("scope"), "MANAGE")
    if body.get("permission") not in LEVELS or not body.get("principal"):
        raise invalid("principal and a permission of READ, WRITE or MANAGE must be provided.")
    scope.acls[str(body["principal"])] = body["permission"]
    return reply({})


async def delete_acl(call: Call) -> Response:
    """Take a grant away."""
    body = await call.json()
    scope = _scope(call, body.get("scope"), "MANAGE")
    if scope.acls.pop(str(body.get("principal")), None) is None:
        raise missing(f"Principal {body.get('principal')} has no permission on scope {scope.name}")
    return reply({})


ROUTES: list[Route] = [
    ("GET", f"{BASE}/scopes/list", list_scopes),
    ("POST", f"{BASE}/scopes/create", create_scope),
    ("POST", f"{BASE}/scopes/delete", delete_scope),
    ("GET", f"{BASE}/list", list_secrets),
    ("POST", f"{BASE}/put", put_secret),
    ("POST", f"{BASE}/delete", delete_secret),
    ("GET", f"{BASE}/get", get_secret),
    ("GET", f"{BASE}/acls/list", list_acls),
    ("POST", f"{BASE}/acls/put", put_acl),
    ("POST", f"{BASE}/acls/delete", delete_acl),
]
