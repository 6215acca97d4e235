"""Retention: the oldest operations go to a file that verifies by itself, and the chain begins at an anchor then.

Nothing is removed before the file was written, read back and verified. The anchor, the entry of the chain that tells of
it and the removal are one transaction; the triggers let entries be deleted up to the newest anchor only. States of
endpoints, which Restore needs, stay; of an endpoint that was deleted last, its state of then is kept as one.
"""

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from web.audit.anchors import STAGE, Anchor, newest
from web.audit.checkpoint import Checkpoint
from web.audit.exported import verify_lines
from web.audit.kept_logs import KeptLog
from web.audit.ledger import INTENT, OUTCOME, Intent, Ledger, pick
from web.audit.models import Entry, Operation, Snapshot
from web.audit.statements import fields
from web.db import words
from web.errors import PortalError
from web.workspace import files
from web.workspace.client import Workspace

KIND = "audit.archive"
MOST = 20_000
AT_ONCE = 500
READ = {"portal_readonly": True}
DELETE = "endpoint.delete"
ARCHIVED = "archived"
"""Source of a state that was kept from an archived delete."""


class Store(Protocol):
    """Where archives are kept."""

    def put(self, name: str, body: bytes) -> None:
        """Keep a file."""

    def get(self, name: str) -> bytes:
        """Read it back."""


