"""The Files API on Unity Catalog volumes: put, get, list, delete; no rename, as in the real one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from web.emulator.people import Person
from web.emulator.wire import ApiError, Call, Handler, Route, denied, missing, reply

BASE = "/api/2.0/fs"
PAGE = 1000
DEPTH = 12  # folders below /Volumes/catalog/schema/volume


@dataclass
class StoredFile:
    """The bytes of a file and when they were last written (virtual ms)."""

    body: bytes
    modified_ms: int


@dataclass
class Volume:
    """A volume: files by their full path, and who may read and write it besides admins."""

    readers: set[str] = field(default_factory=set)
    writers: set[str] = field(default_factory=set)
    files: dict[str, StoredFile] = field(default_factory=dict)


class Volumes:
    """All volumes by `/Volumes/catalog/schema/volume`."""

    def __init__(self) -> None:
        self.by_path: dict[str, Volume] = {}

    def add(self, path: str, *writers: str) -> Volume:
        """Make a volume that `writers` (names of people, apps or groups) may read and write."""
        self.by_path[path] = Volume(writers=set(writers))
        return self.by_path[path]


def _path(call: Call) -> str:
    parts = [call.params[f"p{place}"] for place in range(len(call.params))]
    if ".." in parts:
        raise ApiError(400, "INVALID_PARAMETER_VALUE", "Invalid path: '..' is not allowed.")
    return "/" + "/".join(parts)


def _names(person: Person) -> set[str]:
    return {person.user_name, person.application_id or "", *person.groups}


def _volume(call: Call, path: str, *, write: bool = False) -> Volume:
    volume = call.world.volumes.by_path.get("/".join(path.split("/")[:5]))
    if volume is None or not path.startswith("/Volumes/"):
        raise missing(f"Volume '{path}' does not exist.")
    allowed = volume.writers if write else volume.writers | volume.readers
    if not (call.person.is_admin or allowed & _names(call.person)):
        raise denied(f"User does not have {'WRITE' if write else 'READ'} VOLUME on Volume '{path}'.")
    return volume


async def _put(call: Call) -> Response:
    path = _path(call)
    volume = _volume(call, path, write=True)
    if path in volume.files and call.query.get("overwrite") != "true":
        raise ApiError(409, "ALREADY_EXISTS", f"The file {path} already exists.")
    volume.files[path] = StoredFile(await call.request.body(), call.world.clock.now_ms())
    return Response(status_code=204)


async def _get(call: Call) -> Response:
    path = _path(call)
    found = _volume(call, path).files.get(path)
    if found is None:
        raise missing(f"The file being accessed is not found: {path}")
    return Response(found.body, media_type="application/octet-stream")


async def _delete(call: Call) -> Response:
    path = _path(call)
    if _volume(call, path, write=True).files.pop(path, None) is None:
        raise missing(f"The file being accessed is not found: {path}")
    return Response(status_code=204)


async def _make_folder(call: Call) -> Response:
    _volume(call, _path(call), write=True)
    return Response(status_code=204)


async def _list(call: Call) -> Response:
    folder = _path(call)
    files = _volume(call, folder).files
    names = sorted(path for path in files if path.startswith(folder + "/"))
    start = int(call.query.get("page_token") or 0)
    size = min(PAGE, int(call.query.get("page_size") or PAGE))
    more: dict[str, Any] = {"next_page_token": str(start + size)} if start + size < len(names) else {}
    return reply({"contents": [_entry(path, files[path]) for path in names[start : start + size]], **more})


def _entry(path: str, file: StoredFile) -> dict[str, Any]:
    name = path.rpartition("/")[2]
    size = len(file.body)
    return {"path": path, "name": name, "is_directory": False, "file_size": size, "last_modified": file.modified_ms}


def _at_any_depth(method: str, family: str, handler: Handler, least: int) -> list[Route]:
    paths = ["/".join(f"{{p{place}}}" for place in range(count)) for count in range(least, DEPTH)]
    return [(method, f"{BASE}/{family}/{path}", handler) for path in paths]


ROUTES: list[Route] = [
    *_at_any_depth("PUT", "files", _put, 5),
    *_at_any_depth("GET", "files", _get, 5),
    *_at_any_depth("DELETE", "files", _delete, 5),
    *_at_any_depth("PUT", "directories", _make_folder, 4),
    *_at_any_depth("GET", "directories", _list, 4),
]
