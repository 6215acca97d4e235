"""A history in memory whose clock the test turns, and bob's door to the embedded workspace."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.audit.history import Clock
from tests.audit.test_chain import KEY
from web.audit.ledger import Ledger
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Transport


@pytest.fixture(scope="session")
def migrated() -> Engine:
    """A history with all its tables and nothing in it."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    return engine


@pytest.fixture
def desk(migrated: Engine) -> Ledger:
    """An empty history: a copy, as making the tables each time takes longer than most tests."""
    engine = open_engine("sqlite://")
    with migrated.connect() as full, engine.connect() as copy:
        driver: Any = full.connection.driver_connection
        driver.backup(copy.connection.driver_connection)
    return Ledger(engine, KEY, Clock())


@pytest.fixture
def ws(emulator: Emulator) -> Workspace:
    """What bob may do there."""
    door = Transport(emulator.url, "tests", read_timeout_s=10, write_timeout_s=10)
    return Workspace(door, lambda: {"Authorization": "Bearer dapi-bob"}, label="tests")