@dataclass(frozen=True)
class Folder:
    """A folder of this machine."""

    path: Path

    def put(self, name: str, body: bytes) -> None:
        """Keep a file."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_bytes(body)

    def get(self, name: str) -> bytes:
        """Read it back."""
        return (self.path / name).read_bytes()


@dataclass(frozen=True)
class Volume:
    """A folder on a Unity Catalog volume."""

    folder: str
    door: Callable[[], Workspace]

    def put(self, name: str, body: bytes) -> None:
        """Keep a file."""
        files.make_folder(self.door(), self.folder)
        files.write(self.door(), f"{self.folder}/{name}", body)

    def get(self, name: str) -> bytes:
        """Read it back."""
        return files.read(self.door(), f"{self.folder}/{name}")


def archive(ledger: Ledger, before: int, store: Store, most: int = MOST) -> list[Anchor]:
    """Move what began before this time, in ms, at most so many entries a file. Answers the new anchors.

    Operations whose outcome is not known stay, and what came after them. Raises PortalError when a file cannot be kept
    or does not verify: then nothing was removed.
    """
    made = []
    while (last := _last(ledger.engine, before, most)) is not None:
        made.append(_archive(ledger, last, store))
    return made


def _last(engine: Engine, before: int, most: int) -> Entry | None:
    """The last entry that may go: each operation goes whole, and none that is still open."""
    with Session(engine) as session:
        session.connection(execution_options=READ)
        first = session.exec(select(Entry.seq).order_by(col(Entry.seq)).limit(1)).first()
        if first is None:
            return None
        stays = [first + most, *_first_entries(session, before)]
        end = min(stays)
        while (whole := session.exec(_straddling(end)).first()) is not None:
            end = whole
        if end <= first:
            return None
        return session.exec(select(Entry).where(col(Entry.seq) < end).order_by(col(Entry.seq).desc()).limit(1)).first()


def _first_entries(session: Session, before: int) -> Iterator[int]:
    """Where what stays begins: the first operation that is young enough, and the first that is open."""
    young = select(func.min(Operation.seq)).where(col(Operation.at) >= before)
    open_ = select(func.min(Operation.seq)).where(col(Operation.outcome).in_(("pending", "unknown")))
    for query in (young, open_):
        stays = session.exec(query).one()
        ids = select(Operation.id).where(Operation.seq == stays)
        if stays is not None:
            yield from session.exec(select(Entry.seq).where(col(Entry.op_id).in_(ids)))  # type: ignore[misc]


def _straddling(end: int) -> SelectOfScalar[int | None]:
    """The first entry before `end` of an operation that goes on after it."""
    later = select(Entry.op_id).where(col(Entry.seq) >= end)
    return select(func.min(Entry.seq)).where(col(Entry.seq) < end, col(Entry.op_id).in_(later))


def _archive(ledger: Ledger, last: Entry, store: Store) -> Anchor:
    body, operations, until = _written(ledger.engine, last)
    digest = hashlib.sha256(body).hexdigest()
    with Session(ledger.engine) as session:
        session.connection(execution_options=READ)
        count = session.exec(select(func.count()).select_from(Entry).where(col(Entry.seq) <= last.seq)).one()
        before = newest(session)
    anchor = Anchor(
        seq=int(last.seq or 0),
        mac=last.mac,
        count=count + (before.count if before else 0),
        operations=operations + (before.operations if before else 0),
        until=until,
        file=f"audit-{last.seq:010d}-{digest[:16]}.jsonl.gz",
        sha256=digest,
        at=ledger.clock(),
        op_id="",
    )
    store.put(anchor.file, body)
    _check(store.get(anchor.file), anchor, ledger.key, count)
    with ledger.writing() as session:
        _tell(ledger, session, anchor)
        _keep_states(session, anchor.seq)
        _remove(session, anchor.seq)
    return anchor


def _written(engine: Engine, last: Entry) -> tuple[bytes, int, int]:
    """The file: JSON lines as an export has them, oldest first, with the logs that were kept. How many operations, and
    when the newest of them began."""
    out, count, until = io.BytesIO(), 0, 0
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed, Session(engine) as session:
        session.connection(execution_options=READ)
        for operation in _going(session, int(last.seq or 0)):
            links = session.exec(select(Entry).where(Entry.op_id == operation.id).order_by(col(Entry.seq)))
            logs = session.exec(select(KeptLog).where(KeptLog.op_id == operation.id).order_by(col(KeptLog.seq)))
            line = {
                **operation.as_json(),
                "entries": [entry.model_dump(exclude={"op_id"}) for entry in links],
                "logs": [log.model_dump(exclude={"op_id", "seq"}) for log in logs],
            }
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            count, until = count + 1, max(until, operation.at)
    return out.getvalue(), count, until


def _going(session: Session, until: int) -> Iterator[Operation]:
    """The operations whose entries end by this one."""
    ids = select(Entry.op_id).where(col(Entry.seq) <= until)
    query = select(Operation).where(col(Operation.id).in_(ids)).order_by(col(Operation.seq))
    yield from session.exec(query.execution_options(yield_per=AT_ONCE))


def _check(body: bytes, anchor: Anchor, key: bytes, count: int) -> None:
    lines = io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(body)), encoding="utf-8")
    verdict = verify_lines(lines, key, [Checkpoint(anchor.seq, anchor.mac)])
    if not verdict.ok or verdict.rows != count or hashlib.sha256(body).hexdigest() != anchor.sha256:
        raise PortalError(
            f"The archive {anchor.file} does not verify, so nothing was removed: {verdict.first_bad}.",
            status=500,
            code="ARCHIVE_NOT_VERIFIED",
            hint="`python -m web audit verify` names what is wrong with the history.",
        )


def _tell(ledger: Ledger, session: Session, anchor: Anchor) -> None:
    """Say in the chain what goes, and set the anchor."""
    change = {"kind": KIND, "endpoint": "", "body": {"until": anchor.until}}
    intent = Intent(KIND, "", "portal", "", f"{KIND}-{anchor.seq}", anchor.sha256, change, [], [], None)
    operation = ledger.operation(intent)
    operation.outcome, operation.after = "success", anchor.told()
    hand, row = ledger.commits.hand(session), fields(operation)
    row["seq"] = hand.insert(Operation, row)
    ledger.link(hand, row, STAGE, pick(row, INTENT) | pick(row, OUTCOME))
    hand.index()
    anchor.op_id = operation.id
    anchor.signed = anchor.sign(ledger.key)
    session.add(anchor)


def _keep_states(session: Session, until: int) -> None:
    """Of every endpoint whose delete goes and after which nothing was seen: its state just before, as a version."""
    ids = select(Entry.op_id).where(col(Entry.seq) <= until)
    gone = select(Operation).where(col(Operation.id).in_(ids), Operation.kind == DELETE, Operation.outcome == "success")
    for operation in session.exec(gone.order_by(col(Operation.seq))).all():
        later = select(Snapshot.seq).where(Snapshot.endpoint == operation.endpoint, Snapshot.at > operation.at)
        if operation.before and session.exec(later.limit(1)).first() is None:
            session.add(_state(operation, operation.before))


def _state(operation: Operation, before: dict[str, object]) -> Snapshot:
    config = before.get("config")
    return Snapshot(
        endpoint=operation.endpoint,
        source=ARCHIVED,
        op_id=operation.id,
        hash=f"{ARCHIVED}-{operation.id}",
        config_version=config.get("config_version") if isinstance(config, dict) else None,
        at=operation.at,
        body={name: value for name, value in before.items() if name != "pending_config"},
    )


def _remove(session: Session, until: int) -> None:
    ids = select(Entry.op_id).where(col(Entry.seq) <= until)
    last = session.exec(select(func.max(Operation.seq)).where(col(Operation.id).in_(ids))).one()
    connection = session.connection()
    words.drop(connection, int(last or 0))
    connection.execute(delete(KeptLog).where(col(KeptLog.op_id).in_(ids)))
    connection.execute(delete(Operation).where(col(Operation.id).in_(ids)))
    connection.execute(delete(Entry).where(col(Entry.seq) <= until))
