"""People, groups and service principals over SCIM (reference §2.1)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from web.errors import Forbidden
from web.workspace.answers import bad_answer, items, mapping
from web.workspace.client import Workspace

SCIM = "/api/2.0/preview/scim/v2"
PAGE = 100
LIMIT = 50
ADMINS = "admins"

PrincipalKind = Literal["user", "group", "service_principal"]


@dataclass(frozen=True)
class Me:
    """Who a credential is. For a service principal `user_name` is its application id."""

    id: str
    user_name: str
    display_name: str
    groups: tuple[str, ...]
    active: bool

    @property
    def is_admin(self) -> bool:
        """Workspace admins are members of the group `admins`."""
        return ADMINS in self.groups


@dataclass(frozen=True)
class Principal:
    """Somebody a grant can name: `name` is what the permissions API takes (e-mail, group name, application id)."""

    kind: PrincipalKind
    name: str
    display_name: str


@dataclass(frozen=True)
class Found:
    """A search's answer. `allowed` False: the caller may not list principals, so a form must take free text."""

    principals: tuple[Principal, ...]
    allowed: bool = True


def me(ws: Workspace) -> Me:
    """The caller. Raises Unauthenticated or Forbidden for a token that is not valid."""
    raw = mapping(ws.get(f"{SCIM}/Me"), "a user")
    user_name = str(raw.get("userName") or raw.get("applicationId") or "")
    return Me(
        id=str(raw.get("id") or ""),
        user_name=user_name,
        display_name=str(raw.get("displayName") or user_name),
        groups=tuple(str(group.get("display") or "") for group in items(raw, "groups")),
        active=raw.get("active") is not False,
    )


def search_users(ws: Workspace, text: str, limit: int = LIMIT) -> Found:
    """People whose e-mail or name contains `text`."""
    return _search(ws, "Users", ("userName", "displayName"), text, limit, _user)


def search_groups(ws: Workspace, text: str, limit: int = LIMIT) -> Found:
    """Groups whose name contains `text`."""
    return _search(ws, "Groups", ("displayName",), text, limit, _group)


def search_service_principals(ws: Workspace, text: str, limit: int = LIMIT) -> Found:
    """Service principals whose name contains `text`."""
    return _search(ws, "ServicePrincipals", ("displayName",), text, limit, _service_principal)


@dataclass(frozen=True)
class Member:
    """One principal with the groups it is in, as far as the workspace lists them."""

    principal: Principal
    groups: tuple[str, ...]
    active: bool


# Kind → SCIM resource, and the field whose value a grant names.
RESOURCES: dict[PrincipalKind, tuple[str, str]] = {
    "user": ("Users", "userName"),
    "group": ("Groups", "displayName"),
    "service_principal": ("ServicePrincipals", "applicationId"),
}


def find(ws: Workspace, kind: PrincipalKind, name: str) -> Member | None:
    """The principal that grants name `name`; None when there is none. Raises Forbidden where listing is refused."""
    resource, field = RESOURCES[kind]
    wanted = name.replace("\\", "\\\\").replace('"', '\\"')
    shown = "id,userName,displayName,applicationId,active,groups"
    query: dict[str, object] = {"attributes": shown, "filter": f'{field} eq "{wanted}"'}
    found = next(_resources(ws, f"{SCIM}/{resource}", query, 1), None)
    if found is None:
        return None
    view = {"user": _user, "group": _group, "service_principal": _service_principal}[kind]
    groups = tuple(str(group.get("display") or "") for group in items(found, "groups"))
    return Member(view(found), groups, found.get("active") is not False)


def present(ws: Workspace, kind: PrincipalKind, wanted: list[str]) -> set[str]:
    """Which of these are in the workspace and active, in lower case; one request. Raises Forbidden where listing is
    refused."""
    resource, field = RESOURCES[kind]
    quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in wanted)
    query: dict[str, object] = {
        "attributes": f"id,{field},active",
        "filter": " or ".join(f'{field} eq "{name}"' for name in quoted),
    }
    found = _resources(ws, f"{SCIM}/{resource}", query, PAGE)
    return {str(raw.get(field) or "").casefold() for raw in found if raw.get("active") is not False}


def named(ws: Workspace, kind: PrincipalKind, text: str) -> Found:
    """The principals whose display name, or name as grants take it, is `text`, upper and lower case alike."""
    search = {"user": search_users, "group": search_groups, "service_principal": search_service_principals}[kind]
    found = search(ws, text)
    wanted = text.strip().casefold()
    same = [p for p in found.principals if wanted in (p.name.casefold(), p.display_name.casefold())]
    if not same and found.allowed and kind == "service_principal" and (member := find(ws, kind, text.strip())):
        same = [member.principal]
    return Found(tuple(same), found.allowed)


def _search(
    ws: Workspace,
    resource: str,
    fields: tuple[str, ...],
    text: str,
    limit: int,
    view: Callable[[dict[str, Any]], Principal],
) -> Found:
    query: dict[str, object] = {"attributes": "id,userName,displayName,applicationId,active"}
    if text.strip():
        wanted = text.strip().replace("\\", "\\\\").replace('"', '\\"')
        query["filter"] = " or ".join(f'{field} co "{wanted}"' for field in fields)
    try:
        found = [
            view(raw) for raw in _resources(ws, f"{SCIM}/{resource}", query, limit) if raw.get("active") is not False
        ]
    except Forbidden:
        return Found((), allowed=False)
    return Found(tuple(principal for principal in found if principal.name))


def _resources(ws: Workspace, path: str, query: dict[str, object], limit: int) -> Iterator[dict[str, Any]]:
    """Up to `limit` resources; a server that ignores startIndex gives the same page for ever, so `id`s end it."""
    seen: set[str] = set()
    start = 1
    while len(seen) < limit:
        answer = mapping(ws.get(path, {**query, "startIndex": start, "count": min(PAGE, limit)}))
        if not answer.keys() & {"totalResults", "Resources"}:
            raise bad_answer("a list of people")  # not the same as nobody
        page = items(answer, "Resources")
        fresh = [raw for raw in page if str(raw.get("id")) not in seen]
        if not fresh:
            return
        for raw in fresh[: limit - len(seen)]:
            seen.add(str(raw.get("id")))
            yield raw
        start += len(page)


def _user(raw: dict[str, Any]) -> Principal:
    name = str(raw.get("userName") or "")
    return Principal("user", name, str(raw.get("displayName") or name))


def _group(raw: dict[str, Any]) -> Principal:
    name = str(raw.get("displayName") or "")
    return Principal("group", name, name)


def _service_principal(raw: dict[str, Any]) -> Principal:
    name = str(raw.get("applicationId") or "")
    return Principal("service_principal", name, str(raw.get("displayName") or name))
