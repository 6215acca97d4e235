"""The identity an endpoint runs as, its creator for good: the workspace re-checks its grants at every update."""

from typing import Any

from web.changes.checks import Finding
from web.changes.kinds import Change, Kind
from web.errors import PortalError
from web.workspace import iam
from web.workspace.client import Workspace

ROLLING = (Kind.CONFIG, Kind.TRAFFIC, Kind.START, Kind.RESTORE)


def run_as_findings(ws: Workspace, change: Change, live: dict[str, Any] | None) -> list[Finding]:
    """A warning when the creator is not in the workspace any more. What cannot be looked up is not judged."""
    creator = str((live or {}).get("creator") or "")
    if change.kind not in ROLLING or "@" not in creator or departed(ws, creator) is not True:
        return []
    message = (
        f"{creator}, as whom this endpoint runs for good, is not in the workspace any more: it will refuse the update."
    )
    return [Finding("", f"{message} Duplicate the endpoint to run it as somebody who is.", "run-as-gone")]


def departed(ws: Workspace, email: str) -> bool | None:
    """Whether nobody of this name is in the workspace; None when the directory cannot be asked."""
    try:
        found = iam.search_users(ws, email)
    except PortalError:
        return None
    there = any(person.name.casefold() == email.casefold() for person in found.principals)
    return not there if found.allowed else None
