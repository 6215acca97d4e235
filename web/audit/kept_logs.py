"""The end of the build log of an update that failed, kept with the operation that asked for it."""

import re
from typing import Any

from sqlalchemy import BigInteger, Column, Engine, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, desc, select
from sqlmodel.sql.expression import SelectOfScalar

from web.audit.ledger import Ledger
from web.audit.models import Operation, Serial, Snapshot
from web.audit.redact import SECRET_VALUE
from web.db.engine import reading

MOST_CHARS = 64_000
MOST_LINES = 600
RECENT = 20
NAMED = re.compile(
    r"(?i)\b([\w.-]*(?:password|passwd|secret|token|api[_-]?key|credential)[\w.-]*\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;]+)"
)
IN_ADDRESS = re.compile(r"(://[^/\s:@]+:)[^@\s/]+(@)")
GONE = "[redacted]"
NONE = "none"
FELL_BACK = "update failed"


class KeptLog(SQLModel, table=True):
    """One log. `which` is build or service; `cut` says that only its end was kept. With `which` none, `text` says why
    there is no log."""

    __tablename__ = "kept_log"
    __table_args__ = (UniqueConstraint("op_id", "entity", "which"), Index("kept_log_op", "op_id"))

    seq: int | None = Field(default=None, sa_column=Column(Serial, primary_key=True, autoincrement=True))
    op_id: str
    endpoint: str
    config_version: int | None = None
    entity: str
    which: str
    at: int = Field(sa_type=BigInteger)
    cut: bool = False
    text: str


def keep(ledger: Ledger, raw: dict[str, Any], entity: str, which: str, text: str) -> str:
    """Store the end of `text` with the operation that led to the failed config of `raw`; that operation's id, or "".

    Nothing is stored when no operation of this portal led there, and once only.
    """
    operation = behind(ledger.engine, raw)
    if operation is None or not text.strip():
        return ""
    with Session(ledger.engine) as session:
        known = select(KeptLog.seq).where(
            KeptLog.op_id == operation.id, KeptLog.entity == entity, KeptLog.which == which
        )
        if session.exec(known).first() is None:
            session.add(_row(ledger, raw, operation, entity, which, text))
            session.commit()
    return operation.id


def of(engine: Engine, op_id: str) -> list[KeptLog]:
    """What was kept with an operation."""
    with reading(engine) as session:
        return list(session.exec(_logs(op_id).order_by(col(KeptLog.seq))))


def kept_at(engine: Engine, op_id: str) -> int | None:
    """When logs were kept with an operation, in ms since 1970; None when there are none."""
    with reading(engine) as session:
        found = session.exec(_logs(op_id)).first()
        return found.at if found else None


def missed(ledger: Ledger, raw: dict[str, Any], operation: Operation, why: str) -> None:
    """Keep why there is no log of the update that failed, the newest reason."""
    with Session(ledger.engine) as session:
        known = session.exec(_why(operation.id)).first()
        row = known or _row(ledger, raw, operation, "", NONE, why)
        row.text, row.at = redacted(why[:1000]), ledger.clock()
        session.add(row)
        session.commit()


def why_not(engine: Engine, op_id: str) -> str:
    """Why no log was kept with an operation; "" when one was, or when nobody has seen its update fail."""
    with reading(engine) as session:
        if session.exec(_logs(op_id)).first() is not None:
            return ""
        found = session.exec(_why(op_id)).first()
        return found.text if found else ""


def fell_back(engine: Engine, operation: Operation) -> bool:
    """Whether the state that was seen next after this operation's own is that its update failed."""
    mine = select(Snapshot.seq).where(Snapshot.endpoint == operation.endpoint, Snapshot.op_id == operation.id)
    mine = mine.order_by(desc(Snapshot.seq))
    with reading(engine) as session:
        seq = session.exec(mine).first()
        if seq is None:
            return False
        later = select(Snapshot.source).where(Snapshot.endpoint == operation.endpoint, col(Snapshot.seq) > seq)
        return session.exec(later.where(Snapshot.scope == "endpoint").order_by(col(Snapshot.seq))).first() == FELL_BACK


def _logs(op_id: str) -> SelectOfScalar[KeptLog]:
    return select(KeptLog).where(KeptLog.op_id == op_id, KeptLog.which != NONE)


def _why(op_id: str) -> SelectOfScalar[KeptLog]:
    return select(KeptLog).where(KeptLog.op_id == op_id, KeptLog.which == NONE)


def behind(engine: Engine, raw: dict[str, Any]) -> Operation | None:
    """The operation of this portal whose config is the one that `raw` has failed to reach."""
    pending = raw.get("pending_config")
    if not isinstance(pending, dict) or pending.get("config_version") is None:
        return None
    query = select(Operation).where(Operation.endpoint == str(raw.get("name")), Operation.outcome == "success")
    with reading(engine) as session:
        recent = session.exec(query.order_by(desc(Operation.seq)).limit(RECENT)).all()
    same = (o for o in recent if not o.endpoint_id or o.endpoint_id == raw.get("id"))
    return next((o for o in same if _version(o.after) == pending["config_version"] != _version(o.before)), None)


def redacted(text: str) -> str:
    """`text` without what looks like a secret."""
    text = SECRET_VALUE.sub(GONE, text)
    text = NAMED.sub(lambda found: found[1] + GONE, text)
    return IN_ADDRESS.sub(rf"\1{GONE}\2", text)


def _version(state: dict[str, Any] | None) -> Any:
    """The config version a stored state was heading for."""
    state = state or {}
    return (state.get("pending_config") or state.get("config") or {}).get("config_version")


def _row(ledger: Ledger, raw: dict[str, Any], operation: Operation, entity: str, which: str, text: str) -> KeptLog:
    lines = text.rstrip().splitlines()
    end = "\n".join(line[:2000] for line in lines[-MOST_LINES:])[-MOST_CHARS:]
    return KeptLog(
        op_id=operation.id,
        endpoint=operation.endpoint,
        config_version=raw["pending_config"].get("config_version"),
        entity=entity,
        which=which,
        at=ledger.clock(),
        cut=len(end) < len(text.rstrip()),
        text=redacted(end),
    )
