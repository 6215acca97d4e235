"""Typed reading of the request headers htmx 4 sends. GET routes never look at these: there the URL decides."""

from dataclasses import dataclass
from typing import Self

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class HtmxRequest:
    """`source` and `target` are `tag#id`; `partial` is false when the whole body or an `hx-select` is wanted."""

    is_htmx: bool
    source: str
    target: str
    current_url: str
    boosted: bool
    partial: bool

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read the headers; everything is empty or False for a plain browser request."""
        headers = request.headers
        return cls(
            is_htmx=headers.get("HX-Request") == "true",
            source=headers.get("HX-Source", ""),
            target=headers.get("HX-Target", ""),
            current_url=headers.get("HX-Current-URL", ""),
            boosted=headers.get("HX-Boosted") == "true",
            partial=headers.get("HX-Request-Type") == "partial",
        )
