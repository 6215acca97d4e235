"""What a person may do in the portal, on top of what the workspace lets them do: roles only narrow.

viewer: look, ask models, plan; operator: change endpoints too; admin: what the portal itself keeps, for everybody.
The one table of exceptions is here, the one check is `authorize`.
"""

from enum import IntEnum

from web.config import Settings
from web.errors import Forbidden
from web.identity.person import Caller


class Role(IntEnum):
    """In order: each may do what those before it may."""

    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Unsafe by method, yet they alter nothing in the workspace: a viewer may.
HARMLESS = frozenset(
    {
        ("POST", "/api/v1/changes/plan"),
        ("POST", "/api/v1/endpoints/{name}/invocations"),
        ("POST", "/changes/queue/{seq}/cancel"),
        ("POST", "/patterns/form"),
        ("POST", "/usage/cancel"),
    }
)


def role_of(who: Caller, settings: Settings) -> Role:
    """The person's role by their groups. Without an operators' group everybody is one, as in the workspace."""
    groups = set(who.groups)
    if who.is_admin or settings.admin_group in groups:
        return Role.ADMIN
    return Role.OPERATOR if not settings.operator_group or settings.operator_group in groups else Role.VIEWER


def is_auditor(who: Caller, settings: Settings) -> bool:
    """Whether the person reads everybody's history: workspace admins, and the auditors' group."""
    return who.is_admin or bool(settings.auditor_group and settings.auditor_group in who.groups)


def needed(method: str, path: str) -> Role:
    """The least role for a route, named by its pattern."""
    return Role.VIEWER if method in SAFE or (method, path) in HARMLESS else Role.OPERATOR


def authorize(who: Caller, settings: Settings, method: str, path: str) -> Role:
    """The person's role. Raises Forbidden when the route needs more."""
    role = role_of(who, settings)
    if role < needed(method, path):
        raise Forbidden(
            "You may look here, but not change anything.",
            code="ROLE_REQUIRED",
            hint=f"Changes are for members of the workspace group '{settings.operator_group}'. Nothing was sent.",
        )
    return role
