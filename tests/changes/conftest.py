"""A workspace that says what the test wants, bob's door to the embedded one, and empty histories."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.audit.history import Clock
from tests.audit.test_chain import KEY, empty
from tests.changes.wire import Wire
from web.audit.ledger import Ledger
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Transport


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
def migrated() -> sqlite3.Connection:
    """A history with all its tables and nothing in it."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    return driver_of(engine)


@pytest.fixture
def ledger(migrated: sqlite3.Connection) -> Ledger:
    """An empty history in memory, for one thread, at a time of its own: a copy, as making the tables takes longer than
    most tests."""
    engine = open_engine("sqlite://")
    migrated.backup(driver_of(engine))
    return Ledger(engine, KEY, Clock())


def driver_of(engine: Engine) -> sqlite3.Connection:
    """The one connection of a history in memory."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@pytest.fixture
def shared(tmp_path: Path) -> Ledger:
    """An empty history on disk, for several threads."""
    place = tmp_path / "history.db"
    place.write_bytes(empty())
    return Ledger(open_engine(f"sqlite:///{place}"), KEY)


@pytest.fixture
def ws(emulator: Emulator) -> Workspace:
    """What bob may do there."""
    door = Transport(emulator.url, "tests", read_timeout_s=10, write_timeout_s=10)
    return Workspace(door, lambda: {"Authorization": "Bearer dapi-bob"}, label="tests")
