"""Those who write at once share a commit: each is told once their own part is durable, and fails only by itself."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, col, select

from tests.audit.history import begin, done
from tests.audit.test_chain import KEY, engine, ledger
from web.audit.commits import Commits
from web.audit.hand import Hand
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Entry, Operation
from web.audit.verify import verify
from web.errors import PortalError

__all__ = ["engine", "ledger"]
WRITERS = 12


class Cut(BaseException):
    """An interrupt in the middle of a commit."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[int]]:
    """The commits of the history that were made meanwhile."""
    seen: list[int] = []

    def note(_connection: Any) -> None:
        seen.append(1)

    event.listen(engine, "commit", note)
    yield seen
    event.remove(engine, "commit", note)


def at_once(ledger: Ledger, works: Sequence[Callable[[], Any]]) -> list[Future[Any]]:
    """All of them, each in a thread of its own, in this order, while another writer holds the history."""
    with ThreadPoolExecutor(len(works)) as hands, ledger.writing():
        futures = []
        for place, work in enumerate(works):
            futures.append(hands.submit(work))
            until(partial(waits, ledger, place + 1))
    return futures


def waits(ledger: Ledger, many: int) -> bool:
    return ledger.commits.waiting == many


def until(there: Callable[[], bool]) -> None:
    ends = time.monotonic() + 10
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.001)


def stored(engine: Engine) -> list[str]:
    """Keys of the operations, in the order of the chain."""
    with Session(engine) as session:
        keys = {row.id: row.idempotency_key for row in session.exec(select(Operation))}
        return [keys[entry.op_id] for entry in session.exec(select(Entry).order_by(col(Entry.seq)))]


def test_those_who_wait_are_written_in_one_commit_in_the_order_in_which_they_came(
    engine: Engine, ledger: Ledger
) -> None:
    keys = [f"k{place}" for place in range(WRITERS)]
    with counted(engine) as seen:
        futures = at_once(ledger, [partial(begin, ledger, key) for key in keys])
    assert len({future.result() for future in futures}) == WRITERS
    assert len(seen) == 1
    assert stored(engine) == keys
    assert ledger.writes == 1 + WRITERS
    assert verify(engine, KEY).ok


def test_all_of_a_group_are_found_by_their_words(engine: Engine, ledger: Ledger) -> None:
    at_once(ledger, [partial(begin, ledger, f"word{place}") for place in range(3)])
    with engine.connect() as connection:
        for place in range(3):
            query = text("SELECT count(*) FROM operation_words WHERE operation_words MATCH :word")
            assert connection.execute(query, {"word": f"word{place}"}).scalar() == 1


def test_the_same_key_twice_in_a_group_is_one_operation(engine: Engine, ledger: Ledger) -> None:
    one, other = (future.result() for future in at_once(ledger, [partial(begin, ledger, "k")] * 2))
    assert one == other
    assert stored(engine) == ["k"]


def test_a_part_that_fails_by_itself_fails_alone(engine: Engine, ledger: Ledger) -> None:
    open_ = begin(ledger, "open")
    works: list[Callable[[], Any]] = [
        partial(begin, ledger, "one"),
        partial(ledger.finish, "nobody", Outcome("success", [])),
        partial(begin, ledger, "half \ud800"),  # no database stores half a character
        lambda: ledger.finish(open_, Outcome("success", [])).outcome,
    ]
    one, unknown, half, end = at_once(ledger, works)
    assert one.result()
    assert end.result() == "success"
    with pytest.raises(PortalError) as refused:
        unknown.result()
    assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
    assert isinstance(half.exception(), UnicodeEncodeError)
    assert stored(engine) == ["open", "one", "open"]
    assert verify(engine, KEY).ok


def test_a_rule_of_the_database_that_one_breaks_stops_no_other(engine: Engine, ledger: Ledger) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER picky BEFORE INSERT ON operation WHEN new.idempotency_key = 'bad' "
                "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
            )
        )
    good, bad, other = at_once(ledger, [partial(begin, ledger, key) for key in ("good", "bad", "other")])
    assert good.result()
    assert other.result()
    with pytest.raises(PortalError, match="cannot be written, so nothing was sent"):
        bad.result()
    assert stored(engine) == ["good", "other"]


def test_what_fails_for_all_is_told_to_all_at_once(engine: Engine, ledger: Ledger) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO gone"))
    with counted(engine) as seen:
        futures = at_once(ledger, [partial(begin, ledger, f"k{place}") for place in range(3)])
    for future in futures:
        with pytest.raises(PortalError, match="cannot be written") as refused:
            future.result()
        assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
    assert seen == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM operation")).scalar() == 0


def test_who_waits_while_the_history_is_put_on_hold_is_told_why(engine: Engine, ledger: Ledger) -> None:
    with ThreadPoolExecutor(2) as hands, ledger.writing():
        futures = [hands.submit(begin, ledger, f"k{place}") for place in range(2)]
        until(partial(waits, ledger, 2))
        ledger.hold = "It is being moved."
    for future in futures:
        with pytest.raises(PortalError, match="being moved"):
            future.result()
    assert stored(engine) == []


def test_an_interrupt_leaves_nobody_with_the_belief_that_they_were_written(engine: Engine, ledger: Ledger) -> None:
    def cut(_connection: Any) -> None:
        event.remove(engine, "commit", cut)
        raise Cut

    event.listen(engine, "commit", cut)
    futures = at_once(ledger, [partial(begin, ledger, f"k{place}") for place in range(3)])
    errors = [future.exception() for future in futures]
    assert sorted(type(error).__name__ for error in errors) == ["Cut", "PortalError", "PortalError"]
    assert stored(engine) == []
    assert begin(ledger, "after")


def test_reading_waits_for_no_writer(engine: Engine, ledger: Ledger) -> None:
    op_id = done(ledger, "k")
    with ledger.writing() as session:
        session.connection()  # from here on the database is held
        found = ledger.find("bob@example.com", "k")
        assert found is not None
        assert found.id == op_id
        assert ledger.find("bob@example.com", "other") is None


def test_a_part_is_done_once_where_nobody_else_writes(engine: Engine) -> None:
    ran: list[object] = []

    def work(hand: Hand) -> str:
        ran.append(hand)
        return "said"

    assert Commits(engine, lambda: None).run(work) == "said"
    assert len(ran) == 1
