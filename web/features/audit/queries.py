"""Views of the history."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine

from web.audit import archive, kept_logs, queries
from web.audit.anchors import moved_before
from web.audit.ledger import Ledger
from web.audit.models import OUTCOMES, Entry, Operation
from web.audit.queries import May
from web.changes.kinds import Call, Change, Kind
from web.changes.resume import missing_grants
from web.changes.settle import settle
from web.changes.spell import LANGUAGES, as_code
from web.changes.words import MEANT, summary
from web.identity.person import Caller

CHANGES = tuple(str(kind) for kind in Kind)
SAID = {**{str(kind): words for kind, words in MEANT.items()}, archive.KIND: "Move to the archive"}
FORMATS = (("jsonl", "JSONL"), ("csv", "CSV"), ("cef", "CEF"))
ROLLING = (Kind.CREATE, Kind.CONFIG, Kind.TRAFFIC, Kind.START, Kind.RESTORE)
KEPT = ("endpoint", "actor", "kind", "outcome", "since", "until", "q", "limit")


@dataclass(frozen=True)
class Table:
    """One page of the history. `more` is the address of the next page, `newest` and `url` that of the first;
    `exports`: (name, address) of all that the filters leave; `archived`: the time, in ms, up to which operations lie in
    an archive, None without one, told on the last page."""

    operations: list[Operation]
    more: str
    newest: str
    url: str
    filtered: bool
    exports: tuple[tuple[str, str], ...]
    archived: int | None
    kinds: tuple[tuple[str, str], ...] = tuple(SAID.items())
    outcomes: tuple[str, ...] = OUTCOMES

    def what(self, operation: Operation) -> tuple[str, str]:
        """What was meant, and in one line what differed."""
        return SAID.get(operation.kind, operation.kind), summary(operation.diff)


@dataclass(frozen=True)
class Detail:
    """One operation in full. JSON texts are indented; empty where there is nothing. `logs_kept`: when, None without."""

    operation: Operation
    calls: list[dict[str, Any]]
    before: str
    after: str
    entries: list[Entry]
    unsettled: bool
    logs_kept: int | None = None
    missing_grants: bool = False
    code: tuple[tuple[str, str, str, str], ...] = ()
    rolling: tuple[str, ...] = ROLLING

    @property
    def meant(self) -> str:
        """What was meant, in words."""
        return SAID.get(self.operation.kind, self.operation.kind)

    @property
    def archived(self) -> bool:
        """Whether this moved older operations to an archive."""
        return self.operation.kind == archive.KIND


def table(engine: Engine, values: dict[str, str], may: May) -> Table:
    """The rows that the filter wants. Raises Invalid naming the field."""
    found = queries.page(engine, queries.parse_filter(values), may)
    kept = {k: v for k, v in values.items() if k in KEPT and v}
    more = f"/audit?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else ""
    url = f"/audit?{urlencode(kept)}" if kept else "/audit"
    return Table(
        operations=found.operations,
        more=more,
        newest=url if values.get("cursor") else "",
        url=url,
        filtered=any(k != "limit" for k in kept),
        exports=tuple((name, _export(kept, form)) for form, name in FORMATS),
        archived=None if found.next_cursor else moved_before(engine),
    )


def _export(kept: dict[str, str], form: str) -> str:
    filters = {k: v for k, v in kept.items() if k != "limit"}
    return f"/api/v1/audit/export?{urlencode({'format': form, **filters})}"


def detail(ledger: Ledger, who: Caller, operation: Operation, may: May) -> Detail:
    """The operation; one whose outcome is unknown is asked about first, with the rights of whoever looks."""
    if operation.outcome in queries.UNSETTLED:
        settle(ledger, who.workspace, sees_all=who.is_admin, me=who.email, endpoint=operation.endpoint)
        operation = queries.operation(ledger.engine, operation.id, may)
    return Detail(
        operation=operation,
        calls=[{**c, "text": _text(c.get("body"))} for c in operation.calls],
        before=_text(operation.before),
        after=_text(operation.after),
        entries=queries.entries(ledger.engine, operation.id),
        unsettled=operation.outcome in queries.UNSETTLED,
        missing_grants=bool(missing_grants(operation)),
        logs_kept=kept_logs.kept_at(ledger.engine, operation.id),
        code=code_of(operation),
    )


def code_of(operation: Operation) -> tuple[tuple[str, str, str, str], ...]:
    """The change as it was sent, as (key, label, text, language); secrets are placeholders, as the history has none.
    Nothing for what is no change of a workspace."""
    if operation.kind not in CHANGES:
        return ()
    change = Change.model_validate(_words(operation.change))
    calls = [Call.model_validate(_words({k: c.get(k) for k in ("method", "path", "body")})) for c in operation.calls]
    texts = as_code(change, calls, host=operation.host, live=_words(operation.before))
    return tuple((key, label, texts[key], lang) for key, label, lang in LANGUAGES)


def _words(value: Any) -> Any:
    """The value with every mark of a secret as a word, which the languages make a placeholder of."""
    if isinstance(value, dict):
        return "redacted" if value.get("redacted") is True else {k: _words(v) for k, v in value.items()}
    return [_words(v) for v in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return "" if value in (None, {}) else json.dumps(value, indent=2, ensure_ascii=False)
