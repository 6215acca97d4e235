"""What the workspace says of the app of an app.attach or app.detach: before it, after it, and when nobody knows."""

from typing import Any

from web.changes.app_attach import APP, desired, resources_of
from web.changes.kinds import Change
from web.errors import Invalid, NotFound
from web.workspace import behalf
from web.workspace.client import Workspace


def with_app(ws: Workspace, change: Change, live: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The endpoint's JSON with the app's beside it, and the portal's principal where that had to read it for the
    person, else "". Raises Invalid for an app that this person does not see."""
    name = str(change.body.get("app") or "")
    try:
        found, read_by = behalf.app(ws, live, name)
        return {**live, APP: found}, read_by
    except NotFound as error:
        raise Invalid(f"There is no app named '{name[:60]}' that you may see.", field="app") from error


def kept(change: Change, live: dict[str, Any]) -> dict[str, Any]:
    """What the history keeps of the app."""
    return {"app": change.body.get("app"), "resources": resources_of(live)}


def read_back(ws: Workspace, change: Change, live: dict[str, Any]) -> dict[str, Any]:
    """The app's resources now, in the shape of `kept`."""
    return kept(change, with_app(ws, change, live)[0])


def judged(ws: Workspace, change: dict[str, Any]) -> tuple[str, str]:
    """(outcome, why) of a change whose answer was lost: does the app show it?"""
    wanted = Change.model_validate(change)
    have = resources_of(with_app(ws, wanted, {"name": wanted.endpoint})[0])
    if desired(wanted, have) == have:
        return "success", "The app has it."
    return "failed", "The app's resources do not show this change: it was not applied."
