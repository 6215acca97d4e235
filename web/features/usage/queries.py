"""The Usage page's view: rows by one dimension, totals, and estimates where a price is known."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from urllib.parse import urlencode

from web.config import Settings
from web.errors import Forbidden, PortalError
from web.features.prices import load, price_of
from web.features.usage.statement import MOST_ROWS, By, statement
from web.workspace import sql
from web.workspace.client import Workspace
from web.workspace.sql import Statement, Table

DAYS = (1, 7, 14, 30, 90)
DEADLINE_S = 600.0
GRANTS = (
    ("USE CATALOG on system", "GRANT USE CATALOG ON CATALOG system TO `<GROUP>`;"),
    ("USE SCHEMA on system.serving", "GRANT USE SCHEMA ON SCHEMA system.serving TO `<GROUP>`;"),
    ("SELECT on the usage tables", "GRANT SELECT ON SCHEMA system.serving TO `<GROUP>`;"),
)


@dataclass(frozen=True)
class Wanted:
    """What the person chose: `by` a dimension, `days` back, one `endpoint` or all."""

    by: By = "endpoint"
    days: int = 14
    endpoint: str = ""


@dataclass
class Row:
    """One line. `cost` is an estimate of what has a price; `unpriced` tokens have none."""

    name: str
    requests: int = 0
    errors: int = 0
    limited: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    unpriced: int = 0

    @property
    def tokens(self) -> int:
        """In and out together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True)
class Refusal:
    """Why there is nothing: `missing` names the grant, `sql` gives it."""

    title: str
    text: str
    hint: str = ""
    sql: str = ""


@dataclass(frozen=True)
class Waiting:
    """A question that is under way. `query` asks for its answer; `starting`: its warehouse is not running yet."""

    statement: str
    query: str
    elapsed_s: float
    deadline_s: float
    starting: bool


@dataclass(frozen=True)
class Usage:
    """The page. `refusal` instead of rows where they cannot be read, `waiting` until they are."""

    wanted: Wanted
    rows: list[Row] = field(default_factory=list)
    total: Row = field(default_factory=lambda: Row(""))
    currency: str = ""
    truncated: bool = False
    refusal: Refusal | None = None
    waiting: Waiting | None = None

    @property
    def unset(self) -> bool:
        """Whether no warehouse is set, so that there is nothing to choose."""
        return self.refusal is NO_WAREHOUSE


def wanted(values: Mapping[str, str]) -> Wanted:
    """The query string; what is no choice is the default."""
    days = int(values["days"]) if str(values.get("days") or "").isdigit() else 14
    by: By = next((one for one in get_args(By) if one == values.get("by")), "endpoint")
    return Wanted(by, days if days in DAYS else 14, str(values.get("endpoint") or "")[:63])


def usage(ws: Workspace, settings: Settings, asked: Wanted, statement_id: str = "", since_ms: int = 0) -> Usage:
    """Sends the question, or with `statement_id` looks what came of it. As the person who looks, never as the app.

    Never waits for the warehouse, and never raises for what it or the tables refuse. `since_ms`: when it was sent.
    """
    if not settings.warehouse_id:
        return Usage(asked, refusal=NO_WAREHOUSE)
    try:
        sent = sql.progress(ws, statement_id) if statement_id else _submit(ws, settings.warehouse_id, asked)
    except PortalError as error:
        return Usage(asked, refusal=refused(error))
    if sent.table is None:
        return _waiting(ws, settings.warehouse_id, asked, sent, since_ms)
    prices = load(settings.prices)
    rows = _rows(sent.table, asked, prices)
    currency = str(prices.get("currency") or "USD") if prices else ""
    return Usage(asked, rows, _total(rows), currency, sent.table.truncated or len(sent.table.rows) >= MOST_ROWS)


