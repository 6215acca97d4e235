"""What crosses the proxy: which headers go on to the portal, and which come back."""

import uuid

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from web.emulator.front_door.people import Person
from web.emulator.front_door.sessions import without_own

HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te", "trailer", "transfer-encoding", "upgrade", "expect",
}  # fmt: skip
"""Belong to one connection only (RFC 9110 §7.6.1)."""

PROXY_OWN = {"authorization", "cookie", "forwarded", "x-real-ip", "x-request-id"}
"""Set, or held back, by the proxy itself."""


def onward(request: web.Request, caller: Person) -> CIMultiDict[str]:
    """The request's headers for the portal: the client's own without what it may not say, and who the caller is."""
    named = _named_by_connection(request.headers)
    headers: CIMultiDict[str] = CIMultiDict(
        (name, value) for name, value in request.headers.items() if not _held_back(name.lower(), named)
    )
    cookies = without_own("; ".join(request.headers.getall("Cookie", [])))
    if cookies:
        headers["Cookie"] = cookies
    headers.extend(_identity(request, caller))
    return headers


def _held_back(name: str, named: set[str]) -> bool:
    plain = name.replace("_", "-")
    return name in HOP_BY_HOP or name in named or plain in PROXY_OWN or plain.startswith("x-forwarded-")


def _identity(request: web.Request, caller: Person) -> dict[str, str]:
    headers = {
        "X-Forwarded-Host": request.host,
        "X-Forwarded-Proto": request.scheme,
        "X-Forwarded-Email": caller.email,
        "X-Forwarded-User": caller.subject,
        "X-Forwarded-Preferred-Username": caller.name,
        "X-Real-Ip": request.remote or "",
        "X-Request-Id": str(uuid.uuid4()),
    }
    if caller.token:
        headers["X-Forwarded-Access-Token"] = caller.token
    return headers


def back(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """The portal's response headers for the client."""
    gone = HOP_BY_HOP | _named_by_connection(headers)
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)


def _named_by_connection(headers: CIMultiDictProxy[str]) -> set[str]:
    return {word.strip().lower() for value in headers.getall("Connection", []) for word in value.split(",")}
