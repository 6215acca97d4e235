"""app.attach and app.detach: an endpoint as a resource of a Databricks App. Every other resource of the app stays.

The update mask names `resources` alone and replaces the whole list, so the list sent is always the live one with the
edit in it. While a plan is made the endpoint's JSON carries the app's beside it, under `APP`.
"""

import re
from collections.abc import Iterator
from typing import Any

from web.changes.kinds import Call, Change, Kind

APP_KINDS = frozenset({Kind.APP_ATTACH, Kind.APP_DETACH})
APP = "$app"
API = "/api/2.0/apps"
NAME = re.compile(r"[a-z][a-z0-9-]{1,29}")
NAME_RULE = "2 to 30 lower-case letters, digits or '-', a letter first."
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,29}")
KEY_RULE = "A resource key has 2 to 30 letters, digits, '-' or '_', a letter or digit first."
LEVELS = ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")
TAKES_CHANGES = ("ACTIVE", "STOPPED")
Breach = tuple[str, str]
Resource = dict[str, Any]


def app_breaches(change: Change) -> Iterator[Breach]:
    """(path, what to do) for what is wrong with the change by itself."""
    if not NAME.fullmatch(str(change.body.get("app") or "")):
        yield "app", f"The name of an app has {NAME_RULE}"
    if not KEY.fullmatch(str(change.body.get("resource_key") or "")):
        yield "resource_key", KEY_RULE
    if change.kind is Kind.APP_ATTACH and change.body.get("permission") not in LEVELS:
        yield "permission", f"The permission is one of {', '.join(LEVELS)}."


def resources_of(live: dict[str, Any]) -> list[Resource]:
    """The app's resources as they are."""
    return [r for r in (live.get(APP) or {}).get("resources") or [] if isinstance(r, dict)]


def desired(change: Change, have: list[Resource]) -> list[Resource]:
    """The list with the edit in it: the resource of this key replaced or added at the end, or taken away."""
    key = change.body.get("resource_key")
    if change.kind is Kind.APP_DETACH:
        return [r for r in have if r.get("name") != key]
    served = {"name": change.endpoint, "permission": change.body.get("permission")}
    if not any(r.get("name") == key for r in have):
        return [*have, {"name": key, "serving_endpoint": served}]
    return [{**r, "serving_endpoint": served} if r.get("name") == key else r for r in have]


def app_calls(change: Change, live: dict[str, Any]) -> list[Call]:
    """One call: the app's resources, and nothing else of it."""
    name, wanted = change.body.get("app"), desired(change, resources_of(live))
    does = "Attach the endpoint to" if change.kind is Kind.APP_ATTACH else "Detach the endpoint from"
    body = {"update_mask": "resources", "app": {"name": name, "resources": wanted}}
    return [Call(method="POST", path=f"{API}/{name}/update", body=body, says=f"{does} the app {name}")]


def app_sides(change: Change, live: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The app's resources before and after."""
    have = resources_of(live)
    return {"resources": have}, {"resources": desired(change, have)}


def app_blockers(change: Change, live: dict[str, Any]) -> Iterator[Breach]:
    """(path, reason) for what the app as it is forbids."""
    app, key = live.get(APP) or {}, change.body.get("resource_key")
    state = (app.get("compute_status") or {}).get("state")
    if state and state not in TAKES_CHANGES:
        yield "", f"The app's compute is {state}: it takes changes while it is {' or '.join(TAKES_CHANGES)}."
    held = next((r for r in resources_of(live) if r.get("name") == key), None)
    mine = endpoint_of(held) == change.endpoint
    if change.kind is Kind.APP_DETACH and not mine:
        yield "resource_key", f"The app has no resource '{key}' that is this endpoint."
    if change.kind is Kind.APP_ATTACH and held is not None and not mine:
        yield "resource_key", f"The app uses the key '{key}' for {told(held)}. Choose another key."


def app_warnings(change: Change, live: dict[str, Any]) -> Iterator[Breach]:
    """(path, what a person should know) before it is applied."""
    key = change.body.get("resource_key")
    if change.kind is Kind.APP_DETACH:
        yield "", "The app's service principal loses the permission it has through this resource."
        return
    others = [r.get("name") for r in resources_of(live) if endpoint_of(r) == change.endpoint and r.get("name") != key]
    if others:
        yield "resource_key", f"The app has this endpoint already, as '{others[0]}'."
    if live.get("permission_level") not in (None, "CAN_MANAGE") and live.get("id"):
        yield "", "You do not manage this endpoint: the workspace may refuse to give the app a permission on it."
    if change.body.get("permission") == "CAN_MANAGE":
        yield "permission", "CAN_MANAGE lets the app change and delete the endpoint. Calling it needs CAN_QUERY."


def endpoint_of(resource: Resource | None) -> str:
    """The endpoint a resource stands for; "" for every other kind of resource."""
    served = (resource or {}).get("serving_endpoint")
    return str(served.get("name") or "") if isinstance(served, dict) else ""


def told(resource: Resource) -> str:
    """What a resource is, in words."""
    if name := endpoint_of(resource):
        return f"the endpoint {name}"
    kind = next((k for k, v in resource.items() if isinstance(v, dict)), "something else")
    return f"a {kind.replace('_', ' ')}"


def merged_change(change: Change, part: dict[str, Any]) -> Change:
    """The change that leads to the merged list `part`."""
    key = change.body.get("resource_key")
    held = next((r for r in part.get("resources") or [] if r.get("name") == key), None)
    if held is None:
        body = {k: change.body[k] for k in ("app", "resource_key") if k in change.body}
        return change.model_copy(update={"kind": Kind.APP_DETACH, "body": body})
    level = (held.get("serving_endpoint") or {}).get("permission")
    return change.model_copy(update={"kind": Kind.APP_ATTACH, "body": {**change.body, "permission": level}})


def undo(operation: dict[str, Any], before: dict[str, Any] | None) -> Change | None:
    """The change that takes an applied one back: `operation` is its change, `before` what was read then."""
    change = Change.model_validate(operation)
    key = change.body.get("resource_key")
    held = next((r for r in (before or {}).get("resources") or [] if r.get("name") == key), None)
    if change.kind not in APP_KINDS:
        return None
    return merged_change(change, {"resources": [held] if held else []})
