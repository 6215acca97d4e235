"""Rights that a change of permissions takes away and somebody may miss: one's own, the last manager's, the portal's.

Entries have the shape of a permissions request: one of user_name, group_name and service_principal_name, and
permission_level.
"""

from dataclasses import dataclass
from typing import Any

from web.config import app_principal
from web.workspace.iam import Me

Entry = dict[str, Any]
PRINCIPALS = ("user_name", "group_name", "service_principal_name")
LEVELS = ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")
MANAGE = "CAN_MANAGE"
ADMINS = "admins"


@dataclass(frozen=True)
class Lockout:
    """`key` names what is lost: you, last or portal."""

    key: str
    text: str


def lockouts(was: list[Entry], wanted: list[Entry], inherited: list[Entry], me: Me) -> list[Lockout]:
    """What to accept before the direct grants `was` become `wanted`. `inherited` stay as they are."""
    found = []
    managing = [principal_of(entry) for entry in [*wanted, *inherited] if entry.get("permission_level") == MANAGE]
    if not me.is_admin and not {me.user_name, *me.groups} & set(managing):
        found.append(Lockout("you", "You lose CAN_MANAGE on this endpoint. You cannot give it back to yourself."))
    if not any(entry.get("permission_level") == MANAGE for entry in wanted):
        found.append(Lockout("last", "Nobody but workspace admins could manage this endpoint any more."))
    portal = app_principal()
    if portal and lost_by(portal, was, wanted):
        text = "The portal's own service principal loses rights: it could no longer settle changes without an answer."
        found.append(Lockout("portal", text))
    return found


def principal_of(entry: Entry) -> str:
    """The name in an entry."""
    return next((str(entry[field]) for field in PRINCIPALS if entry.get(field)), "")


def lost_by(name: str, was: list[Entry], wanted: list[Entry]) -> bool:
    """Whether the principal of this name would have a lower level by direct grants than now."""
    return _best(wanted, name) < _best(was, name)


def _best(entries: list[Entry], name: str) -> int:
    levels = [str(entry.get("permission_level")) for entry in entries if principal_of(entry) == name]
    return max((LEVELS.index(level) for level in levels if level in LEVELS), default=-1)
