"""What the Permissions pages show: the grants with their names, and the facts behind a refusal."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.fields import current_config
from web.changes.grants import direct_grants
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Actor
from web.changes.preflight import THREE_PARTS
from web.changes.spell.texts import shell
from web.errors import Forbidden, PortalError
from web.features.permissions.explain import Answer, Facts, Who, explain
from web.features.permissions.forms import GrantsForm
from web.features.permissions.grants import DESCRIPTIONS, LEVELS, Grant, from_request, grants_in, kind_named
from web.workspace import behalf, catalog, iam, serving
from web.workspace.client import Workspace
from web.workspace.iam import Found, PrincipalKind
from web.workspace.scopes import lacks_scope


@dataclass(frozen=True)
class Access:
    """What is known of the grants. `refused`: why they cannot be read, "" when they can; `out_of_reach`: for
    want of a scope, whatever the person may do; `read_by`: the app's principal where it read them for the person."""

    direct: list[Grant]
    inherited: list[Grant]
    raw_direct: list[dict[str, Any]]
    refused: str = ""
    out_of_reach: bool = False
    read_by: str = ""

    @property
    def names(self) -> dict[tuple[str, str], str]:
        """(kind, name) → display name."""
        return {(one.kind, one.name): one.display for one in [*self.direct, *self.inherited]}

    @property
    def managers(self) -> list[str]:
        """Whom to ask for more."""
        return [one.display for one in [*self.direct, *self.inherited] if one.level == "CAN_MANAGE"]


@dataclass(frozen=True)
class View:
    """The page."""

    form: GrantsForm
    access: Access
    levels: list[tuple[str, str]]
    base: Base


def access(ws: Workspace, raw: dict[str, Any]) -> Access:
    """The grants of an endpoint. A refusal is part of the answer; other trouble is raised."""
    try:
        found, read_by = behalf.permissions(ws, {**raw, "id": str(raw.get("id") or "")})
    except Forbidden as error:
        return Access([], [], [], error.message, lacks_scope(error))
    return Access(grants_in(found, "direct"), grants_in(found, "inherited"), direct_grants(found), read_by=read_by)


def levels(ws: Workspace, endpoint_id: str) -> list[tuple[str, str]]:
    """(level, what it allows) in the workspace's own words; the documents' where it does not say."""
    try:
        said = serving.permission_levels(ws, endpoint_id)
    except PortalError:
        said = []
    known = {
        str(one["permission_level"]): str(one.get("description") or "") for one in said if "permission_level" in one
    }
    ordered = [level for level in LEVELS if level in known] + [level for level in known if level not in LEVELS]
    return [(level, known[level] or DESCRIPTIONS.get(level, "")) for level in ordered] or list(DESCRIPTIONS.items())


def view(ledger: Ledger, ws: Workspace, raw: dict[str, Any], left: tuple[Change, Base | None] | None = None) -> View:
    """The page as it is live, or as a draft left it."""
    endpoint_id = str(raw["id"])
    found = access(ws, raw)
    base = drafts.open_base(ledger, Kind.PERMISSIONS, raw, found.raw_direct)
    form = GrantsForm(list(found.direct))
    if left:
        entries = left[0].body.get("access_control_list") or []
        form = GrantsForm([from_request(entry, _names(ws, entries, found.names)) for entry in entries])
        base = left[1] or base
    return View(form, found, levels(ws, endpoint_id), base)


def changeable(ledger: Ledger, ws: Workspace, raw: dict[str, Any]) -> View:
    """The page as it is live, for a change of it. Raises Forbidden where the grants cannot be read: a change replaces
    all of them."""
    found = view(ledger, ws, raw)
    if found.access.out_of_reach:
        command = commands(str(raw["id"]))
        raise Forbidden(found.access.refused, hint="Your sign-in does not reach permissions.", command=command)
    if found.access.refused:
        raise Forbidden("You may not change who can query this endpoint.", hint="It needs CAN_MANAGE.")
    return found


