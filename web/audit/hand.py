"""One transaction of the history's writer: rows, links of the chain and the index of words, by the driver itself."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from web.audit import chain
from web.audit.models import Entry
from web.audit.statements import Model, Statement, Statements, documents
from web.db import words
from web.db.engine import parsed

log = logging.getLogger("portal")
NEWEST = "SELECT mac FROM audit_entry ORDER BY seq DESC LIMIT 1"


class Hand:
    """Writes with a cursor that is in a transaction; whoever opened that commits it."""

    def __init__(self, cursor: Any, statements: Statements) -> None:
        self.cursor = cursor
        self.statements = statements
        self._newest = ""  # mac of the last link, once it is known
        self._changed: dict[int, Mapping[str, Any]] = {}

    def insert(self, model: Model, values: Mapping[str, Any]) -> Any:
        """Write a row; answers its key."""
        return self._run(self.statements.insert(model), _stored(model, values))[0][0]

    def first(self, model: Model, *asked: str, **wanted: Any) -> dict[str, Any] | None:
        """What is asked (nothing: all) of a row with these values, its JSON read; None: there is none."""
        rows = self._run(self.statements.where(model, tuple(wanted), asked), wanted)
        return self._told(model, rows[0]) if rows else None

    def update(self, model: Model, key: str, values: Mapping[str, Any]) -> None:
        """Give the row with this id these values."""
        statement = self.statements.update(model, tuple(values))
        self.cursor.execute(statement.sql, statement.bound({**_stored(model, values), "_id": key}))

    def link(self, key: bytes, operation: Mapping[str, Any], stage: str, at: int, payload: dict[str, Any]) -> None:
        """Append an entry of this operation to the chain."""
        prev = self._newest or self._last_mac()
        op_id, actor = operation["id"], operation["actor"]
        digest = chain.mac(key, prev, op_id, stage, at, actor, payload)
        entry = {"op_id": op_id, "stage": stage, "at": at, "actor": actor, "payload": payload}
        self.insert(Entry, {**entry, "prev_mac": prev, "mac": digest})
        self._newest = digest

    def changed(self, operation: Mapping[str, Any]) -> None:
        """Let a search find this operation from the end of the transaction on."""
        self._changed[operation["seq"]] = operation

    def index(self) -> None:
        """Index what was changed. A broken index stops no change: it is made anew at start."""
        if not self._changed:
            return
        said = self.statements.said
        try:
            self.cursor.execute("SAVEPOINT words")
            for written, rows in words.rows(self.statements.dialect.name, list(self._changed.items())):
                statement = said(written)
                self.cursor.executemany(statement.sql, [statement.bound(row) for row in rows])
            self.cursor.execute("RELEASE SAVEPOINT words")
        except self.statements.dialect.loaded_dbapi.Error:
            log.exception("operations could not be put into the index of words")
            self.cursor.execute("ROLLBACK TO SAVEPOINT words")
        self._changed.clear()

    def _last_mac(self) -> str:
        rows = self._run(self.statements.said(NEWEST), {})
        return str(rows[0][0]) if rows else chain.GENESIS

    def _run(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """All rows of the answer: one that is not read to its end keeps SQLite from committing."""
        self.cursor.execute(statement.sql, statement.bound(values))
        return list(self.cursor.fetchall())

    def _told(self, model: Model, row: Any) -> dict[str, Any]:
        told = dict(zip((about[0] for about in self.cursor.description), row, strict=True))
        for name in documents(model) & told.keys():
            if isinstance(told[name], str | bytes):  # Postgres' driver has read it already
                told[name] = parsed(told[name])
        return told


def _stored(model: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, **{name: json.dumps(values[name]) for name in documents(model) & values.keys()}}
