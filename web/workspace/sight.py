"""One endpoint as a person may see it: what they may not see does not exist for them."""

from collections.abc import Callable
from typing import Any, TypeVar

from web.errors import Forbidden, NotFound
from web.workspace import listing, serving, shared
from web.workspace.client import Workspace, decode

T = TypeVar("T")
OTHER_REFUSALS = ("token", "scope", "ip address", "ip acl", "network")


def endpoint(ws: Workspace, name: str) -> dict[str, Any]:
    """The raw endpoint. Raises the same NotFound whether it does not exist, is hidden, or could not have that name.

    The workspace itself says 403 for a hidden endpoint, which would tell that there is one.
    """
    return _as_seen(name, lambda: serving.get_endpoint(ws, name))


def watched(ws: Workspace, name: str) -> dict[str, Any]:
    """The same for what pages ask by themselves every few seconds: asked once for all tabs of this credential that ask
    at the same time. Never for a change: it may have been asked a moment before."""
    path = serving.endpoint_path(name)
    body = _as_seen(name, lambda: shared.read(listing.credential(ws), path, lambda: ws.get_bytes(path)))
    return serving.as_endpoint(decode(body), name)


def _as_seen(name: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except NotFound as error:
        raise absent(name) from error
    except Forbidden as error:
        if any(word in error.message.lower() for word in OTHER_REFUSALS):
            raise
        raise absent(name) from error


def absent(name: str) -> NotFound:
    """The one answer about an endpoint that this person cannot see."""
    return NotFound(
        f"There is no endpoint named '{name[:80]}' that you may see.",
        hint="Names are case-sensitive. If somebody shared it with you, ask them for CAN_VIEW or more on it.",
    )


def of(ws: Workspace, name: str, ask: Callable[[], T]) -> T:
    """What `ask` says of an endpoint. About one that is hidden or absent: the same NotFound as above."""
    try:
        return ask()
    except (Forbidden, NotFound):
        endpoint(ws, name)
        raise
