"""Checkpoints leave the machine by themselves: to standard output, and beside the copies on the volume."""

import json
from pathlib import Path

from sqlalchemy import create_engine

from tests.audit.test_vault import ON_VOLUME, VOLUME, Start, tag, until_ready
from web.audit.checkpoint import Checkpoint, parse
from web.audit.verify import verify
from web.emulator.server import Emulator


def test_a_hundred_writes_and_a_stop_each_write_one_to_standard_output(start_portal: Start) -> None:
    portal = until_ready(start_portal())
    written = 0
    while "audit.checkpoint" not in portal.log.read_text():
        assert written <= 100, "a hundred writes and no checkpoint"
        tag(portal)
        written += 1
    tag(portal)
    portal.stop()
    first, *_, last = parse(portal.log.read_text())
    assert first.seq < last.seq == last.count
    engine = create_engine(portal.database_url)
    key = (portal.data_dir / "audit.key").read_bytes()
    assert verify(engine, key, [first, last]).ok
    assert not verify(engine, key, [Checkpoint(last.seq + 1, last.mac)]).ok
    engine.dispose()


def test_the_newest_one_lies_on_the_volume(start_portal: Start, emulator: Emulator, tmp_path: Path) -> None:
    portal = until_ready(start_portal(**ON_VOLUME))
    tag(portal)
    portal.stop()
    body = emulator.world.volumes.by_path[VOLUME].files[f"{VOLUME}/checkpoint.json"].body
    assert parse(body.decode()) == parse(portal.log.read_text())[-1:]
    assert json.loads(body)["event"] == "audit.checkpoint"
