"""Shapes of answers: what is not the object or list a caller counts on is a bad answer, never a crash."""

from collections.abc import Mapping
from typing import Any

from web.errors import Unavailable
from web.workspace.client import Workspace

MAX_PAGES = 50
MAX_ROWS = 5000


def bad_answer(what: str) -> Unavailable:
    """The error for an answer of another shape than documented; `what` names what was expected."""
    return Unavailable(
        f"The workspace answered with something that is not {what}.",
        code="BAD_ANSWER",
        hint="A proxy may stand between the portal and the workspace. Try again in a moment.",
    )


def mapping(answer: object, what: str = "a JSON object") -> dict[str, Any]:
    """`answer` when it is an object; raises Unavailable with code BAD_ANSWER otherwise."""
    if not isinstance(answer, dict):
        raise bad_answer(what)
    return answer


def items(answer: object, key: str) -> list[dict[str, Any]]:
    """The objects under `key`; a missing or null key is an empty list (the API leaves empty lists out)."""
    value = mapping(answer).get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_answer(f"a list of {key}")
    return [item for item in value if isinstance(item, dict)]


def paged(
    ws: Workspace, path: str, key: str, query: Mapping[str, object] | None = None, *, max_rows: int = MAX_ROWS
) -> list[dict[str, Any]]:
    """All objects under `key` over all pages, at most `max_rows` and MAX_PAGES pages.

    An empty page may still carry `next_page_token` (reference §2.3); an unchanged token ends the listing.
    """
    rows: list[dict[str, Any]] = []
    token = ""
    for _ in range(MAX_PAGES):
        answer = ws.get(path, {**(query or {}), "page_token": token or None})
        rows += items(answer, key)
        following = str(answer.get("next_page_token") or "")
        if not following or following == token or len(rows) >= max_rows:
            break
        token = following
    return rows[:max_rows]


def number(value: object) -> int:
    """A whole number of the wire (int, or digits as text for int64); 0 when it is neither."""
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else 0
