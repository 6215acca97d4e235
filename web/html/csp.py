"""The Content-Security-Policy and its companion headers. Nothing inline, nothing evaluated, nothing foreign.

Nor may an element act because somebody wrote `hx-get` on it: htmx (hx-csp) heeds only elements that carry the page's
nonce as `hx-nonce`, and Trusted Types let nobody but htmx and DOMPurify make elements of a text. `default` is the
policy of static/js/playground/form-view.js, which takes all markup away.
"""

import secrets

from starlette.requests import Request

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx dompurify default"
)


def policy(nonce: str) -> str:
    """The policy. The nonce is for the page's own scripts, for htmx, and for the one `<style>` CodeMirror writes."""
    return _POLICY.format(nonce=nonce)


def nonce_of(request: Request) -> str:
    """The nonce of this request, made on first use."""
    nonce = getattr(request.state, "csp_nonce", None)
    if not isinstance(nonce, str):
        nonce = secrets.token_urlsafe(16)
        request.state.csp_nonce = nonce
    return nonce


def secure_headers(request: Request) -> dict[str, str]:
    """The headers of every HTML answer. Pages show workspace data, so no cache keeps them."""
    return {
        "Content-Security-Policy": policy(nonce_of(request)),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