def _submit(ws: Workspace, warehouse_id: str, asked: Wanted) -> Statement:
    since = (datetime.now(UTC) - timedelta(days=asked.days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {"since": since, "workspace": ws.workspace_id or "", "endpoint": asked.endpoint}
    return sql.submit(ws, warehouse_id, statement(asked.by), values)


def _waiting(ws: Workspace, warehouse_id: str, asked: Wanted, sent: Statement, since_ms: int) -> Usage:
    now = int(time.time() * 1000)
    since = since_ms if 0 < since_ms <= now else now
    elapsed = (now - since) / 1000
    if elapsed > DEADLINE_S:
        sql.cancel(ws, sent.id)
        return Usage(asked, refusal=TOO_LATE)
    waits = sent.state == "PENDING" and sql.warehouse_state(ws, warehouse_id) in ("STARTING", "STOPPED")
    query = {"by": asked.by, "days": asked.days, "endpoint": asked.endpoint, "statement": sent.id, "since_ms": since}
    return Usage(asked, waiting=Waiting(sent.id, urlencode(query), elapsed, DEADLINE_S, waits))


def _rows(table: Table, asked: Wanted, prices: dict[str, Any]) -> list[Row]:
    rows: dict[str, Row] = {}
    for cells in table.rows:
        cell = dict(zip(table.columns, cells, strict=True))
        name = cell["name"] or "not known"
        row = rows.setdefault(name, Row(name))
        for count in ("requests", "errors", "limited", "input_tokens", "output_tokens"):
            setattr(row, count, getattr(row, count) + int(float(cell[count] or 0)))
        _price(row, cell, price_of(prices, cell["endpoint"] or "", cell["model"] or ""))
    found = list(rows.values())
    if asked.by == "day":
        return sorted(found, key=lambda row: row.name, reverse=True)
    return sorted(found, key=lambda row: (-row.requests, row.name))


def _price(row: Row, cell: Mapping[str, str | None], price: dict[str, Any] | None) -> None:
    given, answered = int(float(cell["input_tokens"] or 0)), int(float(cell["output_tokens"] or 0))
    if price is None:
        row.unpriced += given + answered
        return
    row.cost = (row.cost or 0.0) + (given * price["input"] + answered * price["output"]) / 1_000_000


def _total(rows: list[Row]) -> Row:
    total = Row("")
    for row in rows:
        for name in ("requests", "errors", "limited", "input_tokens", "output_tokens", "unpriced"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        if row.cost is not None:
            total.cost = (total.cost or 0.0) + row.cost
    return total


NO_WAREHOUSE = Refusal(
    "No SQL warehouse is set",
    "Usage is read from system.serving.endpoint_usage through a SQL warehouse.",
    "Whoever runs the portal sets PORTAL_WAREHOUSE_ID; people need CAN USE on that warehouse.",
)
CANCELLED = Refusal("The query was cancelled", "Nothing was read.", "Choose Show to ask again.")
TOO_LATE = Refusal(
    "The usage was not read in time",
    "The SQL warehouse gave no answer within 10 minutes; the query was cancelled.",
    "Look at the warehouse in the workspace, or try again.",
)


def refused(error: PortalError) -> Refusal:
    """What is missing, named: a scope, the warehouse, or the very grant on the tables."""
    text = error.message
    if error.code == "SQL_FAILED" and "CANCELED" in text:
        return CANCELLED
    if re.search(r"scope", text, re.I):
        hint = "The app needs the user scope sql; an administrator adds it, then stops and starts the app."
        return Refusal("Your sign-in does not reach SQL", text, hint)
    if re.search(r"INSUFFICIENT_PERMISSIONS|USE (CATALOG|SCHEMA)|SELECT on|TABLE_OR_VIEW_NOT_FOUND", text):
        named = (title for title, _ in GRANTS if title.rpartition(" on ")[0] in text)
        title = next(named, "grants on system.serving")
        hint = "Only account admins see these tables until somebody grants them; their schema is enabled by an admin."
        return Refusal(f"Missing: {title}", text, hint, "\n".join(line for _, line in GRANTS))
    if isinstance(error, Forbidden) or "warehouse" in text.lower():
        return Refusal("The SQL warehouse cannot be used", text, "It needs CAN USE on the warehouse for you.")
    return Refusal("The usage could not be read", text, error.hint)
