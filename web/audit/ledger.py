"""The ledger: intent before effect, outcome after it, each in one durable transaction with its link of the chain.

If an intent cannot be stored, `begin` raises and nothing may be sent.
"""

import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound
from sqlmodel import Session, SQLModel

from web.audit import chain
from web.audit.checkpoint import Checkpoint
from web.audit.commits import Commits
from web.audit.hand import Hand
from web.audit.keys import FOREIGN
from web.audit.models import Operation, Snapshot
from web.audit.redact import redact
from web.audit.statements import fields
from web.errors import Invalid, PortalError

INTENT = (
    "kind",
    "endpoint",
    "endpoint_id",
    "before",
    "diff",
    "calls",
    "change",
    "request_id",
    "host",
    "payload_hash",
    "acknowledged",
    "executed_by",
    "at",
    "actor_id",
    "idempotency_key",
)
"""What the first entry of an operation signs."""
OUTCOME = (
    "kind",
    "endpoint",
    "outcome",
    "after",
    "calls",
    "error",
    "endpoint_id",
    "readback",
    "duration_ms",
    "settled_at",
)
"""What each later entry signs."""


def now_ms() -> int:
    """The time in ms since 1970 UTC."""
    return int(time.time() * 1000)


@dataclass(frozen=True)
class Intent:
    """What is about to be sent. Everything here is redacted before it is stored."""

    kind: str
    endpoint: str
    actor: str
    actor_id: str
    idempotency_key: str
    payload_hash: str
    change: dict[str, Any]
    calls: list[dict[str, Any]]
    diff: list[dict[str, Any]]
    before: dict[str, Any] | None
    endpoint_id: str = ""
    request_id: str = ""
    host: str = ""
    executed_by: str = ""
    acknowledged: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What came of it. `outcome`: success, refused, failed or unknown; `readback`: where the workspace has something
    else than was asked."""

    outcome: str
    calls: list[dict[str, Any]]
    after: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    endpoint_id: str = ""
    readback: list[dict[str, Any]] = field(default_factory=list)


class Ledger:
    """The one writer of the history of this process. Safe to call from any thread."""

    def __init__(self, engine: Engine, key: bytes, clock: Callable[[], int] = now_ms) -> None:
        self.engine = engine
        self.key = key
        self.clock = clock
        self.hold = ""  # why nothing may be written yet; empty: it may
        self.checkpoint: Checkpoint | None = None  # the last one that left this process
        self.commits = Commits(engine, self._allowed)
        self._late: dict[str, Outcome] = {}  # what came of operations, while the database does not take it

    @property
    def writes(self) -> int:
        """How often something was written by this process."""
        return self.commits.writes

    def redact(self, value: Any) -> Any:
        """The value without its secrets, in a form that can be stored."""
        return chain.storable(redact(value, self.key))

    def begin(self, intent: Intent) -> tuple[Operation, bool]:
        """Store the intent. Answers (operation, new); not new when the same key and payload came before.

        Raises Invalid when the key was used for another payload, PortalError 503 when the history cannot be written.
        """
        operation = self.operation(intent)
        row = fields(operation)
        known = self.commits.run(lambda hand: self._begin(hand, row))
        if known is None:
            operation.seq = row["seq"]
            return operation, True
        if known["payload_hash"] != intent.payload_hash:
            raise Invalid("This idempotency key was used for a different change.", code="IDEMPOTENCY_KEY_REUSED")
        return Operation(**known), False

    def _begin(self, hand: Hand, row: dict[str, Any]) -> dict[str, Any] | None:
        """The operation that this person made with this key before; None: the row is stored as a new one."""
        known = hand.first(Operation, actor=row["actor"], idempotency_key=row["idempotency_key"])
        if known is None:
            row["seq"] = hand.insert(Operation, row)
            self.link(hand, row, "intent", pick(row, INTENT))
        return known

    def find(self, actor: str, idempotency_key: str) -> Operation | None:
        """The operation this person made with this key before."""
        known = self.commits.look(lambda hand: hand.first(Operation, actor=actor, idempotency_key=idempotency_key))
        return Operation(**known) if known else None

    def finish(self, op_id: str, outcome: Outcome) -> Operation:
        """Store the outcome of a pending operation."""
        said = {
            "outcome": outcome.outcome,
            "calls": self.redact(outcome.calls),
            "after": self.redact(outcome.after),
            "error": self.redact(outcome.error),
            "readback": self.redact(outcome.readback),
        }
        if outcome.endpoint_id:
            said["endpoint_id"] = outcome.endpoint_id
        return Operation(**self.commits.run(lambda hand: self._finish(hand, op_id, said)))

    def _finish(self, hand: Hand, op_id: str, said: Mapping[str, Any]) -> dict[str, Any]:
        row = hand.first(Operation, id=op_id)
        if row is None:
            raise NoResultFound(f"There is no operation {op_id}.")
        now = self.clock()
        first = row["outcome"] == "pending"
        new = {**said, **({"duration_ms": now - row["at"]} if first else {"settled_at": now})}
        hand.update(Operation, op_id, new)
        row |= new
        self.link(hand, row, "outcome" if first else "reconciled", pick(row, OUTCOME))
        return row

    def finish_or_hold(self, operation: Operation, outcome: Outcome) -> Operation:
        """`finish`; where that cannot be written now, the outcome is held in memory until `catch_up` stores it, and
        the operation stays as it is: what was sent can no longer be refused."""
        try:
            return self.finish(operation.id, outcome)
        except PortalError:
            self._late[operation.id] = outcome
            return operation

    def catch_up(self) -> int:
        """Store the outcomes that are held; answers how many. Stops at the first that still cannot be written."""
        stored = 0
        for op_id in list(self._late):
            outcome = self._late.pop(op_id, None)
            if outcome is None:
                continue  # another thread is at it
            try:
                self.finish(op_id, outcome)
            except PortalError:
                self._late[op_id] = outcome
                break
            stored += 1
        return stored

    def remember(
        self, endpoint: str, scope: str, digest: str, config_version: int | None, body: dict[str, Any]
    ) -> None:
        """Keep an endpoint, or the part of it named by `scope`, as it was seen, once per state. Never stops a read."""
        facts: dict[str, Any] = {"endpoint": endpoint, "scope": scope, "hash": digest}

        def once(hand: Hand) -> None:
            if hand.first(Snapshot, "seq", **facts) is None:
                seen = Snapshot(config_version=config_version, at=self.clock(), body=self.redact(body), **facts)
                hand.insert(Snapshot, fields(seen))

        try:
            self.commits.run(once)
        except PortalError:
            return

    def keep(self, row: SQLModel) -> None:
        """Store a row that stands by itself. Raises PortalError 503 as `begin` does."""
        self.commits.run(lambda hand: hand.insert(type(row), fields(row)))

    def writing(self) -> AbstractContextManager[Session]:
        """One transaction at a time. Raises PortalError 503 when the database does not take it, or may not yet."""
        return self.commits.session()

    def _allowed(self) -> None:
        if self.hold:
            hint = "Nothing was sent." if self.hold == FOREIGN else "Nothing was sent. Try again in a moment."
            raise PortalError(self.hold, status=503, code="AUDIT_UNAVAILABLE", hint=hint)

    def operation(self, intent: Intent) -> Operation:
        """The operation that an intent begins, not stored yet."""
        return Operation(
            id=uuid.uuid4().hex,
            kind=intent.kind,
            endpoint=intent.endpoint,
            endpoint_id=intent.endpoint_id,
            actor=intent.actor,
            actor_id=intent.actor_id,
            at=self.clock(),
            idempotency_key=intent.idempotency_key,
            payload_hash=intent.payload_hash,
            before=self.redact(intent.before),
            diff=self.redact(intent.diff),
            calls=self.redact(intent.calls),
            change=self.redact(intent.change),
            acknowledged=self.redact(intent.acknowledged),
            readback=[],
            request_id=intent.request_id,
            host=intent.host,
            executed_by=intent.executed_by,
        )

    def link(self, hand: Hand, row: Mapping[str, Any], stage: str, payload: dict[str, Any]) -> None:
        """Append an entry of this operation to the chain, and let a search find it."""
        hand.link(self.key, row, stage, self.clock(), payload)
        hand.changed(row)


def pick(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """These values of the row."""
    return {name: row[name] for name in names}


def payload_hash(value: Any, key: bytes) -> str:
    """A keyed hash of what was asked, secrets included, so that one idempotency key means one request and nobody can
    guess a short secret from it."""
    text_form = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(key, text_form.encode(), hashlib.sha256).hexdigest()
