"""The history for other tools: JSONL (whole, verifies alone), CSV (safe in a spreadsheet), CEF (for a SIEM)."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy import Engine

from web.audit.models import Operation
from web.audit.queries import Filter, May, entries_of, page

FORMATS = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8", "cef": "text/plain; charset=utf-8"}
COLUMNS = ("id", "at", "actor", "kind", "endpoint", "outcome", "duration_ms", "executed_by", "error")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def export(engine: Engine, wanted: Filter, may: May, form: str) -> Iterator[str]:
    """Lines of the operations `wanted`, newest first, in one of FORMATS."""
    if form == "csv":
        yield _row(list(COLUMNS))
    cursor = wanted.cursor
    while True:
        found = page(engine, replace(wanted, cursor=cursor, limit=200), may)
        yield from _lines(engine, found.operations, form)
        if found.next_cursor is None:
            return
        cursor = int(found.next_cursor)


def _lines(engine: Engine, operations: list[Operation], form: str) -> Iterator[str]:
    if form != "jsonl":
        write: Callable[[Operation], str] = {"csv": _csv, "cef": _cef}[form]
        yield from map(write, operations)
        return
    links = entries_of(engine, [operation.id for operation in operations])
    for operation in operations:
        yield json.dumps({**operation.as_json(), "entries": links[operation.id]}, ensure_ascii=False) + "\n"


def _csv(operation: Operation) -> str:
    values = [getattr(operation, name) for name in COLUMNS[:-1]]
    return _row([*values, json.dumps(operation.error, ensure_ascii=False) if operation.error else ""])


def _row(values: list[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_safe(v) for v in values])
    return out.getvalue()


def _safe(value: object) -> object:
    """A cell that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text.lstrip(" ").startswith(FORMULA) else text


def _cef(operation: Operation) -> str:
    severity = {"success": 3, "refused": 5}.get(operation.outcome, 7)
    extension = {
        "rt": operation.at,
        "suser": operation.actor,
        "externalId": operation.id,
        "cs1Label": "endpoint",
        "cs1": operation.endpoint,
        "outcome": operation.outcome,
        "spriv": operation.executed_by,
        "msg": (operation.error or {}).get("message", ""),
    }
    fields = " ".join(f"{k}={_extension(str(v))}" for k, v in extension.items() if v not in ("", None))
    head = "|".join(_header(x) for x in ("Serving Portal", "portal", "1", operation.kind, operation.kind))
    return f"CEF:0|{head}|{severity}|{fields}\n"


def _header(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").splitlines())


def _extension(text: str) -> str:
    return "\\n".join(text.replace("\\", "\\\\").replace("=", "\\=").splitlines())
