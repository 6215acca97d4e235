"""What a look at an endpoint reads of the history does not grow with it. Counted in steps of SQLite's machine."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.audit.history import done
from tests.audit.test_chain import KEY, empty
from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.models import Snapshot
from web.changes import observe
from web.changes.kinds import Kind
from web.db.engine import open_engine

SOURCES = [observe.PORTAL, observe.SEEN, observe.PORTAL]


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Ledger, list[int]]]:
    """A short and a long one of the same endpoint, each with a count of the steps that are made on it."""
    return [grown(tmp_path_factory.mktemp("history"), changes) for changes in (60, 600)]


def grown(folder: Path, changes: int) -> tuple[Ledger, list[int]]:
    (folder / "h.db").write_bytes(empty())
    engine, steps = open_engine(f"sqlite:///{folder / 'h.db'}"), [0]
    ledger = Ledger(engine, KEY)
    done(ledger, "unknown", "unknown", endpoint="churn")
    for place in range(changes):
        op_id = done(ledger, f"k{place}", kind=Kind.RESTORE if place % 7 == 0 else Kind.TAGS)
        source = SOURCES[place % 3]
        facts: dict[str, Any] = {"endpoint": "churn", "hash": f"h{place}", "at": place, "body": {"name": "churn"}}
        ledger.keep(Snapshot(source=source, op_id=op_id if source == observe.PORTAL else "", **facts))
    engine.dispose()
    event.listen(engine, "connect", lambda connection, _record: counting(connection, steps))
    return ledger, steps


def counting(connection: Any, steps: list[int]) -> None:
    def step() -> int:
        steps[0] += 1
        return 0

    connection.set_progress_handler(step, 10)


def unsettled(ledger: Ledger) -> object:
    return queries.unsettled(ledger.engine, "churn")


def outside(ledger: Ledger) -> object:
    return observe.outside(ledger, "churn")


def newest(ledger: Ledger) -> object:
    return observe.latest(ledger, "churn")


def page(ledger: Ledger) -> object:
    return queries.page(ledger.engine, queries.Filter(endpoint="churn", limit=5), lambda _: True)


@pytest.mark.parametrize("read", [unsettled, outside, newest, page])
def test_ten_times_the_history_is_not_ten_times_the_reading(
    histories: list[tuple[Ledger, list[int]]], read: Callable[[Ledger], object]
) -> None:
    made = []
    for ledger, steps in histories:
        read(ledger)
        before = steps[0]
        assert read(ledger)
        made.append(steps[0] - before)
    assert made[1] <= made[0] * 1.5 + 5, made


def test_the_steps_of_what_does_grow_are_counted(histories: list[tuple[Ledger, list[int]]]) -> None:
    made = []
    for ledger, steps in histories:
        before = steps[0]
        everything(ledger.engine)
        made.append(steps[0] - before)
    assert made[1] > made[0] * 5


def everything(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT sum(length(before)) FROM operation").scalar()
