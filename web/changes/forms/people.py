"""Who can be granted something, while a name is typed."""

from web.errors import PortalError
from web.workspace import iam
from web.workspace.client import Workspace
from web.workspace.iam import Principal

MOST = 10


def people(ws: Workspace, kind: str, q: str) -> list[Principal]:
    """People, groups or service principals whose name holds `q`, ten at most; none where listing is refused."""
    search = {"group": iam.search_groups, "service_principal": iam.search_service_principals}.get(
        kind, iam.search_users
    )
    try:
        return list(search(ws, q, MOST).principals) if q.strip() else []
    except PortalError:
        return []
