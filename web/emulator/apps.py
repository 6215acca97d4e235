"""Databricks Apps: list, get, change their resources, permissions (§2.5)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from web.emulator.permissions import Grants, acl, merge, parse, require, strongest
from web.emulator.wire import ApiError, Call, Route, denied, invalid, missing, reply

BASE = "/api/2.0/apps"
LEVELS = ["CAN_USE", "CAN_MANAGE"]
UPDATE_S = 30
RESOURCE_KINDS = {
    "serving_endpoint": {"CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"},
    "sql_warehouse": {"CAN_USE", "CAN_MANAGE", "IS_OWNER"},
    "secret": {"READ", "WRITE", "MANAGE"},
    "uc_securable": None, "job": None, "genie_space": None, "database": None, "postgres": None, "experiment": None,
    "app": None,
}  # fmt: skip
CHANGEABLE = (
    "description",
    "resources",
    "user_api_scopes",
    "compute_size",
    "budget_policy_id",
    "forward_user_access_token",
)
FIELD_DEFAULTS: dict[str, Any] = {"description": "", "resources": [], "user_api_scopes": []}


@dataclass
class AppRecord:
    """An app: its JSON, its direct grants, and when its last update was started (virtual ms)."""

    json: dict[str, Any]
    grants: Grants = field(default_factory=dict)
    update_ms: int | None = None


class Apps:
    """All apps by name."""

    def __init__(self) -> None:
        self.by_name: dict[str, AppRecord] = {}


def _may(call: Call, app: AppRecord, needed: str) -> bool:
    if call.person.is_admin or app.json.get("creator") == call.person.user_name:
        return True
    given = {
        kind: {name: {"CAN_USE": "CAN_VIEW"}.get(level, level) for name, level in named.items()}
        for kind, named in app.grants.items()
    }
    held = strongest(call.person, given)
    return held == "CAN_MANAGE" or (held is not None and needed == "CAN_USE")


def _app(call: Call, needed: str) -> AppRecord:
    name = call.params["name"]
    app = call.world.apps.by_name.get(name)
    if app is None or not _may(call, app, "CAN_USE"):
        raise missing(f"App with name {name} does not exist or is deleted.")
    if not _may(call, app, needed):
        raise denied(f"User {call.person.user_name} does not have CAN_MANAGE permission on app {name}.")
    return app


async def list_apps(call: Call) -> Response:
    """The apps the caller may use, in pages."""
    mine = [app.json for app in call.world.apps.by_name.values() if _may(call, app, "CAN_USE")]
    size, token = call.query.get("page_size") or "100", call.query.get("page_token") or "0"
    if not size.isdigit() or not token.isdigit():
        raise invalid("page_size and page_token must be numbers.")
    start, end = int(token), int(token) + (int(size) or 100)
    shown: dict[str, Any] = {"apps": mine[start:end]} if mine[start:end] else {}
    return reply({**shown, **({"next_page_token": str(end)} if end < len(mine) else {})})


async def get_app(call: Call) -> Response:
    """One app."""
    return reply(_app(call, "CAN_USE").json)


async def patch_app(call: Call) -> Response:
    """Replace what can be changed of an app as a whole: fields left out are emptied."""
    app = _app(call, "CAN_MANAGE")
    await _apply(call, app, await call.json(), CHANGEABLE)
    return reply(app.json)


async def start_update(call: Call) -> Response:
    """Change the fields of `update_mask` (`*`: all); a masked field is replaced as a whole."""
    app = _app(call, "CAN_MANAGE")
    body = await call.json()
    mask = [part for part in str(body.get("update_mask") or "").split(",") if part]
    if not mask:
        raise invalid("update_mask must be provided.")
    unknown = [part for part in mask if part != "*" and part not in CHANGEABLE]
    if unknown:
        raise invalid(f"update_mask contains a field that cannot be updated: {unknown[0]}")
    if app.update_ms is not None and _state(call, app) == "IN_PROGRESS":
        raise ApiError(409, "RESOURCE_CONFLICT", f"App {call.params['name']} is being updated.")
    await _apply(call, app, body.get("app") or {}, CHANGEABLE if "*" in mask else tuple(mask))
    app.update_ms = call.world.clock.now_ms()
    return reply(_update(call, app))


async def get_update(call: Call) -> Response:
    """The last update: IN_PROGRESS, then SUCCEEDED."""
    app = _app(call, "CAN_USE")
    if app.update_ms is None:
        raise missing(f"App {call.params['name']} has no update.")
    return reply(_update(call, app))


def _state(call: Call, app: AppRecord) -> str:
    done = app.update_ms is not None and call.world.clock.now_ms() >= app.update_ms + call.world.clock.span_ms(UPDATE_S)
    return "SUCCEEDED" if done else "IN_PROGRESS"


def _update(call: Call, app: AppRecord) -> dict[str, Any]:
    state = _state(call, app)
    message = "App update succeeded." if state == "SUCCEEDED" else "App update is in progress."
    shown = {key: app.json[key] for key in CHANGEABLE if key in app.json}
    return {**shown, "status": {"state": state, "message": message}}


async def _apply(call: Call, app: AppRecord, given: dict[str, Any], fields: tuple[str, ...]) -> None:
    if "resources" in fields:
        _check(call, given.get("resources") or [])
        _grant(call, app, given.get("resources") or [])
    for key in fields:
        value = given.get(key, FIELD_DEFAULTS.get(key))
        if value is None:
            app.json.pop(key, None)
        else:
            app.json[key] = copy.deepcopy(value)
    app.json["updater"] = call.person.user_name


def _check(call: Call, resources: Any) -> None:
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise invalid("resources must be a list.")
    names = [resource.get("name") for resource in resources]
    if not all(names) or len(set(names)) < len(names):
        raise invalid("Each app resource needs a name of its own.")
    for resource in resources:
        kinds = [kind for kind in RESOURCE_KINDS if isinstance(resource.get(kind), dict)]
        if len(kinds) != 1:
            raise invalid(f"App resource '{resource['name']}' must have exactly one of {', '.join(RESOURCE_KINDS)}.")
        levels = RESOURCE_KINDS[kinds[0]]
        if levels and resource[kinds[0]].get("permission") not in levels:
            raise invalid(f"App resource '{resource['name']}' needs a permission among {', '.join(sorted(levels))}.")
        if kinds[0] == "serving_endpoint" and resource[kinds[0]].get("name") not in call.world.endpoints:
            raise missing(f"Serving endpoint {resource[kinds[0]].get('name')} does not exist.")


def _grant(call: Call, app: AppRecord, resources: list[dict[str, Any]]) -> None:
    """The app's service principal gets what its endpoints say, and loses what is gone. Needs CAN_MANAGE on both."""
    now, then = _served(app.json.get("resources") or []), _served(resources)
    changed = {name for name in {*now, *then} if now.get(name) != then.get(name)}
    endpoints = [found for name in sorted(changed) if (found := call.world.endpoints.get(name)) and found.id]
    for endpoint in endpoints:
        if endpoint.name in then:
            require(call, endpoint, "CAN_MANAGE")
    principal = str(app.json.get("service_principal_client_id"))
    for endpoint in endpoints:
        held = endpoint.grants.setdefault("service_principal_name", {})
        held.pop(principal, None)
        if level := then.get(endpoint.name):
            held[principal] = level


