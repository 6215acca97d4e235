"""SQL warehouses and statements, for the usage tables (reference §2.7, §2.8). Statements here read; nothing waits."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from web.errors import PortalError, Unavailable
from web.workspace import names
from web.workspace.answers import items, mapping, number
from web.workspace.client import Workspace, decode
from web.workspace.errors import raise_for
from web.workspace.transport import NotSent, Unanswered

WAREHOUSES = "/api/2.0/sql/warehouses"
STATEMENTS = "/api/2.0/sql/statements"
MAX_CHUNKS = 50
RUNNING = frozenset({"PENDING", "RUNNING"})


@dataclass(frozen=True)
class Table:
    """A statement's result. Cells are text or None, as the API gives them; `types` are type names per column."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    truncated: bool = False


def warehouses(ws: Workspace) -> list[dict[str, Any]]:
    """The SQL warehouses the caller may see, raw: id, name, state."""
    return items(ws.get(WAREHOUSES), "warehouses")


@dataclass(frozen=True)
class Statement:
    """A statement that was sent. `table` once it has succeeded; `state` is PENDING while it waits for its warehouse."""

    id: str
    state: str
    table: Table | None = None


def warehouse_state(ws: Workspace, warehouse_id: str) -> str:
    """RUNNING, STARTING, STOPPED …; "" where the caller may not see the warehouse or nobody answers."""
    try:
        raw = mapping(ws.get(f"{WAREHOUSES}/{names.segment(warehouse_id)}"), "a warehouse")
    except PortalError:
        return ""
    return str(raw.get("state") or "")


def submit(
    ws: Workspace, warehouse_id: str, statement: str, parameters: Mapping[str, object] | None = None
) -> Statement:
    """Send a reading statement with named `:x` parameters, once, without waiting for it; ask `progress` then.

    Raises the refusal, and PortalError SQL_FAILED for a statement that failed at once (which is HTTP 200).
    """
    body = {
        "statement": statement,
        "warehouse_id": names.segment(warehouse_id),
        "parameters": [_parameter(name, value) for name, value in (parameters or {}).items()],
        "wait_timeout": "0s",
        "on_wait_timeout": "CONTINUE",
    }
    return _read(ws, mapping(post_query(ws, STATEMENTS, body), "a statement"))


def progress(ws: Workspace, statement_id: str) -> Statement:
    """One's own statement now. Raises PortalError SQL_FAILED for one that failed, NotFound for an unknown one."""
    return _read(ws, mapping(ws.get(f"{STATEMENTS}/{names.segment(statement_id)}"), "a statement"))


def cancel(ws: Workspace, statement_id: str) -> None:
    """Cancel one's own statement. That it had ended, or nobody answered, makes no difference to the caller."""
    with suppress(PortalError):
        post_query(ws, f"{STATEMENTS}/{names.segment(statement_id)}/cancel", {})


def _read(ws: Workspace, answer: dict[str, Any]) -> Statement:
    state, statement_id = _state(answer), str(answer.get("statement_id") or "")
    if state in RUNNING:
        return Statement(names.segment(statement_id), state)
    return Statement(statement_id, state, _table(ws, _checked(answer)))


def post_query(ws: Workspace, path: str, body: dict[str, Any]) -> Any:
    """POST what is a question in effect, once. Raises the refusal, or Unavailable when no answer came."""
    try:
        reply = ws.transport.send("POST", path, ws.headers, json.dumps(body).encode())
    except (NotSent, Unanswered) as error:
        raise Unavailable("The workspace did not answer in time.", hint="Try again in a moment.") from error
    raise_for(reply.status, reply.body, reply.headers)
    return decode(reply.body)


def _parameter(name: str, value: object) -> dict[str, str | None]:
    if value is None:
        return {"name": name, "value": None}
    if isinstance(value, bool):
        return {"name": name, "value": str(value).lower(), "type": "BOOLEAN"}
    kind = "BIGINT" if isinstance(value, int) else "DOUBLE" if isinstance(value, float) else "STRING"
    return {"name": name, "value": str(value), "type": kind}


def _state(answer: dict[str, Any]) -> str:
    return str(mapping(answer.get("status") or {}, "a statement's status").get("state") or "")


def _checked(answer: dict[str, Any]) -> dict[str, Any]:
    state = _state(answer)
    if state == "SUCCEEDED":
        return answer
    error = answer["status"].get("error")
    error = error if isinstance(error, dict) else {}
    message = str(error.get("message") or f"The statement ended as {state or 'nothing the portal knows'}.")
    raise PortalError(message, status=502, code=str(error.get("error_code") or "SQL_FAILED"))


def _table(ws: Workspace, answer: dict[str, Any]) -> Table:
    manifest = mapping(answer.get("manifest") or {}, "a result's manifest")
    columns = items(manifest.get("schema") or {}, "columns")
    rows: list[tuple[str | None, ...]] = []
    chunk = mapping(answer.get("result") or {}, "a result")
    for _ in range(MAX_CHUNKS):
        rows += [tuple(row) for row in chunk.get("data_array") or [] if isinstance(row, list)]
        following = number(chunk.get("next_chunk_index"))
        if not following:
            break
        path = f"{STATEMENTS}/{names.segment(str(answer.get('statement_id') or ''))}/result/chunks/{following}"
        chunk = mapping(ws.get(path), "a result chunk")
    return Table(
        columns=tuple(str(column.get("name") or "") for column in columns),
        types=tuple(str(column.get("type_name") or "") for column in columns),
        rows=tuple(rows),
        truncated=bool(manifest.get("truncated")) or bool(number(chunk.get("next_chunk_index"))),
    )
