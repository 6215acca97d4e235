"""A disk that is full, a database that somebody else holds: changes are refused before they are sent, reads go on."""

import sqlite3
import uuid
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from tests.faults import scenarios
from tests.faults.rig import Rig
from tests.features.changes.support import change, make, ready, writes
from tests.servers import Portal
from web.audit.queries import Filter, page
from web.changes import observe
from web.emulator.server import Emulator
from web.errors import PortalError


def test_a_full_disk_refuses_a_change_before_it_is_sent_and_reads_go_on(emulator: Emulator, tmp_path: Path) -> None:
    rig = Rig(emulator, tmp_path)
    scenarios.tags(rig).go()
    scenario = scenarios.config(rig)
    emulator.world.requests.entries.clear()
    fill(rig.engine)
    with pytest.raises(PortalError) as refused:
        use_up(rig)
    before = len(rig.sent())
    assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
    with pytest.raises(PortalError):
        scenario.go()
    assert len(rig.sent()) == before
    assert page(rig.engine, Filter(), lambda _: True).operations
    assert observe.known(rig.ledger)
    free(rig.engine)
    scenario.go()
    assert {o.outcome for o in rig.settled()} == {"success"}
    assert rig.chain_holds()


def use_up(rig: Rig) -> None:
    """Changes, until what was left of the last pages is written."""
    for _ in range(200):
        scenarios.tags(rig).go()


def fill(engine: Engine) -> None:
    """From now on the database cannot grow by one page."""
    event.listen(engine, "checkout", _no_more)


def free(engine: Engine) -> None:
    """There is room again."""
    event.remove(engine, "checkout", _no_more)
    event.listen(engine, "checkout", _room)


def _no_more(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: object) -> None:
    connection.cursor().execute("PRAGMA max_page_count = 1")  # SQLite takes the present size when that is more


def _room(connection: DBAPIConnection, _record: ConnectionPoolEntry, _proxy: object) -> None:
    connection.cursor().execute("PRAGMA max_page_count = 1000000")


def test_a_database_that_somebody_holds_refuses_changes_and_shows_every_page(
    portal: Portal, bob: httpx.Client, emulator: Emulator
) -> None:
    place = make_url(portal.database_url).database
    assert place, "this history is in a file"
    name = f"t-{uuid.uuid4().hex[:10]}"
    ready(bob, name)
    wanted = change("tags.update", name, add={"team": "ml"})
    before = len(writes(emulator))
    held = sqlite3.connect(place, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        for path in ("/endpoints", f"/endpoints/{name}", f"/endpoints/{name}/history", "/audit"):
            assert bob.get(path).status_code == 200, path
        refused = make(bob, wanted)
    finally:
        held.rollback()
        held.close()
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "AUDIT_UNAVAILABLE"
    assert len(writes(emulator)) == before, "nothing was sent"
    assert make(bob, wanted).status_code == 201, "it recovers by itself"
