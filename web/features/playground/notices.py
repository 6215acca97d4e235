"""What keeps an endpoint from answering, said before anybody asks: stopped, not ready, route-optimized, not allowed."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notice:
    """`title` says what it is, `text` what to do; `page` under the endpoint helps, `label` its link."""

    title: str
    text: str
    page: str = ""
    label: str = "Open the endpoint"


STOPPED = Notice("The endpoint is stopped", "Start it on its page; then it answers here.")
NOT_READY = Notice("The endpoint is not ready", "It answers once it is READY. Its page says how far it is, and why.")
ROUTE_OPTIMIZED = Notice(
    "This endpoint is route-optimized",
    "It answers only at its own address and only with an OAuth token for it, so the playground cannot ask it. "
    "Fill in a request here and take the code along.",
    "integrate",
    "How to call it",
)
NOT_ALLOWED = Notice(
    "You may see this endpoint but not ask it",
    "Asking needs CAN_QUERY. Somebody with CAN_MANAGE can grant it.",
    "permissions",
    "See who has access",
)


def notice(raw: dict[str, Any]) -> Notice | None:
    """The first thing in the way of an answer from the endpoint `raw` (the JSON of GET), or None."""
    state = raw.get("state") or {}
    if raw.get("permission_level") == "CAN_VIEW":
        return NOT_ALLOWED
    if state.get("suspend") == "STOPPED":
        return STOPPED
    if state.get("ready") == "NOT_READY":
        return NOT_READY
    return ROUTE_OPTIMIZED if raw.get("route_optimized") is True else None