def _names(
    ws: Workspace, entries: list[dict[str, Any]], known: dict[tuple[str, str], str]
) -> dict[tuple[str, str], str]:
    """Display names, also of those who have no grant yet."""
    names = dict(known)
    for entry in entries:
        one = from_request(entry, {})
        if (one.kind, one.name) not in names and one.kind != "group":
            member = _find(ws, one.kind, one.name)
            names[one.kind, one.name] = member.principal.display_name if member else one.name
    return names


def left_at_review(ledger: Ledger, actor: Actor, name: str, draft: str) -> tuple[Change, Base | None] | None:
    """One's own draft of this endpoint's permissions; None for any other, and for one that is gone."""
    try:
        change, base = drafts.load(ledger, actor, draft)
    except PortalError:
        return None
    return (change, base) if (change.endpoint, change.kind) == (name, Kind.PERMISSIONS) else None


def named(ws: Workspace, kind: PrincipalKind, text: str) -> Found:
    """Who is meant by a name; nobody, and not allowed, when the directory does not answer."""
    try:
        return iam.named(ws, kind, text)
    except PortalError:
        return Found((), allowed=False)


def _find(ws: Workspace, kind: PrincipalKind, name: str) -> iam.Member | None:
    try:
        return iam.find(ws, kind, name)
    except PortalError:
        return None


def who(ws: Workspace, kind: str, text: str) -> Who:
    """The principal a person typed, with their groups as far as they can be read."""
    sort = kind_named(kind)
    found = named(ws, sort, text)
    one = found.principals[0] if len(found.principals) == 1 else None
    try:
        member = iam.find(ws, sort, one.name if one else text)
    except PortalError:
        return Who(sort, text, text, None, "unknown")
    if member is None:
        return Who(sort, text, text, (), "no")
    groups = member.groups if member.groups or sort != "group" else None
    principal = member.principal
    return Who(sort, principal.name, principal.display_name, groups, "yes" if member.active else "inactive")


def why(ws: Workspace, raw: dict[str, Any], whom: Who) -> tuple[Answer, Access]:
    """The answer for one principal, and how the grants were read. Reads only, at the same time."""
    creator = str(raw.get("creator") or "")
    with ThreadPoolExecutor(max_workers=4) as pool:
        known = pool.submit(access, ws, raw)
        asked = {model: pool.submit(_executes, ws, model, creator) for model in _models(raw)}
        found = known.result()
        executes = {model: task.result() for model, task in asked.items()}
    direct, inherited = (None, None) if found.refused else (found.direct, found.inherited)
    return explain(Facts(raw, whom, direct, inherited, executes, found.out_of_reach)), found


def _models(raw: dict[str, Any]) -> list[str]:
    entities = current_config(raw).get("served_entities") or []
    names = [str(one.get("entity_name") or "") for one in entities if isinstance(one, dict)]
    return [name for name in dict.fromkeys(names) if THREE_PARTS.fullmatch(name) and not name.startswith("system.ai.")]


def _executes(ws: Workspace, model: str, creator: str) -> bool | None:
    try:
        return catalog.may_execute(ws, model, creator)
    except PortalError:
        return None


def commands(endpoint_id: str) -> str:
    """The CLI's words for reading the grants and for adding one."""
    read = f"databricks serving-endpoints get-permissions {endpoint_id} --profile <PROFILE>"
    return f"{read}\n{grant_command(endpoint_id, Grant('user', '<E-MAIL>', '', 'CAN_QUERY'))}"


def grant_command(endpoint_id: str, one: Grant) -> str:
    """The CLI's words that add one grant and keep all others."""
    body = json.dumps({"access_control_list": [one.as_request()]})
    return f"databricks serving-endpoints update-permissions {endpoint_id} --json {shell(body)} --profile <PROFILE>"
