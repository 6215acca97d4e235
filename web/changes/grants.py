"""The grants in a permissions object, as a request takes them: one principal and one level each."""

from typing import Any

from web.changes.lockouts import PRINCIPALS


def direct_grants(permissions: dict[str, Any]) -> list[dict[str, Any]]:
    """The grants made on the endpoint itself, as a request takes them: one principal and one level each."""
    return _grants(permissions, inherited=False)


def inherited_grants(permissions: dict[str, Any]) -> list[dict[str, Any]]:
    """The grants that come from above, in the same shape."""
    return _grants(permissions, inherited=True)


def _grants(permissions: dict[str, Any], *, inherited: bool) -> list[dict[str, Any]]:
    grants = []
    for entry in permissions.get("access_control_list") or []:
        who = {k: entry[k] for k in PRINCIPALS if entry.get(k)}
        for level in entry.get("all_permissions") or []:
            if who and bool(level.get("inherited")) == inherited:
                grants.append({**who, "permission_level": level.get("permission_level")})
    return grants
