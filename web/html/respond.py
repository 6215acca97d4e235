"""The only four ways a route answers a browser, and the error page.

`page` and `fragment` render, `done` sends the person on after a write, `invalid` shows a form again with its messages.
"""

import gzip
import hashlib
import time
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.errors import PortalError
from web.html import toasts
from web.html.assets import AHEAD, static_url
from web.html.csp import nonce_of, secure_headers
from web.html.htmx import HtmxRequest
from web.html.nav import navigation
from web.html.packed import Packed
from web.html.shell import shell_of
from web.html.stamp import MARK, fill
from web.html.templates import environment
from web.html.toasts import Toast
from web.hurry import unhurried

T = TypeVar("T")

_WORTH_COMPRESSING = 1400
_SWIFT = 1  # of gzip's levels: a third of the time of 5, for a fifth more bytes


class Shelf(Protocol):
    """Where a page may be kept."""

    def of(self, *key: Hashable) -> Any:
        """What is kept under this key, or None."""

    def keep(self, piece: T, *key: Hashable) -> T:
        """Keep it, and answer it."""


Shelved = tuple[Shelf, Hashable]


def page(
    request: Request, name: str, /, status: int = 200, *, shelved: Shelved | None = None, **context: Any
) -> HTMLResponse:
    """A whole page from template `name`; shows and clears a toast left by a redirect.

    `shelved`: one person's shelf, and all that the page depends on besides the frame; it is drawn and compressed once.
    It names the rules (static/ahead.json) by which the browser fetches the next page when the pointer rests on a link
    for 200 ms or goes down: an endpoint's page asks the workspace once, the others nothing; usage would start a query.
    """
    ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")  # perhaps nobody will look at it
    toast = None if ahead else toasts.recall(request)
    frame = {"nav": navigation(request), "csp_nonce": nonce_of(request), "toasts": [toast] if toast else []}
    if shelved and not toast:
        response = _sent(request, _packed(request, name, shelved, {**frame, **context}), status)
    else:
        response = _answer(request, _drawn(request, name, {**frame, **context}), status)
    if toasts.COOKIE in request.cookies and not ahead:
        response.delete_cookie(toasts.COOKIE)
    if status == 200:
        response.headers["Speculation-Rules"] = f'"{static_url(AHEAD)}"'
        response.headers["Server-Timing"] = f"drawn;dur={time.time() * 1000:.0f}"
    return response


def fragment(
    request: Request,
    name: str,
    /,
    status: int = 200,
    *,
    toast: Toast | None = None,
    replace_url: str = "",
    keep: bool = True,
    shelved: Shelved | None = None,
    **context: Any,
) -> Response:
    """A piece of a page from template `name`, optionally with a toast shown at once and a new address for the page.

    One that was read (GET, 200) may lie in the reader's own browser, which asks whether it still holds: 304 then.
    `keep=False` for what no disk should hold, such as lines of a log; pages are never kept. `shelved`: as for `page`.
    """
    text: str | None = shelved[0].of(name, shelved[1]) if shelved else None
    if text is None:
        text = _drawn(request, name, context)
        if shelved:
            shelved[0].keep(text, name, shelved[1])
    kept = keep and status == 200 and request.method == "GET" and not toast
    response = _revalidated(request, text) if kept else _answer(request, text, status)
    if replace_url:
        response.headers["HX-Replace-Url"] = replace_url
    if toast:
        response.headers.update(toasts.trigger_header(toast))
    return response


def done(request: Request, url: str, toast: Toast | str | None = None) -> Response:
    """After a write: send the browser to `url` (a path of the portal), with a toast there.

    303 for a plain form, 204 with HX-Redirect for htmx. Raises ValueError for anything but a local path.
    """
    if not url.startswith("/") or url[1:2] in {"/", "\\"}:
        raise ValueError(f"not a path of the portal: {url!r}")
    response: Response
    if HtmxRequest.of(request).is_htmx:
        response = Response(status_code=204, headers={"HX-Redirect": url})
    else:
        response = RedirectResponse(url, status_code=303)
    if toast:
        told = toast if isinstance(toast, Toast) else Toast(toast)
        toasts.remember(response, told, secure=request.url.scheme == "https")
    return response


def invalid(request: Request, name: str, /, **context: Any) -> Response:
    """422: the same form again, with its messages. A whole page for a plain form, the named fragment for htmx."""
    if HtmxRequest.of(request).partial:
        return fragment(request, name, status=422, **context)
    return page(request, name, status=422, **context)


def error_page(request: Request, error: PortalError) -> Response:
    """An error in its true status: a page; for htmx a panel in place of what was asked for, after a write a toast."""
    request_id = error.request_id or getattr(request.state, "request_id", "")
    context: dict[str, Any] = {"error": error, "request_id": request_id}
    if not HtmxRequest.of(request).is_htmx:
        return page(request, "errors/error.html", error.status, **context)
    response = fragment(request, "errors/_error.html", error.status, **context)
    if request.method == "GET":
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response.headers["HX-Reswap"] = "none"
        response.headers.update(toasts.trigger_header(Toast(error.message, "danger", error.hint)))
    return response


def _drawn(request: Request, name: str, context: dict[str, Any]) -> str:
    """The template rendered, with the marks of `stamp` where the nonce will be."""
    unhurried()
    frame = {"shell": shell_of(request), "path": request.scope["path"]}
    return environment().get_template(name).render({**frame, **context})


def _packed(request: Request, name: str, shelved: Shelved, context: dict[str, Any]) -> Packed:
    shelf, key = shelved
    place = (name, shell_of(request), request.scope["path"], key)
    found: Packed | None = shelf.of(*place)
    return found or shelf.keep(Packed(_drawn(request, name, {**context, "csp_nonce": MARK}), _SWIFT), *place)


def _sent(request: Request, packed: Packed, status: int) -> HTMLResponse:
    headers = secure_headers(request) | {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HTMLResponse(packed.plain(nonce_of(request)), status, headers)
    return HTMLResponse(packed.gzip(nonce_of(request)), status, headers | {"Content-Encoding": "gzip"})


def _answer(request: Request, text: str, status: int, more: dict[str, str] | None = None) -> HTMLResponse:
    unhurried()
    body = fill(text, nonce_of(request)).encode()
    headers = secure_headers(request) | {"Vary": "Accept-Encoding"} | (more or {})
    if len(body) >= _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, _SWIFT, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status_code=status, headers=headers)


def _revalidated(request: Request, text: str) -> Response:
    """The answer, or 304 when this browser has the very same. The tag is a hash of what this person is shown.

    The nonce is no part of it: what the browser has kept carries the nonce of the policy that it has kept with it.
    """
    tag = f'W/"{_hash(text)}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": tag, "Vary": "Accept-Encoding, Cookie"}
    if request.headers.get("If-None-Match") == tag:
        return Response(status_code=304, headers=headers)
    return _answer(request, text, 200, headers)


@lru_cache(maxsize=16)
def _hash(text: str) -> str:
    """Of all but the words of times ("5 min ago"): the browser keeps these true by itself, the moment stands beside."""
    *parts, last = text.split("</time>")
    told = [part[: part.rfind(">") + 1] for part in parts]
    return hashlib.blake2b("".join([*told, last]).encode(), digest_size=12).hexdigest()
