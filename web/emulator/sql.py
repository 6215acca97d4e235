"""SQL warehouses and statements (§2.8). A failed statement is HTTP 200 with state FAILED."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from web.emulator import sql_engine
from web.emulator.wire import Call, Route, invalid, missing, reply

BASE = "/api/2.0/sql"
START_S = 180
CHUNK_ROWS = 1000


@dataclass
class Warehouse:
    """A SQL warehouse; `starting_ms`: since when it starts."""

    id: str
    name: str
    state: str = "RUNNING"
    size: str = "2X-Small"
    starting_ms: int | None = None


@dataclass
class Statement:
    """A statement and, once it ended, its result."""

    id: str
    warehouse: Warehouse
    sql: str
    parameters: dict[str, Any]
    owner: str
    state: str = "PENDING"
    error: str = ""
    result: sql_engine.Result | None = None


class Warehouses:
    """Warehouses and the statements sent to them."""

    def __init__(self) -> None:
        self.by_id: dict[str, Warehouse] = {}
        self.statements: dict[str, Statement] = {}


def _settle(call: Call, warehouse: Warehouse) -> None:
    started = warehouse.starting_ms
    if started is not None and call.world.clock.now_ms() >= started + call.world.clock.span_ms(START_S):
        warehouse.state, warehouse.starting_ms = "RUNNING", None


async def list_warehouses(call: Call) -> Response:
    """Every warehouse; charlie and the like see them as well."""
    shown = [_described(call, warehouse) for warehouse in call.world.sql.by_id.values()]
    return reply({"warehouses": shown} if shown else {})


async def get_warehouse(call: Call) -> Response:
    """One of them."""
    warehouse = call.world.sql.by_id.get(call.params["id"])
    if warehouse is None:
        raise missing(f"SQL warehouse {call.params['id']} does not exist.")
    return reply(_described(call, warehouse))


def _described(call: Call, warehouse: Warehouse) -> dict[str, Any]:
    _settle(call, warehouse)
    return {
        "id": warehouse.id, "name": warehouse.name, "state": warehouse.state, "cluster_size": warehouse.size,
        "auto_stop_mins": 10, "enable_serverless_compute": True, "warehouse_type": "PRO",
    }  # fmt: skip


async def execute(call: Call) -> Response:
    """Run a statement; it stays PENDING while its warehouse starts, and without a wait until somebody asks."""
    body = await call.json()
    warehouse = call.world.sql.by_id.get(str(body.get("warehouse_id")))
    if warehouse is None:
        raise missing(f"SQL warehouse {body.get('warehouse_id')} does not exist.")
    if not isinstance(body.get("statement"), str) or not body["statement"].strip():
        raise invalid("statement must be provided.")
    if body.get("disposition", "INLINE") != "INLINE" or body.get("format", "JSON_ARRAY") != "JSON_ARRAY":
        raise invalid("The embedded workspace answers INLINE results as JSON_ARRAY.")
    parameters = {str(given.get("name")): _typed(given) for given in body.get("parameters") or []}
    statement = Statement(str(uuid4()), warehouse, body["statement"], parameters, call.person.user_name)
    call.world.sql.statements[statement.id] = statement
    if warehouse.state == "STOPPED":
        warehouse.state, warehouse.starting_ms = "STARTING", call.world.clock.now_ms()
    return reply(_shown(statement) if body.get("wait_timeout") == "0s" else _advance(call, statement))


def _typed(given: dict[str, Any]) -> Any:
    value, kind = given.get("value"), str(given.get("type") or "STRING").upper()
    if value is None:
        return None
    try:
        if kind in {"INT", "BIGINT", "LONG", "SMALLINT", "TINYINT"}:
            return int(value)
        if kind.startswith(("DOUBLE", "FLOAT", "DECIMAL")):
            return float(value)
    except ValueError as error:
        raise invalid(f"Parameter {given.get('name')} is not a {kind}: {value}") from error
    return int(str(value).lower() == "true") if kind == "BOOLEAN" else str(value)


def _advance(call: Call, statement: Statement) -> dict[str, Any]:
    _settle(call, statement.warehouse)
    if statement.state == "PENDING" and statement.warehouse.state == "RUNNING":
        try:
            statement.result = sql_engine.run(call.world, call.person, statement.sql, statement.parameters)
            statement.state = "SUCCEEDED"
        except sql_engine.Failure as error:
            statement.state, statement.error = "FAILED", str(error)
    return _shown(statement)


def _shown(statement: Statement) -> dict[str, Any]:
    status: dict[str, Any] = {"state": statement.state}
    shown: dict[str, Any] = {"statement_id": statement.id, "status": status}
    if statement.error:
        status["error"] = {"error_code": "BAD_REQUEST", "message": statement.error}
    if statement.result is not None:
        columns, rows = statement.result.columns, statement.result.rows
        schema = [
            {"name": name, "type_name": kind, "type_text": kind, "position": at}
            for at, (name, kind) in enumerate(columns)
        ]
        shown["manifest"] = {
            "format": "JSON_ARRAY", "schema": {"column_count": len(columns), "columns": schema},
            "total_chunk_count": max(1, -(-len(rows) // CHUNK_ROWS)), "total_row_count": len(rows), "truncated": False,
        }  # fmt: skip
        shown["result"] = _chunk(rows, 0)
    return shown


def _chunk(rows: list[list[str | None]], index: int) -> dict[str, Any]:
    start = index * CHUNK_ROWS
    part = rows[start : start + CHUNK_ROWS]
    shown = {"chunk_index": index, "row_offset": start, "row_count": len(part), "data_array": part}
    return {**shown, "next_chunk_index": index + 1} if start + CHUNK_ROWS < len(rows) else shown


def _statement(call: Call) -> Statement:
    statement = call.world.sql.statements.get(call.params["id"])
    if statement is None or (statement.owner != call.person.user_name and not call.person.is_admin):
        raise missing(f"The statement {call.params['id']} was not found.")
    return statement


async def get_statement(call: Call) -> Response:
    """State and first chunk of a statement."""
    return reply(_advance(call, _statement(call)))


async def get_chunk(call: Call) -> Response:
    """Another chunk of a result."""
    statement = _statement(call)
    index, rows = call.params["chunk"], statement.result.rows if statement.result else []
    if not index.isdigit() or int(index) * CHUNK_ROWS > len(rows):
        raise invalid(f"The chunk index {index} is out of range.")
    return reply(_chunk(rows, int(index)))


async def cancel(call: Call) -> Response:
    """Cancel a statement that has not ended."""
    statement = _statement(call)
    if statement.state == "PENDING":
        statement.state = "CANCELED"
    return reply({})


ROUTES: list[Route] = [
    ("GET", f"{BASE}/warehouses", list_warehouses),
    ("GET", f"{BASE}/warehouses/{{id}}", get_warehouse),
    ("POST", f"{BASE}/statements", execute),
    ("POST", f"{BASE}/statements/", execute),
    ("GET", f"{BASE}/statements/{{id}}", get_statement),
    ("GET", f"{BASE}/statements/{{id}}/result/chunks/{{chunk}}", get_chunk),
    ("POST", f"{BASE}/statements/{{id}}/cancel", cancel),
]
