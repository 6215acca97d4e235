"""Tables of the history. An Operation is the readable present of one change, Entries its append-only past."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer
from sqlmodel import Field, SQLModel

OUTCOMES = ("pending", "success", "refused", "failed", "unknown")
# SQLite counts up only for INTEGER keys; Postgres needs the large type.
Serial = BigInteger().with_variant(Integer, "sqlite")


class Operation(SQLModel, table=True):
    """One change and what came of it. Times in ms since 1970 UTC; JSON columns hold no secrets."""

    __tablename__ = "operation"
    __table_args__ = (
        Index("operation_endpoint", "endpoint", "seq"),
        Index("operation_actor", "actor", "seq"),
        Index("operation_kind", "kind", "seq"),
        Index("operation_outcome", "outcome", "seq"),
        Index("operation_person", "actor", "kind", "outcome", "seq"),
        Index("operation_at", "at"),
        Index("operation_key", "actor", "idempotency_key", unique=True),
    )

    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    id: str = Field(unique=True, index=True)
    kind: str
    endpoint: str
    endpoint_id: str = ""
    actor: str
    actor_id: str = ""
    at: int = Field(sa_type=BigInteger)
    outcome: str = "pending"
    idempotency_key: str
    payload_hash: str
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    diff: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    calls: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    change: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    acknowledged: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    readback: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    duration_ms: int | None = Field(default=None, sa_type=BigInteger)
    settled_at: int | None = Field(default=None, sa_type=BigInteger)
    request_id: str = ""
    host: str = ""
    executed_by: str = Field(default="", sa_column_kwargs={"server_default": ""})

    def as_json(self) -> dict[str, Any]:
        """The object O of the contract; `readback`: rows where the workspace has something else than was asked;
        `executed_by`: application id of the app that made calls for `actor`, "" where they made all themselves."""
        names = ("id", "kind", "endpoint", "actor", "at", "outcome", "before", "after", "diff", "error", "duration_ms")
        more = ("acknowledged", "readback", "executed_by")
        return {name: getattr(self, name) for name in (*names, *more)}


class Entry(SQLModel, table=True):
    """One link of the chain. `mac` is HMAC-SHA256 over the canonical JSON of the link and the previous mac."""

    __tablename__ = "audit_entry"

    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    op_id: str = Field(index=True)
    stage: str
    at: int = Field(sa_type=BigInteger)
    actor: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    prev_mac: str
    mac: str


class Snapshot(SQLModel, table=True):
    """An endpoint (scope "endpoint"), or the part a kind of change touches (scope its kind), as it was seen."""

    __tablename__ = "snapshot"
    __table_args__ = (
        Index("snapshot_endpoint", "endpoint", "scope", "seq"),
        Index("snapshot_hash", "endpoint", "scope", "hash"),
    )

    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    endpoint: str
    scope: str = "endpoint"
    source: str = "seen"
    op_id: str = ""
    hash: str
    config_version: int | None = None
    at: int = Field(sa_type=BigInteger)
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Draft(SQLModel, table=True):
    """A change between its form and Apply; secrets in it are replaced by tokens of this process's memory."""

    __tablename__ = "draft"

    id: str = Field(primary_key=True)
    actor: str
    at: int = Field(sa_type=BigInteger)
    change: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    base: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


class QueuedChange(SQLModel, table=True):
    """A reviewed draft that waits for the update in progress. `line` names the endpoint while the draft waits, else it
    is empty: one waits per endpoint. `seen` is the hash of the state that its Review showed it on top of,
    `acknowledged` the codes of the warnings that were accepted there."""

    __tablename__ = "queued_change"
    __table_args__ = (
        Index("queued_change_endpoint", "endpoint", "seq"),
        Index("queued_change_actor", "actor", "state"),
    )

    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    line: str | None = Field(default=None, unique=True)
    draft: str = Field(unique=True)
    host: str
    endpoint: str
    endpoint_id: str = ""
    kind: str
    actor: str
    at: int = Field(sa_type=BigInteger)
    state: str = "waiting"
    reason: str = ""
    seen: str = ""
    acknowledged: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    op_id: str = ""
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
