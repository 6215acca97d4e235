"""Runs a SELECT over the system tables in an in-memory SQLite, after translating what Spark says differently."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.emulator.people import Person
    from web.emulator.world import World

USAGE = (
    "account_id", "workspace_id", "client_request_id", "databricks_request_id", "requester", "status_code",
    "request_time", "input_token_count", "output_token_count", "input_character_count", "output_character_count",
    "usage_context", "request_streaming", "served_entity_id",
)  # fmt: skip
ENTITIES = (
    "served_entity_id", "account_id", "workspace_id", "created_by", "endpoint_name", "endpoint_id",
    "served_entity_name",
    "entity_type", "entity_name", "entity_version", "endpoint_config_version", "task", "external_model_config",
    "foundation_model_config", "custom_model_config", "feature_spec_config", "change_time", "endpoint_delete_time",
)  # fmt: skip
TABLES = {"system.serving.endpoint_usage": "endpoint_usage", "system.serving.served_entities": "served_entities"}
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_ATOM = r"(?:[\w.]+\([^()]*\)|[:\w.]+)"
REWRITES = [
    (re.compile(r"\bTIMESTAMP\s*'", re.I), "'"),
    (re.compile(r"\bDATE\s*'", re.I), "'"),
    (re.compile(rf"({_ATOM})\s*-\s*INTERVAL\s*'?(\d+|:\w+)'?\s*([A-Za-z]+?)S?\b", re.I), r"shifted(\1, -1 * \2, '\3')"),
    (re.compile(rf"({_ATOM})\s*\+\s*INTERVAL\s*'?(\d+|:\w+)'?\s*([A-Za-z]+?)S?\b", re.I), r"shifted(\1, \2, '\3')"),
    (re.compile(r"\bcurrent_timestamp(\s*\(\s*\))?|\bnow\s*\(\s*\)", re.I), "moment()"),
    (re.compile(r"\bcurrent_date(\s*\(\s*\))?", re.I), "substr(moment(), 1, 10)"),
    (re.compile(r"\bAS\s+(?:STRING|TIMESTAMP)\s*\)", re.I), "AS TEXT)"),
    (re.compile(r"\bAS\s+(?:BIGINT|INT|LONG)\s*\)", re.I), "AS INTEGER)"),
    (re.compile(r"\bAS\s+(?:DOUBLE|FLOAT)\s*\)", re.I), "AS REAL)"),
    (re.compile(r"\bto_date\s*\(|(?<![\w.])date\s*\(", re.I), "day_of("),
    (re.compile(r"\bto_timestamp\s*\(|(?<![\w.])timestamp\s*\(", re.I), "stamp("),
]


class Failure(Exception):
    """The statement failed; the text is what the API says."""


@dataclass
class Result:
    """Columns as (name, type name) and rows of texts or None."""

    columns: list[tuple[str, str]]
    rows: list[list[str | None]]


class _Percentile:
    def __init__(self) -> None:
        self.values: list[float] = []
        self.share = 0.5

    def step(self, value: float | None, share: float, *_: Any) -> None:
        self.share = share
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        ordered = sorted(self.values)
        return ordered[min(int(self.share * len(ordered)), len(ordered) - 1)] if ordered else None


class _CountIf:
    def __init__(self) -> None:
        self.count = 0

    def step(self, value: Any) -> None:
        self.count += bool(value)

    def finalize(self) -> int:
        return self.count


def run(world: World, person: Person, statement: str, parameters: dict[str, Any]) -> Result:
    """Run one reading statement. Raises Failure for what is wrong, forbidden, too long or not there."""
    if not re.match(r"\s*(select|with)\b", statement, re.I):
        raise Failure("[PARSE_SYNTAX_ERROR] The embedded workspace runs SELECT statements only.")
    text = _translate(statement)
    if not person.is_admin and any(re.search(rf"\b{table}\b", text) for table in TABLES.values()):
        raise Failure("[INSUFFICIENT_PERMISSIONS] User does not have USE SCHEMA on Schema 'system.serving'.")
    connection = sqlite3.connect(":memory:")
    try:
        _prepare(world, connection)
        connection.execute("PRAGMA query_only = ON")
        cursor = connection.execute(text, parameters)
        rows = cursor.fetchall()
    except sqlite3.Error as error:
        raise Failure(_spoken(str(error))) from error
    finally:
        connection.close()
    names = [column[0] for column in cursor.description or []]
    return Result(
        list(zip(names, _types(names, rows), strict=True)),
        [[_cell(name, v) for name, v in zip(names, row, strict=True)] for row in rows],
    )


def _translate(statement: str) -> str:
    text = re.sub(r"--[^\n]*", "", statement).strip().rstrip(";").replace("`", '"')
    for name, table in TABLES.items():
        text = re.sub(r"\s*\.\s*".join(re.escape(part) for part in name.split(".")), table, text, flags=re.I)
    for pattern, replacement in REWRITES:
        text = pattern.sub(replacement, text)
    return text


def _prepare(world: World, connection: sqlite3.Connection) -> None:
    now = datetime.fromtimestamp(world.clock.now_ms() / 1000, UTC)
    functions: list[tuple[str, int, Callable[..., Any]]] = [
        ("moment", 0, lambda: _stamp(now)),
        ("shifted", 3, _shifted),
        ("date_trunc", 2, _truncated),
        ("day_of", 1, lambda text: text[:10] if text else None),
        ("stamp", 1, lambda text: _stamp(_moment(text)) if text else None),
        ("date_format", 2, lambda text, _: text[:10] if text else None),
    ]
    for name, arguments, function in functions:
        connection.create_function(name, arguments, function)
    for name in ("percentile_approx", "approx_percentile", "percentile"):
        connection.create_aggregate(name, 2, _Percentile)  # type: ignore[arg-type]
    connection.create_aggregate("count_if", 1, _CountIf)
    _fill(connection, "endpoint_usage", USAGE, world.usage)
    _fill(connection, "served_entities", ENTITIES, (_dated(row) for row in world.served_entities))


def _fill(connection: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    marks = ", ".join("?" * len(columns))
    values = ([_stored(row.get(column)) for column in columns] for row in rows)
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # noqa: S608 - names are ours


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _stamp(datetime.fromtimestamp(value / 1000, UTC)) if key.endswith("_time") and value is not None else value
        for key, value in row.items()
    }


def _stored(value: Any) -> Any:
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return _stamp(_moment(value))
    return json.dumps(value) if isinstance(value, dict | list) else value


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shifted(text: str | None, amount: int, unit: str) -> str | None:
    return _stamp(_moment(text) + timedelta(seconds=int(amount) * UNITS[unit.lower()])) if text else None


def _truncated(unit: str, text: str | None) -> str | None:
    if not text:
        return None
    moment = _moment(text).replace(microsecond=0)
    if unit.lower() == "week":
        moment -= timedelta(days=moment.weekday())
    zeroed = {"minute": 1, "hour": 2, "day": 3, "week": 3, "month": 4}[unit.lower()]
    fields = dict(list({"second": 0, "minute": 0, "hour": 0, "day": 1}.items())[:zeroed])
    return _stamp(moment.replace(**fields))  # type: ignore[arg-type]


def _types(names: list[str], rows: list[tuple[Any, ...]]) -> list[str]:
    kinds = []
    for place, name in enumerate(names):
        first = next((row[place] for row in rows if row[place] is not None), "")
        if name == "request_streaming":
            kinds.append("BOOLEAN")
        elif isinstance(first, int):
            kinds.append("LONG")
        else:
            kinds.append("DOUBLE" if isinstance(first, float) else "TIMESTAMP" if name.endswith("_time") else "STRING")
    return kinds


def _cell(name: str, value: Any) -> str | None:
    if value is None:
        return None
    return str(bool(value)).lower() if name == "request_streaming" else str(value)


def _spoken(message: str) -> str:
    if message.startswith("no such table"):
        return f"[TABLE_OR_VIEW_NOT_FOUND] The table or view `{message.partition(': ')[2]}` cannot be found."
    if message.startswith("no such column"):
        return f"[UNRESOLVED_COLUMN] A column with name `{message.partition(': ')[2]}` cannot be resolved."
    return f"[PARSE_SYNTAX_ERROR] {message}"
