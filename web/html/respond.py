"""The only four ways a route answers a browser, and the error page.

`page` and `fragment` render, `done` sends the person on after a write, `invalid` shows a form again with its messages.
"""

import gzip
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from web.errors import PortalError
from web.html import toasts
from web.html.csp import nonce_of, secure_headers
from web.html.htmx import HtmxRequest
from web.html.nav import navigation
from web.html.shell import shell_of
from web.html.stamp import fill
from web.html.templates import environment
from web.html.toasts import Toast

_WORTH_COMPRESSING = 1400


def page(request: Request, name: str, /, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page from template `name`; shows and clears a toast left by a redirect."""
    toast = toasts.recall(request)
    frame = {"nav": navigation(request), "csp_nonce": nonce_of(request), "toasts": [toast] if toast else []}
    response = _render(request, name, status, {**frame, **context})
    if toasts.COOKIE in request.cookies:
        response.delete_cookie(toasts.COOKIE)
    return response


def fragment(
    request: Request,
    name: str,
    /,
    status: int = 200,
    *,
    toast: Toast | None = None,
    replace_url: str = "",
    **context: Any,
) -> HTMLResponse:
    """A piece of a page from template `name`, optionally with a toast shown at once and a new address for the page."""
    response = _render(request, name, status, context)
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


def invalid(request: Request, name: str, /, **context: Any) -> HTMLResponse:
    """422: the same form again, with its messages. A whole page for a plain form, the named fragment for htmx."""
    if HtmxRequest.of(request).partial:
        return fragment(request, name, status=422, **context)
    return page(request, name, status=422, **context)


def error_page(request: Request, error: PortalError) -> HTMLResponse:
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


def _render(request: Request, name: str, status: int, context: dict[str, Any]) -> HTMLResponse:
    frame = {"shell": shell_of(request), "path": request.url.path}
    text = environment().get_template(name).render({**frame, **context})
    body = fill(text, nonce_of(request)).encode()
    headers = secure_headers(request) | {"Vary": "Accept-Encoding"}
    if len(body) >= _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status_code=status, headers=headers)
