"""A history in memory whose clock the test turns, and bob's door to the embedded workspace."""

import pytest

from tests.audit.history import Clock
from tests.audit.test_chain import KEY
from web.audit.ledger import Ledger
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Transport


@pytest.fixture
def desk() -> Ledger:
    """An empty history."""
    engine = open_engine("sqlite://")
    upgrade(engine)
    return Ledger(engine, KEY, Clock())


@pytest.fixture
def ws(emulator: Emulator) -> Workspace:
    """What bob may do there."""
    door = Transport(emulator.url, "tests", read_timeout_s=10, write_timeout_s=10)
    return Workspace(door, lambda: {"Authorization": "Bearer dapi-bob"}, label="tests")
