"""The endpoints page: one page of rows out of a listing of thousands."""

import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from web.features.endpoint_tabs import place
from web.features.endpoints.rows import KINDS, SORTS, STATES, TASKS, Entry, Index, index, model_name, ordered
from web.hurry import unhurried
from web.workspace.listing import Pieces, Snapshot
from web.workspace.rows import StateRow

PER_PAGE = 50
SHOWN_MODELS = 2
SHOWN_TAGS = 3
OFFERED = 100
TABLES = 8
AGE_MS = 30_000
COLUMNS = (
    ("Name and models", "name"),
    ("Kind and task", "kind"),
    ("State", "state"),
    ("Creator", "creator"),
    ("Tags", ""),
    ("Updated", "updated"),
)

Option = tuple[str, str]


@dataclass(frozen=True)
class Wanted:
    """What is asked for; empty means any. `sort` is a column, with "-" for descending. `page` counts from 1."""

    q: str = ""
    kind: str = ""
    state: str = ""
    task: str = ""
    creator: str = ""
    tag: str = ""
    sort: str = ""
    page: int = 1

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return any((self.q, self.kind, self.state, self.task, self.creator, self.tag))


@dataclass(frozen=True)
class RowView:
    """One line. `models` are at most SHOWN_MODELS of them, `more_models` says how many there are besides."""

    name: str
    url: str
    kind: str
    task: str
    state: StateRow
    models: list[str]
    more_models: int
    creator: str
    tags: list[tuple[str, str]]
    more_tags: int
    updated: int | None


@dataclass(frozen=True)
class TableView:
    """One page of the list with everything around it. `matching` of `everything` endpoints fit the filters."""

    rows: list[RowView]
    matching: int
    everything: int
    pages: int
    wanted: Wanted
    quick: list[tuple[str, str, str, int]]
    quick_current: str
    columns: list[str | tuple[str, dict[str, str]]]
    states: list[Option]
    tasks: list[Option]
    creators: list[Option]
    tags: list[Option]
    page_url: str
    own_url: str
    live_url: str
    busy: bool
    stale_at: int | None
    problem: str
    pieces: Pieces
    tables: Pieces

    @property
    def stamp(self) -> tuple[Wanted, int]:
        """What this page of rows, once drawn, may be shown again for: the words for times grow old."""
        return self.wanted, int(time.time() * 1000) // AGE_MS


def wanted(values: dict[str, str]) -> Wanted:
    """What the address asks for; a value that makes no sense asks for nothing."""
    text = {key: values.get(key, "").strip()[:200] for key in ("q", "kind", "state", "task", "creator", "tag", "sort")}
    if text["sort"].removeprefix("-") not in SORTS:
        text["sort"] = ""
    page = values.get("page", "1")
    return Wanted(**text, page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 7 else 1)


def table(snapshot: Snapshot, want: Wanted) -> TableView:
    """The page of rows that `want` asks for; a page past the end is the last one."""
    if snapshot.problem:
        return _table(snapshot, want)
    seen = snapshot.once("endpoints tables", lambda _: Pieces(TABLES))
    made: TableView | None = seen.of(want)
    return made or seen.keep(_table(snapshot, want), want)


