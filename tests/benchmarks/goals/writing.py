"""P8: a change with its record, its checks and its reading back, beside the bare PUT to the workspace; and the history
alone, with fifty who write at once, beside the disk."""

import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from sqlalchemy import Engine, text
from sqlmodel import Session, desc, select

from tests.audit.history import begin
from tests.benchmarks.harness import Row, in_turn, percentile, ratio, took
from tests.benchmarks.site import TOKEN, person, portal, workspace
from web.audit import chain
from web.audit.ledger import INTENT, Intent, Ledger, pick
from web.audit.models import Entry, Operation
from web.audit.statements import fields
from web.db import words
from web.db.engine import open_engine
from web.db.migrate import upgrade

ROUNDS = 15
WRITERS = 50
EACH = 20
SYNCS = 500


def measure() -> list[Row]:
    """What a change costs, and what the history does."""
    return [*changes(), *history()]


def changes() -> list[Row]:
    """Wall time of a tag's change: the portal's, the workspace's own call, and that call between two reads."""
    with (
        workspace("demo") as behind,
        portal(behind, PORTAL_CHANGES_PER_MINUTE="100000") as ours,
        person(ours.url) as who,
    ):
        names = [one["name"] for one in who.get("/api/v1/endpoints").json()["endpoints"] if one["kind"] == "custom"]
        name = names[0]
        head = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=behind, headers=head, trust_env=False) as bare:
            seen = in_turn(
                ROUNDS,
                portal=lambda: took(lambda: change(who, name)),
                bare=lambda: took(lambda: patch(bare, name)),
                careful=lambda: took(lambda: careful(bare, name)),
            )
    told = {side: f"{percentile(values, 0.5) * 1000:.1f} ms" for side, values in seen.items()}
    return [
        Row("P8", "a recorded change / the bare PATCH", told["portal"], told["bare"],
            ratio(seen["portal"], seen["bare"])),
        Row("P8", "a recorded change / read, PATCH, read", told["portal"], told["careful"],
            ratio(seen["portal"], seen["careful"])),
    ]  # fmt: skip


def change(who: httpx.Client, name: str) -> None:
    """One tag set to something new, the portal's way."""
    wanted = {"kind": "tags.update", "endpoint": name, "body": {"add": {"bench": uuid.uuid4().hex}, "delete": []}}
    who.post(
        "/api/v1/changes", json={"change": wanted}, headers={"Idempotency-Key": uuid.uuid4().hex}
    ).raise_for_status()


def patch(bare: httpx.Client, name: str) -> None:
    """The same at the workspace."""
    body = {"add_tags": [{"key": "bench", "value": uuid.uuid4().hex}], "delete_tags": []}
    bare.patch(f"/api/2.0/serving-endpoints/{name}/tags", json=body).raise_for_status()


def careful(bare: httpx.Client, name: str) -> None:
    """The same between two looks at the endpoint, the least that a change with a record needs."""
    read(bare, name)
    patch(bare, name)
    read(bare, name)


def read(bare: httpx.Client, name: str) -> None:
    """The endpoint as it is."""
    bare.get(f"/api/2.0/serving-endpoints/{name}").raise_for_status()


def history() -> list[Row]:
    """Intents that are on the disk, one writer and fifty; one that fails or meets a lock stops the run."""
    # Beside the project: what is written to /tmp may never reach a disk.
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        engine = open_engine(f"sqlite:///{folder}/history.db")
        upgrade(engine)
        ledger = Ledger(engine, b"k" * 32)
        sync = took(lambda: synced(Path(folder) / "bare")) / SYNCS
        alone = percentile([record(ledger) for _ in range(EACH * 20)][EACH * 10 :], 0.5)
        with ThreadPoolExecutor(WRITERS) as hands:
            waits: list[float] = []
            whole = took(lambda: waits.extend(hands.map(lambda _: record(ledger), range(WRITERS * EACH))))
            plain = Plain(engine)
            by_model = took(lambda: list(hands.map(lambda _: plain.record(), range(WRITERS * EACH))))
        engine.dispose()
    each, worst, usual = whole / len(waits), max(waits), percentile(waits, 0.5)
    model = by_model / len(waits)
    told = f"{sync * 1000:.2f} ms"
    return [
        Row("P8", "an intent on the disk / one fdatasync", f"{alone * 1000:.2f} ms", told, alone / sync, 2.5),
        Row("P8", f"{WRITERS} writers, for each intent / fdatasync", f"{each * 1000:.2f} ms", told, each / sync, 0.4),
        Row("P8", f"{WRITERS} writers / a SQLModel session for each", f"{each * 1000:.2f} ms", f"{model * 1000:.2f} ms",
            each / model, 1 / 8),
        Row("P8", f"{WRITERS} writers, the longest wait / the usual", f"{worst * 1000:.0f} ms",
            f"{usual * 1000:.0f} ms", worst / usual, 20),
    ]  # fmt: skip


class Plain:
    """The same rows as an app would write them: models, a session and a commit for each."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.made = Ledger(engine, b"k" * 32)
        self.lock = threading.Lock()

    def record(self) -> None:
        """An operation, its entry and its words."""
        key = uuid.uuid4().hex
        intent = Intent("tags.update", "churn", "bob@example.com", "2", key, "p", {"kind": "tags.update"}, [],
                        [{"path": "tags.team", "before": None, "after": key}],
                        {"name": "churn", "config": {"config_version": 3}})  # fmt: skip
        with self.lock, Session(self.engine) as session, session.begin():
            known = select(Operation).where(Operation.actor == intent.actor, Operation.idempotency_key == key)
            if session.exec(known).first() is not None:
                return
            operation = self.made.operation(intent)
            session.add(operation)
            last = session.exec(select(Entry).order_by(desc(Entry.seq)).limit(1)).one()
            said = pick(fields(operation), INTENT)
            digest = chain.mac(self.made.key, last.mac, operation.id, "intent", operation.at, intent.actor, said)
            session.add(Entry(op_id=operation.id, stage="intent", at=operation.at, actor=intent.actor, payload=said,
                              prev_mac=last.mac, mac=digest))  # fmt: skip
            session.flush()
            for statement, values in words.rows("sqlite", [(operation.seq or 0, fields(operation))]):
                session.execute(text(statement), params=values)


def record(ledger: Ledger) -> float:
    """Seconds until an intent is durable."""
    return took(lambda: begin(ledger, uuid.uuid4().hex))


def synced(place: Path) -> None:
    """4 KB more on the disk, again and again."""
    with place.open("ab", buffering=0) as out:
        for _ in range(SYNCS):
            out.write(b"x" * 4096)
            os.fdatasync(out.fileno())
