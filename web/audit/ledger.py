"""The ledger: intent before effect, outcome after it, each in one durable transaction with its link of the chain.

If an intent cannot be stored, `begin` raises and nothing may be sent.
"""

import hashlib
import hmac
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, desc, select

from web.audit import chain
from web.audit.checkpoint import Checkpoint
from web.audit.models import Entry, Operation, Snapshot
from web.audit.redact import redact
from web.db import words
from web.db.engine import reading
from web.errors import Invalid, PortalError

log = logging.getLogger("portal")
LOCK = 7_213_905_412


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
        self.writes = 0
        self.checkpoint: Checkpoint | None = None  # the last one that left this process
        self._lock = threading.Lock()
        self._late: dict[str, Outcome] = {}  # what came of operations, while the database does not take it

    def redact(self, value: Any) -> Any:
        """The value without its secrets, in a form that can be stored."""
        return chain.storable(redact(value, self.key))

    def begin(self, intent: Intent) -> tuple[Operation, bool]:
        """Store the intent. Answers (operation, new); not new when the same key and payload came before.

        Raises Invalid when the key was used for another payload, PortalError 503 when the history cannot be written.
        """
        with self.writing() as session:
            known = self._known(session, intent.actor, intent.idempotency_key)
            if known is not None:
                if known.payload_hash != intent.payload_hash:
                    raise Invalid(
                        "This idempotency key was used for a different change.", code="IDEMPOTENCY_KEY_REUSED"
                    )
                return known, False
            operation = self.operation(intent)
            session.add(operation)
            self.link(session, operation, "intent", self.intent_payload(operation))
            session.flush()
            indexed(session, operation)
            return operation, True

    def find(self, actor: str, idempotency_key: str) -> Operation | None:
        """The operation this person made with this key before."""
        with reading(self.engine) as session:
            return self._known(session, actor, idempotency_key)

    def finish(self, op_id: str, outcome: Outcome) -> Operation:
        """Store the outcome of a pending operation."""
        with self.writing() as session:
            operation = session.exec(select(Operation).where(Operation.id == op_id)).one()
            stage = "outcome" if operation.outcome == "pending" else "reconciled"
            operation.outcome = outcome.outcome
            operation.calls = self.redact(outcome.calls)
            operation.after = self.redact(outcome.after)
            operation.error = self.redact(outcome.error)
            operation.readback = self.redact(outcome.readback)
            operation.endpoint_id = outcome.endpoint_id or operation.endpoint_id
            now = self.clock()
            if stage == "outcome":
                operation.duration_ms = now - operation.at
            else:
                operation.settled_at = now
            self.link(session, operation, stage, self.outcome_payload(operation))
            indexed(session, operation)
            return operation

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
        try:
            with self.writing() as session:
                query = select(Snapshot.seq).where(
                    Snapshot.endpoint == endpoint, Snapshot.scope == scope, Snapshot.hash == digest
                )
                if session.exec(query).first() is None:
                    session.add(
                        Snapshot(
                            endpoint=endpoint,
                            scope=scope,
                            hash=digest,
                            config_version=config_version,
                            at=self.clock(),
                            body=self.redact(body),
                        )
                    )
        except PortalError:
            return

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction at a time. Raises PortalError 503 when the database does not take it, or may not yet."""
        with self._lock:
            if self.hold:
                raise PortalError(
                    self.hold, status=503, code="AUDIT_UNAVAILABLE", hint="Nothing was sent. Try again in a moment."
                )
            try:
                with Session(self.engine, expire_on_commit=False) as session, session.begin():
                    if self.engine.dialect.name == "postgresql":
                        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                    yield session
                self.writes += 1
            except SQLAlchemyError as error:
                raise PortalError(
                    "The history cannot be written, so nothing was sent.",
                    status=503,
                    code="AUDIT_UNAVAILABLE",
                    hint="A change that cannot be recorded is refused. Reading still works. Tell whoever runs it.",
                ) from error

    def _known(self, session: Session, actor: str, key: str) -> Operation | None:
        query = select(Operation).where(Operation.actor == actor, Operation.idempotency_key == key)
        return session.exec(query).first()

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
            request_id=intent.request_id,
            host=intent.host,
            executed_by=intent.executed_by,
        )

    def link(self, session: Session, operation: Operation, stage: str, payload: dict[str, Any]) -> None:
        """Append an entry of this operation to the chain."""
        last = session.exec(select(Entry).order_by(desc(Entry.seq)).limit(1)).first()
        prev = last.mac if last else chain.GENESIS
        at = self.clock()
        digest = chain.mac(self.key, prev, operation.id, stage, at, operation.actor, payload)
        session.add(
            Entry(
                op_id=operation.id,
                stage=stage,
                at=at,
                actor=operation.actor,
                payload=payload,
                prev_mac=prev,
                mac=digest,
            )
        )

    def intent_payload(self, operation: Operation) -> dict[str, Any]:
        """What its first entry signs."""
        names = (
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
        return {name: getattr(operation, name) for name in names}

    def outcome_payload(self, operation: Operation) -> dict[str, Any]:
        """What each later entry signs."""
        said = ("kind", "endpoint", "outcome", "after", "calls", "error", "endpoint_id", "readback")
        names = (*said, "duration_ms", "settled_at")
        return {name: getattr(operation, name) for name in names}


def indexed(session: Session, operation: Operation) -> None:
    """Let a search find the operation. A broken index stops no change: it is made anew at start."""
    try:
        with session.connection().begin_nested():
            words.put(
                session.connection(), operation.seq or 0, {name: getattr(operation, name) for name in words.TEXTS}
            )
    except SQLAlchemyError:
        log.exception("an operation could not be put into the index of words")


def payload_hash(value: Any, key: bytes) -> str:
    """A keyed hash of what was asked, secrets included, so that one idempotency key means one request and nobody can
    guess a short secret from it."""
    text_form = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(key, text_form.encode(), hashlib.sha256).hexdigest()
