"""Static files: one content hash for all, served for ever under /static/<hash>/…, compressed beforehand.

Two bundles are made by joining our own small files at start, so that nothing has to be built to edit them:
`css/app.css` = static/css/*.css, `js/app.js` = static/js/*.js (each file one behaviour in a block of its own).
Each of js/elements/*.js comes with the modules that it imports (`modules.py`).
"""

import gzip
import hashlib
import json
import mimetypes
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.html.modules import joined

FOLDER = Path(__file__).resolve().parent.parent.parent / "static"
AHEAD = "ahead.json"
"""The rules by which a browser fetches a page before the click: see `html/respond.py`."""

_HIDDEN = {"icons.json", "stamp"}
_IMMUTABLE = "public, max-age=31536000, immutable"
_IMPORTED = re.compile(r"""^import [^"']*from ["']([^"']+)["']""", re.MULTILINE)
_TOP_LEVEL_IMPORT = re.compile(r"^\s*(import\s*[\w{*\"']|export\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its compressed forms (`br` may be missing)."""

    body: bytes
    media_type: str
    etag: str
    gz: bytes | None
    br: bytes | None


def _asset(name: str, body: bytes, gz: bytes | None = None, br: bytes | None = None) -> Asset:
    known = {AHEAD: "application/speculationrules+json"} | ({name: "text/javascript"} if name.endswith(".js") else {})
    media_type = known.get(name) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if gz is None and media_type.startswith(("text/", "image/svg")):
        gz = gzip.compress(body, 9, mtime=0)
    return Asset(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:20]}"', gz, br)


def _bundle(kind: str) -> bytes:
    parts = []
    for path in sorted((FOLDER / kind).glob(f"*.{kind}")):
        text = path.read_text()
        if path.name == "theme.js":
            continue
        if kind == "js" and _TOP_LEVEL_IMPORT.search(text):
            raise ValueError(f"{path.name}: modules in static/js are joined, so they may only use dynamic import()")
        parts.append(f"{{\n{text}\n}}\n" if kind == "js" else text)
    return "\n".join(parts).encode()


@lru_cache(maxsize=1)
def _modules() -> dict[str, str]:
    own = (path for path in (FOLDER / "js").rglob("*.js") if path.parent != FOLDER / "js")
    return {path.relative_to(FOLDER).as_posix(): path.read_text() for path in own}


def _element(name: str) -> bytes:
    return joined(name, _modules()).encode()


def _files() -> Iterator[tuple[str, Asset]]:
    for path in sorted(FOLDER.rglob("*")):
        relative = path.relative_to(FOLDER)
        hidden = path.name in _HIDDEN or path.suffix in {".gz", ".br"} or any(part[0] == "." for part in relative.parts)
        if path.is_file() and not hidden:
            gz, br = (path.with_name(path.name + ending) for ending in (".gz", ".br"))
            name = relative.as_posix()
            read = [file.read_bytes() if file.is_file() else None for file in (gz, br)]
            body = _element(name) if name.startswith("js/elements/") else path.read_bytes()
            yield name, _asset(name, body, *read)
    for kind in ("css", "js"):
        yield f"{kind}/app.{kind}", _asset(f"app.{kind}", _bundle(kind))


@lru_cache(maxsize=1)
def catalogue() -> dict[str, Asset]:
    """All files by their path under static/, read once at start."""
    return dict(_files())


@lru_cache(maxsize=1)
def version() -> str:
    """The content hash of all static files together."""
    return hashlib.sha256("".join(name + asset.etag for name, asset in catalogue().items()).encode()).hexdigest()[:12]


def static_url(name: str) -> str:
    """The address of a static file. Raises KeyError for a file that does not exist."""
    if name not in catalogue():
        raise KeyError(f"static/{name} does not exist; has `python -m web.assets` been run?")
    return f"/static/{version()}/{name}"


@lru_cache(maxsize=32)
def module_urls(name: str) -> tuple[str, ...]:
    """The address of a module and of all that it imports at once, so that the browser need not find them one by one."""
    found = [name]
    for one in found:
        text = catalogue()[one].body.decode()
        paths = (posixpath.normpath(posixpath.join(posixpath.dirname(one), path)) for path in _IMPORTED.findall(text))
        found += [path for path in dict.fromkeys(paths) if path not in found]
    return tuple(static_url(one) for one in found)


@lru_cache(maxsize=1)
def _icons() -> dict[str, str]:
    data: dict[str, str] = json.loads((FOLDER / "vendor" / "icons.json").read_text())
    return data


@lru_cache(maxsize=512)
def icon(name: str, label: str = "") -> Markup:
    """An inline SVG of bootstrap-icons; decorative unless given a label. Raises KeyError for an unknown name."""
    drawing = Markup(_icons()[name])  # noqa: S704 the drawings come from our pinned build, not from people
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" viewBox="0 0 16 16" fill="currentColor" {}>{}</svg>').format(spoken, drawing)


async def serve(request: Request) -> Response:
    """One static file: for ever under the current hash, revalidated under any other; 304 and 404 as usual."""
    asset = catalogue().get(request.path_params["name"])
    if asset is None:
        return Response("Not found", 404, media_type="text/plain")
    current = request.path_params["version"] == version()
    headers = {"Cache-Control": _IMMUTABLE if current else "no-cache", "ETag": asset.etag, "Vary": "Accept-Encoding"}
    headers["X-Content-Type-Options"] = "nosniff"
    if request.headers.get("If-None-Match") == asset.etag:
        return Response(status_code=304, headers=headers)
    accepted = request.headers.get("Accept-Encoding", "")
    for encoding, body in (("br", asset.br), ("gzip", asset.gz)):
        if body is not None and encoding in accepted:
            return Response(body, headers={**headers, "Content-Encoding": encoding}, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)


async def favicon(_request: Request) -> Response:
    """The icon where browsers look for it when an answer names none, as JSON cannot."""
    asset = catalogue()["icons/favicon.svg"]
    return Response(asset.body, headers={"Cache-Control": "public, max-age=86400"}, media_type=asset.media_type)


def static_routes() -> list[Route]:
    """The routes to add to the app: `app.router.routes.extend(static_routes())`."""
    return [
        Route("/static/{version}/{name:path}", serve, methods=["GET"], name="static"),
        Route("/favicon.ico", favicon, methods=["GET"]),
    ]
