"""Who may do what with an endpoint or an app: the permissions API and the checks of every other call (§2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from web.emulator.people import ADMINS, Person
from web.emulator.wire import ApiError, Call, Route, denied, invalid, missing, reply

if TYPE_CHECKING:
    from web.emulator.serving.endpoint import Endpoint
    from web.emulator.world import World

Grants = dict[str, dict[str, str]]
LEVELS = ["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"]
VERBS = {"CAN_VIEW": "View", "CAN_QUERY": "Query", "CAN_MANAGE": "Manage"}
KINDS = ("user_name", "group_name", "service_principal_name")
DESCRIPTIONS = {
    "CAN_VIEW": "Can view the endpoint and its status.",
    "CAN_QUERY": "Can view the endpoint and send requests to it.",
    "CAN_MANAGE": "Can query, change, delete the endpoint and set its permissions.",
}


def level(world: World, person: Person, endpoint: Endpoint) -> str | None:
    """The person's effective level on the endpoint, None when they may not even see it."""
    if person.is_admin:
        return "CAN_MANAGE"
    if endpoint.id is None:
        return "CAN_QUERY"
    return strongest(person, endpoint.grants)


def strongest(person: Person, grants: Grants) -> str | None:
    """The highest level the grants give to the person, directly or through a group."""
    own = "service_principal_name" if person.kind == "service_principal" else "user_name"
    found = [grants.get(own, {}).get(person.user_name)]
    groups = grants.get("group_name")
    if groups:
        found += [groups.get(group) for group in person.groups]
    return max((given for given in found if given), key=LEVELS.index, default=None)


def require(call: Call, endpoint: Endpoint, needed: str) -> None:
    """Refuse the call unless the caller has the level: 403, or what the switch says for a hidden endpoint."""
    held = level(call.world, call.person, endpoint)
    if held is not None and LEVELS.index(held) >= LEVELS.index(needed):
        return
    if held is None and call.world.switches.hidden_endpoint_status == 404:
        raise missing(f"Endpoint with name '{endpoint.name}' does not exist.")
    verb = VERBS["CAN_VIEW"] if held is None else VERBS[needed]
    raise denied(f"User does not have permission '{verb}' on Endpoint {endpoint.name}")


def creator_grants(person: Person) -> Grants:
    """What a new endpoint's grants are: its creator manages it."""
    kind = "service_principal_name" if person.kind == "service_principal" else "user_name"
    return {kind: {person.user_name: "CAN_MANAGE"}}


def _endpoint(call: Call, needed: str) -> Endpoint:
    wanted = call.params["id"]
    found = next((endpoint for endpoint in call.world.endpoints.values() if endpoint.id == wanted), None)
    if found is None:
        raise missing(f"Inference endpoint '{wanted}' does not exist.")
    require(call, found, needed)
    return found


def acl(world: World, grants: Grants, object_path: str, admin_level: str = "CAN_MANAGE") -> list[dict[str, Any]]:
    """The access control list as the API shows it; admins come inherited."""
    entries = [
        _entry(world, kind, name, [{"permission_level": given, "inherited": False}])
        for kind in KINDS
        for name, given in grants.get(kind, {}).items()
    ]
    inherited = {"permission_level": admin_level, "inherited": True, "inherited_from_object": [object_path]}
    for entry in entries:
        if entry.get("group_name") == ADMINS:
            entry["all_permissions"].append(inherited)
            return entries
    return [*entries, _entry(world, "group_name", ADMINS, [inherited])]


def _entry(world: World, kind: str, name: str, permissions: list[dict[str, Any]]) -> dict[str, Any]:
    person = world.people.get(name) if kind != "group_name" else None
    shown = {"display_name": person.display_name} if person else {}
    return {kind: name, **shown, "all_permissions": permissions}


def parse(world: World, body: dict[str, Any], levels: list[str]) -> Grants:
    """The grants of a request. Raises the 400 and 404 of bad entries and unknown principals."""
    entries = body.get("access_control_list", [])
    if not isinstance(entries, list):
        raise invalid("access_control_list must be a list.")
    grants: Grants = {}
    for entry in entries:
        kind, name = _principal(world, entry)
        given = entry.get("permission_level")
        if given not in levels:
            raise invalid(f"Permission level '{given}' is not supported. Use one of {', '.join(levels)}.")
        held = grants.setdefault(kind, {}).get(name)
        if held is None or levels.index(given) > levels.index(held):
            grants[kind][name] = given
    return grants


def _principal(world: World, entry: Any) -> tuple[str, str]:
    named = [kind for kind in KINDS if isinstance(entry, dict) and entry.get(kind)]
    if len(named) != 1:
        raise invalid("Exactly one of user_name, group_name or service_principal_name must be given in each entry.")
    kind, name = named[0], str(entry[named[0]])
    if kind == "group_name":
        known = name in world.people.groups
    else:
        person = world.people.get(name)
        known = person is not None and (person.kind == "user") == (kind == "user_name")
    if not known:
        label = {"user_name": "UserName", "group_name": "GroupName", "service_principal_name": "ServicePrincipalName"}[
            kind
        ]
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Principal: {label}({name}) does not exist")
    return kind, name


def merge(grants: Grants, changes: Grants) -> None:
    """Add the changes to the grants: other principals keep theirs."""
    for kind, given in changes.items():
        grants.setdefault(kind, {}).update(given)


def _view(call: Call, endpoint: Endpoint) -> Response:
    entries = acl(call.world, endpoint.grants, "/serving-endpoints/")
    path = f"/serving-endpoints/{endpoint.id}"
    return reply({"object_id": path, "object_type": "serving-endpoint", "access_control_list": entries})


async def get_permissions(call: Call) -> Response:
    """The access control list of an endpoint."""
    return _view(call, _endpoint(call, call.world.switches.permissions_read_level))


async def set_permissions(call: Call) -> Response:
    """Replace all direct grants."""
    endpoint = _endpoint(call, "CAN_MANAGE")
    endpoint.grants = parse(call.world, await call.json(), LEVELS)
    return _view(call, endpoint)


async def update_permissions(call: Call) -> Response:
    """Add or change grants; nobody is removed."""
    endpoint = _endpoint(call, "CAN_MANAGE")
    merge(endpoint.grants, parse(call.world, await call.json(), LEVELS))
    return _view(call, endpoint)


async def permission_levels(call: Call) -> Response:
    """The levels an endpoint knows."""
    _endpoint(call, "CAN_VIEW")
    shown = [{"permission_level": name, "description": DESCRIPTIONS[name]} for name in LEVELS]
    return reply({"permission_levels": shown})


BASE = "/api/2.0/permissions/serving-endpoints/{id}"
ROUTES: list[Route] = [
    ("GET", BASE, get_permissions),
    ("PUT", BASE, set_permissions),
    ("PATCH", BASE, update_permissions),
    ("GET", f"{BASE}/permissionLevels", permission_levels),
]
