"""Secret scopes and the names of their keys; never a value (reference §2.4)."""

from web.workspace import names
from web.workspace.answers import items
from web.workspace.client import Workspace

SECRETS = "/api/2.0/secrets"


def scopes(ws: Workspace) -> list[str]:
    """Names of the scopes the caller may see."""
    return sorted(str(row["name"]) for row in items(ws.get(f"{SECRETS}/scopes/list"), "scopes") if row.get("name"))


def keys(ws: Workspace, scope: str) -> list[str]:
    """Names of a scope's keys. Raises NotFound, Forbidden."""
    answer = ws.get(f"{SECRETS}/list", {"scope": names.segment(scope)})
    return sorted(str(row["key"]) for row in items(answer, "secrets") if row.get("key"))
