"""The Content-Security-Policy and its companion headers. Nothing inline, nothing evaluated, nothing foreign."""

import secrets

from starlette.requests import Request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def policy(nonce: str) -> str:
    """The policy. The nonce serves one `<style>` element only: the one CodeMirror writes its rules into."""
    return _POLICY.format(nonce=nonce)


def nonce_of(request: Request) -> str:
    """The style nonce of this request, made on first use."""
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
