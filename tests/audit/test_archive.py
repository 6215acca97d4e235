"""Old operations move to a file that verifies alone; what stays is still proven, and nothing goes before it is safe."""

import gzip
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from tests.audit.history import DAY_MS, Clock, at, begin, done
from tests.audit.test_chain import KEY, engine
from web.audit.anchors import Anchor
from web.audit.archive import ARCHIVED, Folder, archive
from web.audit.checkpoint import Checkpoint, take
from web.audit.exported import verify_lines
from web.audit.ledger import Ledger, Outcome
from web.audit.queries import Filter, operation, page, snapshots
from web.audit.verify import verify
from web.errors import NotFound, PortalError

__all__ = ["engine"]


def everybody(_operation: object) -> bool:
    return True


def aged(engine: Engine, old: int = 4, young: int = 3) -> tuple[Ledger, Clock]:
    """Operations of which the first `old` are ten days older than the others."""
    ledger, clock = at(engine)
    for place in range(old):
        done(ledger, f"old-{place}")
    clock.now += 10 * DAY_MS
    for place in range(young):
        done(ledger, f"young-{place}")
    return ledger, clock


def move(ledger: Ledger, clock: Clock, folder: Path, days: int = 5) -> list[Anchor]:
    return archive(ledger, clock.now - days * DAY_MS, Folder(folder))


def lines(folder: Path, anchor: Anchor) -> list[str]:
    return gzip.decompress((folder / anchor.file).read_bytes()).decode().splitlines()


