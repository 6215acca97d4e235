"""SQL warehouses and statements, for the usage tables (reference §2.7, §2.8). Statements here only read."""

import json
import time
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
POLL_S = 0.5
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


def run_statement(
    ws: Workspace,
    warehouse_id: str,
    statement: str,
    parameters: Mapping[str, object] | None = None,
    *,
    deadline_s: float = 60.0,
) -> Table:
    """Run a reading statement with named `:x` parameters and wait up to `deadline_s` seconds.

    Raises the refusal, PortalError SQL_FAILED for a statement that failed (which is HTTP 200), Unavailable past the
    deadline (the statement is then cancelled).
    """
    end = time.monotonic() + deadline_s
    body = {
        "statement": statement,
        "warehouse_id": names.segment(warehouse_id),
        "parameters": [_parameter(name, value) for name, value in (parameters or {}).items()],
        "wait_timeout": "5s",
        "on_wait_timeout": "CONTINUE",
    }
    answer = mapping(post_query(ws, STATEMENTS, body), "a statement")
    while _state(answer) in RUNNING:
        answer = _again(ws, answer, end)
    return _table(ws, _checked(answer))


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


def _again(ws: Workspace, answer: dict[str, Any], end: float) -> dict[str, Any]:
    path = f"{STATEMENTS}/{names.segment(str(answer.get('statement_id') or ''))}"
    if time.monotonic() + POLL_S > end:
        with suppress(PortalError):
            post_query(ws, f"{path}/cancel", {})
        raise Unavailable(
            "The query did not end in time and was cancelled.",
            code="DEADLINE_EXCEEDED",
            hint="A stopped SQL warehouse takes minutes to start. Try again in a moment.",
        )
    time.sleep(POLL_S)
    return mapping(ws.get(path), "a statement")


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
