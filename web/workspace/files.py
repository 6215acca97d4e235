"""Files on a Unity Catalog volume, by their full path `/Volumes/catalog/schema/volume/…` (Files API; no rename)."""

import re
from typing import Any
from urllib.parse import quote

from web.errors import Invalid, NotFound, Unavailable
from web.workspace.answers import items
from web.workspace.client import Workspace
from web.workspace.errors import raise_for
from web.workspace.transport import NotSent, Unanswered

BASE = "/api/2.0/fs"
LARGEST = 1024**3
VOLUME = re.compile(r"/Volumes(/[^/\s]+){3,}")


def folder(path: str) -> str:
    """The path of a folder on a volume without a slash at its end. Raises Invalid for anything else."""
    path = path.rstrip("/")
    if not VOLUME.fullmatch(path) or ".." in path.split("/"):
        raise Invalid(
            f"'{path}' is not a path on a volume.", hint="Give /Volumes/<catalog>/<schema>/<volume>[/folder]."
        )
    return path


def names(ws: Workspace, path: str) -> list[str]:
    """Names of the files in a folder; none when the folder is not there yet."""
    found: list[dict[str, Any]] = []
    token: str | None = None
    while True:
        try:
            page = ws.get(f"{BASE}/directories{quote(path)}", {"page_token": token})
        except NotFound:
            return []
        found += items(page, "contents")
        token = page.get("next_page_token") if isinstance(page, dict) else None
        if not token:
            return [str(row["name"]) for row in found if row.get("name") and not row.get("is_directory")]


def read(ws: Workspace, path: str) -> bytes:
    """The bytes of a file. Raises NotFound, Forbidden, Unavailable."""
    reply = ws.transport.read(f"{BASE}/files{quote(path)}", ws.headers, accept="*/*", most=LARGEST)
    raise_for(reply.status, reply.body, reply.headers)
    return reply.body


def write(ws: Workspace, path: str, body: bytes) -> None:
    """Put a file in place of what is there. Raises PortalError when it is not certain that it was stored."""
    _send(ws, "PUT", f"{BASE}/files{quote(path)}?overwrite=true", body)


def make_folder(ws: Workspace, path: str) -> None:
    """Make a folder with its parents; nothing when it is there."""
    _send(ws, "PUT", f"{BASE}/directories{quote(path)}", b"")


def delete(ws: Workspace, path: str) -> None:
    """Delete a file; nothing when it is gone already."""
    try:
        _send(ws, "DELETE", f"{BASE}/files{quote(path)}", None)
    except NotFound:
        return


def _send(ws: Workspace, method: str, path: str, body: bytes | None) -> None:
    try:
        reply = ws.transport.send(method, path, ws.headers, body, "application/octet-stream")
    except (NotSent, Unanswered) as error:
        raise Unavailable(f"The volume did not answer ({error}).") from error
    raise_for(reply.status, reply.body, reply.headers)