def meddle(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for statement in (*(f"DROP TRIGGER {name}" for name in triggers), *statements):
            connection.execute(text(statement))


def test_what_is_old_moves_and_both_parts_stay_proven(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine)
    early = Checkpoint(6, _mac(engine, 6), 6)
    late = take(engine)
    assert late is not None
    (anchor,) = move(ledger, clock, tmp_path)
    verdict = verify(engine, KEY, [early, Checkpoint(8, anchor.mac, 8), late])
    assert verdict.ok, verdict.first_bad
    assert (verdict.rows, verdict.archived) == (7, 8)
    kept = page(engine, Filter(), everybody).operations
    assert [o.kind for o in kept] == ["audit.archive", *["tags.update"] * 3]
    alone = verify_lines(lines(tmp_path, anchor), KEY, [early, Checkpoint(anchor.seq, anchor.mac)])
    assert (alone.ok, alone.rows, alone.head) == (True, 8, anchor.mac)
    mark = take(engine)
    assert mark is not None
    assert mark.count == 15
    assert verify(engine, KEY, [mark]).ok


def test_archives_follow_one_another_and_an_archive_is_archived_too(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine)
    move(ledger, clock, tmp_path)
    clock.now += 10 * DAY_MS
    done(ledger, "last")
    (second,) = move(ledger, clock, tmp_path)
    assert second.count == 15
    assert verify(engine, KEY).ok
    kinds = [o.kind for o in page(engine, Filter(), everybody).operations]
    assert kinds == ["audit.archive", "tags.update"]
    assert verify_lines(lines(tmp_path, second), KEY).ok
    assert move(ledger, clock, tmp_path) == []


def test_an_operation_that_is_open_stays_whole_with_what_came_after_it(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = at(engine)
    done(ledger, "first")
    straddles = begin(ledger, "straddles")
    open_ = begin(ledger, "open")
    ledger.finish(straddles, Outcome("success", []))
    done(ledger, "after")
    clock.now += 10 * DAY_MS
    (anchor,) = move(ledger, clock, tmp_path)
    assert anchor.seq == 2
    assert verify(engine, KEY).ok
    ledger.finish(open_, Outcome("success", []))
    clock.now += 10 * DAY_MS
    move(ledger, clock, tmp_path)
    assert verify(engine, KEY).rows == 1


@pytest.mark.parametrize(
    ("done_to_it", "named"),
    [
        (["DELETE FROM audit_entry WHERE seq = 9"], ("removed", 10)),
        (["DELETE FROM audit_anchor"], ("removed", 9)),
        (["UPDATE audit_anchor SET seq = 10, mac = (SELECT mac FROM audit_entry WHERE seq = 10)"], ("anchor", 10)),
        (["UPDATE audit_anchor SET sha256 = 'x'"], ("anchor", 8)),
        (["UPDATE audit_anchor SET count = count - 1"], ("anchor", 8)),
        (
            ["DELETE FROM audit_entry WHERE seq > 14", "DELETE FROM operation WHERE kind = 'audit.archive'"],
            ("anchor", 8),
        ),
        (["UPDATE audit_entry SET actor = 'eve' WHERE seq = 12"], ("edited", 12)),
    ],
)
def test_what_is_done_to_the_rest_or_to_its_anchor_is_named(
    engine: Engine, tmp_path: Path, done_to_it: list[str], named: tuple[str, int]
) -> None:
    ledger, clock = aged(engine)
    move(ledger, clock, tmp_path)
    meddle(engine, *done_to_it)
    bad = verify(engine, KEY).first_bad
    assert bad is not None
    assert (bad["class"], bad["seq"]) == named


def test_the_end_that_is_cut_off_after_an_archive_is_told_by_a_checkpoint(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine)
    move(ledger, clock, tmp_path)
    done(ledger, "newest")
    mark = take(engine)
    assert mark is not None
    meddle(engine, "DELETE FROM audit_entry WHERE seq > 15", "DELETE FROM operation WHERE seq > 8")
    assert verify(engine, KEY).ok
    bad = verify(engine, KEY, [mark]).first_bad
    assert bad is not None
    assert (bad["class"], bad["seq"]) == ("truncated", 16)


def test_entries_can_be_deleted_up_to_the_anchor_only(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine)
    move(ledger, clock, tmp_path)
    for statement in (
        "DELETE FROM audit_entry WHERE seq = 9",
        "DELETE FROM audit_anchor",
        "UPDATE audit_anchor SET seq = 99",
        "INSERT OR REPLACE INTO audit_anchor SELECT * FROM audit_anchor",
    ):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


@dataclass
class Leaky:
    """A store that loses the end of what it is given."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, body: bytes) -> None:
        self.kept[name] = gzip.compress(b"\n".join(gzip.decompress(body).splitlines()[:-1]))

    def get(self, name: str) -> bytes:
        return self.kept[name]


def test_nothing_is_removed_when_the_archive_does_not_verify(engine: Engine) -> None:
    ledger, clock = aged(engine)
    with pytest.raises(PortalError, match="does not verify, so nothing was removed"):
        archive(ledger, clock.now - DAY_MS, Leaky())
    verdict = verify(engine, KEY)
    assert (verdict.ok, verdict.rows) == (True, 14)


def test_nothing_is_moved_out_of_a_history_that_was_tampered_with(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine)
    meddle(engine, "UPDATE audit_entry SET actor = 'eve' WHERE seq = 3")
    with pytest.raises(PortalError, match="nothing was removed"):
        move(ledger, clock, tmp_path)
    assert len(page(engine, Filter(), everybody).operations) == 7


def test_a_deleted_endpoint_keeps_the_state_that_brings_it_back(engine: Engine, tmp_path: Path) -> None:
    ledger, clock = aged(engine, old=1, young=0)
    gone = done(ledger, "gone", kind="endpoint.delete", before={"name": "churn", "config": {"config_version": 7}})
    clock.now += 10 * DAY_MS
    done(ledger, "young", endpoint="other")
    move(ledger, clock, tmp_path)
    (state,) = snapshots(engine, "churn")
    assert (state.source, state.config_version, state.body["name"]) == (ARCHIVED, 7, "churn")
    with pytest.raises(NotFound) as told:
        operation(engine, gone, everybody)
    assert "moved to an archive" in told.value.hint


def _mac(engine: Engine, seq: int) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT mac FROM audit_entry WHERE seq = :seq"), {"seq": seq}).scalar())