def _served(resources: list[dict[str, Any]]) -> dict[str, str]:
    named = [one["serving_endpoint"] for one in resources if isinstance(one.get("serving_endpoint"), dict)]
    return {str(one.get("name")): str(one.get("permission")) for one in named}


def _acl(call: Call, app: AppRecord) -> Response:
    path = f"/apps/{call.params['name']}"
    return reply(
        {"object_id": path, "object_type": "apps", "access_control_list": acl(call.world, app.grants, "/apps/")}
    )


async def get_permissions(call: Call) -> Response:
    """The access control list of an app."""
    return _acl(call, _app(call, "CAN_USE"))


async def set_permissions(call: Call) -> Response:
    """Replace an app's direct grants."""
    app = _app(call, "CAN_MANAGE")
    app.grants = parse(call.world, await call.json(), LEVELS)
    return _acl(call, app)


async def update_permissions(call: Call) -> Response:
    """Add or change grants of an app."""
    app = _app(call, "CAN_MANAGE")
    merge(app.grants, parse(call.world, await call.json(), LEVELS))
    return _acl(call, app)


PERMISSIONS = "/api/2.0/permissions/apps/{name}"
ROUTES: list[Route] = [
    ("GET", BASE, list_apps),
    ("GET", f"{BASE}/{{name}}", get_app),
    ("PATCH", f"{BASE}/{{name}}", patch_app),
    ("POST", f"{BASE}/{{name}}/update", start_update),
    ("GET", f"{BASE}/{{name}}/update", get_update),
    ("GET", PERMISSIONS, get_permissions),
    ("PUT", PERMISSIONS, set_permissions),
    ("PATCH", PERMISSIONS, update_permissions),
]
