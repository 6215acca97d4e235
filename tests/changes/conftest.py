"""A workspace that says what the test wants, and a history in memory."""

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

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


@cache
def empty_history() -> bytes:
    """A history without an entry, to be copied: that takes a hundredth of making one."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver.serialize()


@pytest.fixture
def ledger() -> Ledger:
    """An empty history in memory, for one thread, at a time of its own."""
    engine = open_engine("sqlite://")
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        driver.deserialize(empty_history())
    return Ledger(engine, b"k" * 32, Clock())


@pytest.fixture
def shared(tmp_path: Path) -> Ledger:
    """An empty history on disk, for several threads."""
    place = tmp_path / "history.db"
    place.write_bytes(empty_history())
    return Ledger(open_engine(f"sqlite:///{place}"), b"k" * 32)
