"""Pages of Unity Catalog listings, with the empty first page that still has a token."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from web.emulator.wire import ApiError

_DEFAULT = 100


def page(items: list[dict[str, Any]], key: str, query: dict[str, str], *, empty_first: bool = False) -> dict[str, Any]:
    """One page under `key`. `max_results` 0 or absent: the server's own size. Raises the 400 of a bad size or token."""
    size = _size(query.get("max_results"))
    token = query.get("page_token")
    if empty_first and not token and items:
        return {"next_page_token": _token(0)}
    start = _start(token) if token else 0
    shown, end = items[start : start + size], start + size
    more = {"next_page_token": _token(end)} if end < len(items) else {}
    return {**({key: shown} if shown else {}), **more}


def _size(said: str | None) -> int:
    if said is None:
        return _DEFAULT
    if not said.isdigit():
        raise ApiError(400, "INVALID_PARAMETER_VALUE", f"Invalid max_results: '{said}' is not a non-negative integer.")
    return min(int(said), 1000) or _DEFAULT


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"from:{start}".encode()).decode()


def _start(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from:"))
    except (ValueError, binascii.Error) as error:
        raise ApiError(400, "INVALID_PARAMETER_VALUE", "Invalid page token.") from error
