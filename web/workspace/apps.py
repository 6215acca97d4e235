"""Databricks Apps, as far as attaching an endpoint to one needs it (reference §2.5)."""

from typing import Any
from urllib.parse import quote

from web.workspace import names
from web.workspace.answers import MAX_ROWS, mapping, paged
from web.workspace.client import Workspace

APPS = "/api/2.0/apps"
PAGE = 100


def list_apps(ws: Workspace, *, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """The apps the caller may see, raw."""
    return paged(ws, APPS, "apps", {"page_size": PAGE}, max_rows=max_rows)


def get_app(ws: Workspace, name: str) -> dict[str, Any]:
    """One app, raw: `resources`, `service_principal_client_id`, `user_api_scopes` … Raises NotFound, Forbidden."""
    return mapping(ws.get(f"{APPS}/{quote(names.segment(name), safe='')}"), "an app")


def permissions(ws: Workspace, name: str) -> dict[str, Any]:
    """The permissions object of an app: `{"access_control_list"}`."""
    return mapping(ws.get(f"/api/2.0/permissions/apps/{quote(names.segment(name), safe='')}"), "permissions")
