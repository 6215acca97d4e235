"""What an archive holds, what the chain says of it, which states are kept, and where a file ends."""

import gzip
import hashlib
import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from tests.audit.history import DAY_MS, START_MS, at, begin, done
from tests.audit.test_archive import aged, everybody, lines, meddle, move
from tests.audit.test_chain import KEY, engine
from tests.audit.test_kept_logs import RAW, asked
from tests.audit.test_vault import VOLUME
from tests.audit.test_vault_parts import Now, of
from web.audit import kept_logs, queries
from web.audit.anchors import newest
from web.audit.archive import ARCHIVED, Folder, Volume, archive
from web.audit.ledger import Outcome
from web.audit.models import Snapshot
from web.audit.queries import Filter, page
from web.audit.verify import verify
from web.emulator.server import Emulator
from web.errors import NotFound, PortalError

__all__ = ["engine"]
TOLD = {"seq", "mac", "count", "operations", "until", "file", "sha256"}


def entries(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT seq FROM audit_entry ORDER BY seq")).scalars())


def test_the_chain_tells_what_went_where_and_until_when(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    done(ledger, "old")
    last_at = queries.operation(engine, done(ledger, "newer"), everybody).at
    clock.now += 10 * DAY_MS
    (anchor,) = move(ledger, clock, tmp_path / "a" / "b")
    packed = (tmp_path / "a" / "b" / anchor.file).read_bytes()
    assert anchor.sha256 == hashlib.sha256(packed).hexdigest()
    assert packed[4:8] == bytes(4), "the time is no part of it: the same history is the same file"
    assert anchor.file == f"audit-0000000004-{anchor.sha256[:16]}.jsonl.gz"
    assert (anchor.seq, anchor.count, anchor.operations, anchor.until) == (4, 4, 2, last_at)
    assert last_at < anchor.at <= clock.now
    (told,) = page(engine, Filter(kind="audit.archive"), everybody).operations
    assert told.id == anchor.op_id
    assert (told.actor, told.actor_id, told.endpoint, told.outcome) == ("portal", "", "", "success")
    assert (told.idempotency_key, told.payload_hash) == ("audit.archive-4", anchor.sha256)
    assert told.change == {"kind": "audit.archive", "endpoint": "", "body": {"until": last_at}}
    assert told.after == {name: getattr(anchor, name) for name in TOLD}
    (entry,) = queries.entries(engine, told.id)
    assert (entry.stage, entry.payload["outcome"], entry.payload["after"]) == ("archived", "success", told.after)
    assert entry.payload["idempotency_key"] == "audit.archive-4"
    assert [o.id for o in page(engine, Filter(q="archive"), everybody).operations] == [told.id]


def test_a_second_archive_counts_what_went_before(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=2, young=1)
    (first,) = move(ledger, clock, tmp_path)
    clock.now += 10 * DAY_MS
    (second,) = move(ledger, clock, tmp_path)
    assert (first.operations, first.count, second.operations, second.count) == (2, 4, 4, 7)
    assert len(lines(tmp_path, second)) == 2
    with Session(engine) as session:
        last = newest(session)
        assert last is not None
        assert last.seq == second.seq


@dataclass(frozen=True)
class Until(Folder):
    """A folder that is written to once somebody else has written."""

    writer: sqlite3.Connection

    def put(self, name: str, body: bytes) -> None:
        """Keep a file."""
        self.writer.execute("ROLLBACK")
        super().put(name, body)


def test_what_goes_is_read_while_somebody_else_writes(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=1, young=0)
    raw = sqlite3.connect(tmp_path / "history.db", isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    assert len(archive(ledger, clock.now, Until(tmp_path, raw))) == 1
    raw.close()


def test_a_file_holds_each_operation_with_its_links_and_logs_oldest_first(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    first = asked(ledger, diff=[{"path": "a", "before": None, "after": "größe"}])
    kept_logs.keep(ledger, RAW, "churn-3", "build", "failed")
    kept_logs.keep(ledger, RAW, "churn-3", "service", "too")
    second = done(ledger, "second")
    clock.now += 10 * DAY_MS
    stays = asked(ledger, "young", 5)
    kept_logs.keep(ledger, {**RAW, "pending_config": {"config_version": 5}}, "churn-5", "build", "young")
    (anchor,) = move(ledger, clock, tmp_path)
    one, two = (json.loads(line) for line in lines(tmp_path, anchor))
    assert (one["id"], two["id"]) == (first, second)
    assert [entry["stage"] for entry in one["entries"]] == ["intent", "outcome"]
    assert set(one["entries"][0]) == {"seq", "stage", "at", "actor", "payload", "prev_mac", "mac"}
    assert [log["text"] for log in one["logs"]] == ["failed", "too"]
    assert {"op_id", "seq"} & set(one["logs"][0]) == set()
    assert two["logs"] == []
    assert "größe" in gzip.decompress((tmp_path / anchor.file).read_bytes()).decode()
    assert kept_logs.of(engine, first) == []
    assert [log.text for log in kept_logs.of(engine, stays)] == ["young"]


def test_the_index_forgets_what_went_and_nothing_else(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=2, young=1)
    move(ledger, clock, tmp_path)
    with engine.connect() as connection:
        indexed = connection.execute(text("SELECT rowid FROM operation_words ORDER BY rowid")).scalars().all()
    assert indexed == [3, 4]


def test_only_what_began_before_the_day_goes(engine: Engine, tmp_path: Path) -> None:
    ledger, _ = at(engine)
    assert archive(ledger, START_MS * 2, Folder(tmp_path)) == [], "there is nothing yet"
    first, second = done(ledger, "first"), done(ledger, "second")
    for before in (0, queries.operation(engine, first, everybody).at):
        assert archive(ledger, before, Folder(tmp_path)) == []
    day = queries.operation(engine, second, everybody).at
    (anchor,) = archive(ledger, day, Folder(tmp_path))
    assert anchor.seq == 2
    assert [o.id for o in page(engine, Filter(endpoint="churn"), everybody).operations] == [second]


@pytest.mark.parametrize("outcome", ["pending", "unknown"])
def test_what_is_not_known_yet_stays_with_what_came_after_it(engine: Engine, tmp_path: Path, outcome: str) -> None:
    ledger, clock = at(engine)
    done(ledger, "first")
    if outcome == "pending":
        begin(ledger, "open")
    else:
        done(ledger, "open", "unknown")
    done(ledger, "after")
    begin(ledger, "open too")
    clock.now += 10 * DAY_MS
    (anchor,) = move(ledger, clock, tmp_path)
    assert anchor.seq == 2
    assert move(ledger, clock, tmp_path) == []


@pytest.mark.parametrize(("most", "ends"), [(4, [4]), (3, [2, 4]), (2, [2, 4]), (1, [])])
def test_a_file_holds_so_many_entries_and_whole_operations(
    engine: Engine, tmp_path: Path, most: int, ends: list[int]
) -> None:
    ledger, clock = aged(engine, old=2, young=1)
    made = archive(ledger, clock.now - 5 * DAY_MS, Folder(tmp_path), most)
    assert [anchor.seq for anchor in made] == ends
    assert [anchor.count for anchor in made] == ends
    assert verify(engine, KEY).ok
    assert len(list(tmp_path.glob("audit-*"))) == len(ends)


def test_operations_that_overlap_go_or_stay_together(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    one, two = begin(ledger, "one"), begin(ledger, "two")
    ledger.finish(one, Outcome("success", []))
    ledger.finish(two, Outcome("success", []))
    done(ledger, "three")
    clock.now += 10 * DAY_MS
    assert archive(ledger, clock.now, Folder(tmp_path), 3) == [], "a cut would go through one of them"
    assert [anchor.seq for anchor in archive(ledger, clock.now, Folder(tmp_path), 5)] == [4, 6]


def states(engine: Engine) -> list[Snapshot]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(select(Snapshot).where(Snapshot.source == ARCHIVED).order_by(col(Snapshot.seq))))


def test_a_deleted_endpoint_is_kept_as_it_was_just_before(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    before = {"name": "churn", "config": {"config_version": 7}, "pending_config": {"config_version": 8}}
    ledger.remember("churn", "endpoint", "earlier", 6, {})
    gone = done(ledger, "gone", kind="endpoint.delete", before=before)
    deleted_at = queries.operation(engine, gone, everybody).at
    ledger.remember("fraud", "endpoint", "elsewhere", 6, {})
    clock.now += 10 * DAY_MS
    move(ledger, clock, tmp_path)
    (state,) = states(engine)
    assert (state.endpoint, state.op_id, state.config_version, state.at) == ("churn", gone, 7, deleted_at)
    assert state.body == {"name": "churn", "config": {"config_version": 7}}
    assert state.hash == f"archived-{gone}"


@pytest.mark.parametrize(
    "case",
    [
        {"key": "refused", "outcome": "refused"},
        {"key": "another kind", "kind": "config.update"},
        {"key": "nothing was known of it", "before": None},
    ],
    ids=lambda case: case["key"],
)
def test_no_state_is_made_of_what_deleted_nothing(engine: Engine, tmp_path: Path, case: dict[str, Any]) -> None:
    ledger, clock = at(engine)
    done(ledger, **{"kind": "endpoint.delete", **case})
    clock.now += 10 * DAY_MS
    assert len(move(ledger, clock, tmp_path)) == 1
    assert states(engine) == []


def test_an_endpoint_that_was_seen_again_or_whose_delete_stays_needs_no_state(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    done(ledger, "gone", kind="endpoint.delete")
    ledger.remember("churn", "endpoint", "made anew", 1, {})
    odd = done(ledger, "odd", kind="endpoint.delete", endpoint="odd", before={"name": "odd", "config": "?"})
    clock.now += 10 * DAY_MS
    done(ledger, "young", kind="endpoint.delete", endpoint="young")
    move(ledger, clock, tmp_path)
    assert [(state.op_id, state.config_version) for state in states(engine)] == [(odd, None)]


class Other(Folder):
    """A folder whose files come back packed otherwise."""

    def get(self, name: str) -> bytes:
        """The same lines, other bytes."""
        return gzip.compress(gzip.decompress(super().get(name)), 1, mtime=7)


def test_nothing_goes_when_what_is_read_back_is_not_what_was_written(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=2, young=0)
    with pytest.raises(PortalError, match=re.escape("does not verify, so nothing was removed")) as refused:
        archive(ledger, clock.now - 5 * DAY_MS, Other(tmp_path))
    assert (refused.value.status, refused.value.code) == (500, "ARCHIVE_NOT_VERIFIED")
    assert "audit verify" in refused.value.hint
    assert entries(engine) == [1, 2, 3, 4]


def test_nothing_goes_when_an_operation_is_missing(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=2, young=0)
    meddle(engine, "DELETE FROM operation WHERE seq = 2")
    with pytest.raises(PortalError, match="nothing was removed"):
        move(ledger, clock, tmp_path)
    assert entries(engine) == [1, 2, 3, 4]


def test_archives_can_lie_on_a_volume(emulator: Emulator, tmp_path: Path) -> None:
    door = of(emulator, tmp_path / "portal.db", Now()).door
    volume = Volume(f"{VOLUME}/archive", door)
    volume.put("a.jsonl.gz", b"kept")
    assert volume.get("a.jsonl.gz") == b"kept"
    made = [entry.path for entry in emulator.world.requests.entries if "/directories/" in entry.path]
    assert made == [f"/api/2.0/fs/directories{VOLUME}/archive"]
    assert emulator.world.volumes.by_path[VOLUME].files[f"{VOLUME}/archive/a.jsonl.gz"].body == b"kept"
    with pytest.raises(NotFound):
        volume.get("b.jsonl.gz")
