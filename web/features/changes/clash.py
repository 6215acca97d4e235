"""A conflict as its page shows it: the three sides of a field, and who made the live one."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.models import Operation, Snapshot
from web.changes import observe
from web.changes.diff import diff
from web.changes.fields import editable
from web.changes.merge import Choice, Clash
from web.changes.words import field_words, simple, value_words
from web.errors import NotFound

LOOKED_BACK = 30


@dataclass(frozen=True)
class SideView:
    """One side: words in one line, or indented JSON (`plain` False)."""

    key: str
    title: str
    text: str
    plain: bool
    unset: bool


@dataclass(frozen=True)
class ClashView:
    """One field to decide. `who` made the live change: a person, or empty for somebody outside this portal; `at` in ms,
    None when the history does not know; `chosen` and `error` of a form that came back."""

    path: str
    name: str
    sides: list[SideView]
    who: str
    at: int | None
    operation: str
    chosen: str = ""
    error: str = ""


def clash_views(
    ledger: Ledger, endpoint: str, clashes: tuple[Clash, ...], choices: dict[str, Choice] | None
) -> list[ClashView]:
    """`choices` of a form that was sent, so that an undecided field says so; None: nobody has decided yet."""
    if not clashes:
        return []
    past = observe.latest(ledger, endpoint, LOOKED_BACK)
    return [_view(ledger, past, c, (choices or {}).get(c.path, ""), choices is not None) for c in clashes]


def _view(ledger: Ledger, past: list[Snapshot], clash: Clash, chosen: Choice, checked: bool) -> ClashView:
    made = _maker(past, clash.path)
    operation = _operation(ledger, made) if made else None
    return ClashView(
        path=clash.path,
        name=field_words(clash.path),
        sides=[_side(k, title, getattr(clash, k)) for k, title in SIDES],
        who=operation.actor if operation else "",
        at=operation.at if operation else made.at if made else None,
        operation=operation.id if operation else "",
        chosen=chosen,
        error="Decide this field: keep what is live, or yours." if checked and not chosen else "",
    )


SIDES = (("base", "When you began"), ("live", "Live now"), ("mine", "Yours"))


def _side(key: str, title: str, value: Any) -> SideView:
    return SideView(key, title, value_words(value), simple(value), value is None)


def _maker(past: list[Snapshot], path: str) -> Snapshot | None:
    """The newest state kept in which this field was another than in the one before."""
    for newer, older in pairwise(past):
        rows = diff(editable(older.body), editable(newer.body))
        if any(_touches(str(row["path"]), path) for row in rows):
            return newer
    return None


def _touches(row: str, path: str) -> bool:
    return row.startswith(path) or path.startswith(row)


def _operation(ledger: Ledger, made: Snapshot) -> Operation | None:
    if made.source != observe.PORTAL:
        return None
    try:
        return queries.operation(ledger.engine, made.op_id, lambda _: True)
    except NotFound:
        return None
