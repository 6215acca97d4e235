"""Users, groups and service principals over SCIM, with the paging the SDK relies on (§2.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from web.emulator.people import Person
from web.emulator.wire import Call, Route, denied, invalid, missing, reply

BASE = "/api/2.0/preview/scim/v2"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PAGE = 10_000
TERM = re.compile(r'\s*([\w.]+)\s+(co|eq|sw|ne)\s+"((?:[^"\\]|\\.)*)"\s*', re.IGNORECASE)
JOIN = re.compile(r"(and|or)\b", re.IGNORECASE)
Resource = dict[str, Any]


def _groups(call: Call, person: Person) -> list[Resource]:
    known = call.world.people.groups
    return [
        {"display": group, "value": known[group], "type": "direct", "$ref": f"Groups/{known[group]}"}
        for group in person.groups
    ]


def user(call: Call, person: Person) -> Resource:
    """A User, or for a service principal what `Me` says of it."""
    given, _, family = person.display_name.partition(" ")
    shown: Resource = {
        "id": person.id, "userName": person.user_name, "displayName": person.display_name, "active": person.active,
        "name": {"givenName": given, "familyName": family}, "groups": _groups(call, person),
        "entitlements": [{"value": "workspace-access"}, {"value": "databricks-sql-access"}],
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    }  # fmt: skip
    if person.kind == "user":
        shown["emails"] = [{"type": "work", "value": person.user_name, "primary": True}]
    return shown


def service_principal(call: Call, person: Person) -> Resource:
    """A ServicePrincipal."""
    return {
        "id": person.id, "applicationId": person.application_id, "displayName": person.display_name,
        "active": person.active, "groups": _groups(call, person),
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"],
    }  # fmt: skip


def group(call: Call, name: str) -> Resource:
    """A Group with its members."""
    members = [{"display": person.display_name, "value": person.id} for person in call.world.people.members(name)]
    shown = {"id": call.world.people.groups[name], "displayName": name, "members": members}
    return {**shown, "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"]}


def _all(call: Call, kind: str) -> list[Resource]:
    people = call.world.people
    if kind == "Groups":
        return [group(call, name) for name in people.groups]
    if kind == "Users":
        return [user(call, person) for person in people.of_kind("user")]
    return [service_principal(call, person) for person in people.of_kind("service_principal")]


def matcher(text: str) -> Callable[[Resource], bool]:
    """A predicate from `attr op "value"` terms joined by `and` and `or` (`and` binds closer). Raises 400."""
    either: list[list[tuple[str, str, str]]] = [[]]
    rest = text
    while True:
        term = TERM.match(rest)
        if term is None:
            raise invalid(f"Invalid filter: {text}")
        value = re.sub(r"\\(.)", r"\1", term[3])
        either[-1].append((term[1], term[2].lower(), value.lower()))
        rest = rest[term.end() :]
        if not rest:
            return lambda item: any(all(_holds(item, *part) for part in parts) for parts in either)
        join = JOIN.match(rest)
        if join is None:
            raise invalid(f"Invalid filter: {text}")
        rest = rest[join.end() :]
        if join[1].lower() == "or":
            either.append([])


def _holds(item: Resource, attribute: str, operator: str, value: str) -> bool:
    found = next((item[key] for key in item if key.lower() == attribute.lower()), None)
    if isinstance(found, list):
        return any(_compare(str(part.get("value", "")), operator, value) for part in found)
    return _compare(str(found or ""), operator, value)


def _compare(found: str, operator: str, value: str) -> bool:
    found = found.lower()
    if operator == "co":
        return value in found
    if operator == "sw":
        return found.startswith(value)
    return (found == value) == (operator == "eq")


def _positive(call: Call, key: str, default: int) -> int:
    value = call.query.get(key)
    if value is None:
        return default
    if not value.lstrip("-").isdigit():
        raise invalid(f"{key} must be a number.")
    return max(int(value), 0)


def _lister(kind: str) -> Callable[[Call], Any]:
    async def handler(call: Call) -> Response:
        """One page from `startIndex` (1-based) of at most `count`; past the end `Resources` is empty."""
        if not call.person.is_admin and not call.world.switches.scim_for_everyone:
            raise denied("Only workspace admins can list users, groups and service principals.")
        found = _all(call, kind)
        if text := call.query.get("filter"):
            found = [item for item in found if matcher(text)(item)]
        if by := call.query.get("sortBy"):
            found.sort(key=lambda item: str(item.get(by, "")), reverse=call.query.get("sortOrder") == "descending")
        start, count = max(_positive(call, "startIndex", 1), 1), _positive(call, "count", PAGE)
        page = [_select(call, item) for item in found[start - 1 : start - 1 + count]]
        shown = {"schemas": [LIST], "totalResults": len(found), "startIndex": start, "itemsPerPage": len(page)}
        return reply({**shown, "Resources": page})

    return handler


def _getter(kind: str) -> Callable[[Call], Any]:
    async def handler(call: Call) -> Response:
        """One resource by id."""
        for item in _all(call, kind):
            if item["id"] == call.params["id"]:
                return reply(_select(call, item))
        raise missing(f"{kind[:-1]} with id {call.params['id']} not found.")

    return handler


def _select(call: Call, item: Resource) -> Resource:
    wanted = [name.split(".")[0] for name in call.query.get("attributes", "").split(",") if name]
    dropped = [name.split(".")[0] for name in call.query.get("excludedAttributes", "").split(",") if name]
    return {
        key: value
        for key, value in item.items()
        if key in ("id", "schemas") or ((not wanted or key in wanted) and key not in dropped)
    }


async def me(call: Call) -> Response:
    """The caller."""
    return reply(_select(call, user(call, call.person)))


ROUTES: list[Route] = [("GET", f"{BASE}/Me", me)]
for _kind in ("Users", "Groups", "ServicePrincipals"):
    ROUTES += [("GET", f"{BASE}/{_kind}", _lister(_kind)), ("GET", f"{BASE}/{_kind}/{{id}}", _getter(_kind))]
