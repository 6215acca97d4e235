"""What the app refuses to carry out for a person: taking rights from itself, from the admins, or the last from them."""

from typing import Any

from web.changes.app_attach import APP
from web.changes.checks import Finding
from web.changes.grants import direct_grants, inherited_grants
from web.changes.kinds import Change, Kind
from web.changes.lockouts import ADMINS, lockouts, lost_by
from web.workspace import iam
from web.workspace.client import Workspace

TEXT = "The portal's own principal carries this out for you, and it takes no rights from {}."


def kept_by_app(ws: Workspace, change: Change, permissions: dict[str, Any], principal: str) -> list[Finding]:
    """Blockers of a change of the endpoint's permissions."""
    wanted = change.body.get("access_control_list" if change.kind is Kind.PERMISSIONS else "permissions") or []
    was = direct_grants(permissions)
    whom = [(principal, "itself"), (ADMINS, f"the group '{ADMINS}'")]
    lost = [words for name, words in whom if lost_by(name, was, wanted)]
    if any(one.key == "you" for one in lockouts(was, wanted, inherited_grants(permissions), iam.me(ws))):
        lost.append("you: you would not manage this endpoint any more")
    return [Finding("access_control_list", TEXT.format(words)) for words in lost]


def own_app(live: dict[str, Any], principal: str) -> list[Finding]:
    """The blocker of a change of the portal's own app."""
    own = (live.get(APP) or {}).get("service_principal_client_id") == principal
    return [Finding("app", "The portal's own principal changes no resources of the portal itself.")] if own else []
