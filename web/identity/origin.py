"""The same-origin check: a page of another site, or of a sibling app, cannot make this browser change anything.

Sec-Fetch-Site, else Origin. A program sends neither and may use /api/v1 with JSON (contract, Identity).
"""

from collections.abc import Mapping

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
API = "/api/v1/"


def refusal(method: str, path: str, headers: Mapping[str, str], public_origin: str = "") -> str:
    """Why this request is refused; '' when it may pass. `public_origin`: how people reach the portal, if configured."""
    if method in SAFE:
        return ""
    site = headers.get("sec-fetch-site", "").lower()
    if site:
        return "" if site == "same-origin" else f"The request came from another site ({site})."
    origin = headers.get("origin", "")
    if origin:
        return "" if _ours(origin, headers, public_origin) else "The request came from another origin."
    content_type = headers.get("content-type", "").split(";")[0].strip().lower()
    if path.startswith(API) and content_type == "application/json":
        return ""
    return "The browser did not say where this request came from."


def _ours(origin: str, headers: Mapping[str, str], public_origin: str) -> bool:
    if public_origin:
        return origin.rstrip("/").lower() == public_origin.rstrip("/").lower()
    host = headers.get("x-forwarded-host") or headers.get("host", "")
    return bool(host) and origin.split("://", 1)[-1].lower() == host.lower()
