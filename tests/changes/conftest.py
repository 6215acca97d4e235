"""A workspace that says what the test wants, and a history in memory."""

import sqlite3
from collections.abc import Iterator

import pytest

from tests.audit.history import Clock
from tests.changes.wire import Wire
from web.audit.ledger import Ledger
from web.db.engine import open_engine
from web.db.migrate import upgrade


@pytest.fixture(scope="session")
def wire_server() -> Iterator[Wire]:
    """One for the whole run; ask for `wire` instead."""
    server = Wire()
    yield server
    server.stop()


@pytest.fixture
def wire(wire_server: Wire) -> Wire:
    """The workspace: it knows nothing yet."""
    wire_server.forget()
    return wire_server


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> sqlite3.Connection:
    """A history without an entry, to be copied: that takes a hundredth of making one."""
    place = tmp_path_factory.mktemp("empty") / "history.db"
    engine = open_engine(f"sqlite:///{place}")
    upgrade(engine)
    engine.dispose()
    return sqlite3.connect(place, check_same_thread=False)


@pytest.fixture
def ledger(empty: sqlite3.Connection) -> Ledger:
    """An empty history in memory, for one thread, at a time of its own."""
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        empty.backup(driver)
    return Ledger(engine, b"k" * 32, Clock())
