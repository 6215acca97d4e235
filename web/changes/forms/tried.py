"""What became of a submit, by either tab: a change, or the form (or the JSON text) with what is wrong with it."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from web.changes import drafts
from web.changes.forms import held
from web.changes.forms.problems import Problems
from web.changes.kinds import Change
from web.errors import Invalid

F = TypeVar("F")


@dataclass
class Tried(Generic[F]):
    """`tab` is "form" or "json"; `line` is where a text stops being JSON, 0 for nowhere; `said`: words for a toast."""

    form: F
    tab: str = "form"
    text: str = ""
    line: int = 0
    problems: Problems = field(default_factory=Problems)
    change: Change | None = None
    said: list[str] = field(default_factory=list)


def parsed(typed: str, blank: F) -> tuple[dict[str, Any], Tried[F] | None]:
    """The object a text holds; or what is wrong with it, beside the `blank` form and the text without typed secrets."""
    try:
        return drafts.parse_body(typed), None
    except Invalid as error:
        line = error.message.partition("at line ")[2].partition(",")[0]
        found = Problems({"json": error.message}, [("json", error.message)])
        return {}, Tried(blank, "json", held.masked(typed), int(line) if line.isdigit() else 0, found)