def _table(snapshot: Snapshot, want: Wanted) -> TableView:
    unhurried()
    known = index(snapshot)
    column = want.sort.removeprefix("-") or "name"
    kindless = _matching(snapshot, column, replace(want, kind=""))
    found = [entry for entry in kindless if entry.kind == want.kind] if want.kind else kindless
    if want.sort.startswith("-"):
        found = found[::-1]
    pages = max(1, -(-len(found) // PER_PAGE))
    want = replace(want, page=min(want.page, pages))
    rows = [row_view(entry) for entry in found[(want.page - 1) * PER_PAGE : want.page * PER_PAGE]]
    busy = any(row.state.config_update == "IN_PROGRESS" for row in rows)
    return TableView(
        rows=rows,
        matching=len(found),
        everything=len(known.entries),
        pages=pages,
        wanted=want,
        quick=_quick(snapshot, known, want, kindless),
        quick_current="attention" if want.state == "attention" and not want.kind else want.kind or "all",
        columns=[_column(label, key, want, column) for label, key in COLUMNS],
        **_offers(known, want),
        page_url=address(replace(want, page=1), "page"),
        own_url=address(want),
        live_url=address(want, base="/endpoints/table"),
        busy=busy,
        stale_at=snapshot.at_ms if snapshot.problem else None,
        problem=snapshot.problem.message if snapshot.problem else "",
        pieces=snapshot.once("endpoints pieces", lambda _: Pieces()),
        tables=snapshot.once("endpoints drawn", lambda _: Pieces(TABLES)),
    )


def address(want: Wanted, ends_with: str = "", base: str = "/endpoints") -> str:
    """The address that asks for `want`; `ends_with` names a parameter left open at its end."""
    kept = {key: value for key, value in asdict(want).items() if value and not (key == "page" and value == 1)}
    query = urlencode(kept)
    if ends_with:
        return f"{base}?{query}{'&' if query else ''}{ends_with}="
    return f"{base}?{query}" if query else base


def row_view(entry: Entry) -> RowView:
    """One line of the table."""
    row = entry.row
    models = [model_name(entity) for entity in row.served_entities]
    tags = [(tag.key, tag.value or "") for tag in row.tags or []]
    return RowView(
        name=row.name,
        url=place(row.name),
        kind=entry.kind,
        task=TASKS.get(row.task or "", row.task or ""),
        state=row.state or StateRow(),
        models=models[:SHOWN_MODELS],
        more_models=max(0, len(models) - SHOWN_MODELS),
        creator=row.creator or ("Databricks" if not row.id else ""),
        tags=tags[:SHOWN_TAGS],
        more_tags=max(0, len(tags) - SHOWN_TAGS),
        updated=row.last_updated_timestamp,
    )


def _matching(snapshot: Snapshot, column: str, want: Wanted) -> list[Entry]:
    entries = ordered(snapshot, column)
    if not want.filtered:
        return list(entries)
    words = want.q.lower().split()
    return [entry for entry in entries if _fits(entry, want) and all(word in entry.haystack for word in words)]


def _fits(entry: Entry, want: Wanted) -> bool:
    return (
        (not want.state or want.state in entry.states)
        and (not want.task or want.task == entry.row.task)
        and (not want.creator or want.creator == entry.row.creator)
        and (not want.tag or want.tag in entry.tags)
    )


def _quick(snapshot: Snapshot, known: Index, want: Wanted, kindless: list[Entry]) -> list[tuple[str, str, str, int]]:
    """Tabs with counts under the other filters: all, each kind there is, and what needs attention."""
    plain = replace(want, kind="", page=1, state="" if want.state == "attention" else want.state)
    shown = kindless if plain == replace(want, kind="", page=1) else _matching(snapshot, "name", plain)
    if not plain.filtered:
        counts, troubled = known.kinds, known.states["attention"]
    else:
        counts = Counter(entry.kind for entry in shown)
        troubled = sum("attention" in entry.states for entry in shown)
    kinds = [(kind, KINDS.get(kind, kind)) for kind in [*KINDS, *(k for k in known.kinds if k not in KINDS)]]
    tabs = [("all", "All", address(plain), len(shown))]
    tabs += [(k, label, address(replace(plain, kind=k)), counts[k]) for k, label in kinds if known.kinds[k]]
    return [*tabs, ("attention", STATES["attention"], address(replace(plain, state="attention")), troubled)]


def _column(label: str, key: str, want: Wanted, current: str) -> str | tuple[str, dict[str, str]]:
    if not key:
        return label
    if key != current:
        return label, {"sort": address(replace(want, sort="-updated" if key == "updated" else key, page=1))}
    down = want.sort.startswith("-")
    turned = key if down else f"-{key}"
    return label, {
        "sort": address(replace(want, sort=turned, page=1)),
        "order": "descending" if down else "ascending",
    }


def _offers(known: Index, want: Wanted) -> dict[str, list[Option]]:
    """What the selects offer: values that occur, the frequent ones when there are very many, and what is chosen."""
    chosen = {"tasks": want.task, "creators": want.creator, "tags": want.tag}
    offers = {}
    for name, value in chosen.items():
        counts = getattr(known, name)
        common = {key for key, _ in counts.most_common(OFFERED)} | ({value} if value else set())
        offers[name] = [(key, TASKS.get(key, key)) for key in sorted(common, key=str.lower)]
    states = [(key, label) for key, label in STATES.items() if known.states[key] or key == want.state]
    return {**offers, "states": states}
