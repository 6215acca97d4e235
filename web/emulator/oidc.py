"""Host metadata and OAuth tokens: what a client asks before its first API call (§4.2)."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import Response

from web.emulator.people import TOKEN_LIFE_S
from web.emulator.wire import Call, Route, reply

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def _base(call: Call) -> str:
    return str(call.request.base_url).rstrip("/")


async def host_metadata(call: Call) -> Response:
    """GET /.well-known/databricks-config: no authorization needed."""
    from web.emulator.world import ACCOUNT_ID, WORKSPACE_ID

    shown = {
        "oidc_endpoint": f"{_base(call)}/oidc",
        "account_id": ACCOUNT_ID,
        "workspace_id": WORKSPACE_ID,
        "cloud": "AWS",
    }
    return reply(shown)


async def authorization_server(call: Call) -> Response:
    """GET /oidc/.well-known/oauth-authorization-server."""
    base = f"{_base(call)}/oidc"
    shown = {"issuer": base, "authorization_endpoint": f"{base}/v1/authorize", "token_endpoint": f"{base}/v1/token"}
    return reply({**shown, "grant_types_supported": ["client_credentials", JWT_BEARER]})


async def token(call: Call) -> Response:
    """POST /oidc/v1/token: client credentials, by HTTP Basic or in the form; or a narrowed token for one endpoint."""
    form = {key: values[0] for key, values in parse_qs((await call.request.body()).decode("latin-1")).items()}
    people, now = call.world.people, call.world.clock.now_ms()
    if form.get("grant_type") == JWT_BEARER:
        known = people.issued.get(form.get("assertion", ""))
        if known is None or known.expires_ms <= now:
            return _error(400, "invalid_grant", "The assertion is not a valid token of this workspace.")
        return _granted(form["assertion"], {"authorization_details": form.get("authorization_details")})
    if form.get("grant_type") != "client_credentials":
        return _error(400, "unsupported_grant_type", "Use client_credentials.")
    client, secret = _credentials(call, form)
    issued = people.issue(client, secret, now)
    if issued is None:
        return _error(401, "invalid_client", "Client authentication failed")
    return _granted(issued, {"scope": form.get("scope", "all-apis")})


def _credentials(call: Call, form: dict[str, str]) -> tuple[str, str]:
    header = call.request.headers.get("authorization", "")
    if header.lower().startswith("basic "):
        try:
            client, _, secret = base64.b64decode(header[6:], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _granted(access_token: str, more: dict[str, Any]) -> Response:
    return reply({"access_token": access_token, "token_type": "Bearer", "expires_in": TOKEN_LIFE_S, **more})


def _error(status: int, error: str, description: str) -> Response:
    return reply({"error": error, "error_description": description}, status)


ROUTES: list[Route] = [
    ("GET", "/.well-known/databricks-config", host_metadata),
    ("GET", "/oidc/.well-known/oauth-authorization-server", authorization_server),
    ("POST", "/oidc/v1/token", token),
]
