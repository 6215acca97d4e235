"""What the vault does, step by step, with a volume of the embedded workspace: the lease, the copies, the key."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.audit.test_vault import VOLUME
from web.audit.checkpoint import Checkpoint
from web.audit.vault import LEASE_MS, Vault, entries_in, snapshot
from web.emulator.server import Emulator
from web.errors import Conflict
from web.workspace.client import Workspace
from web.workspace.transport import Transport


class Now:
    """The time in ms, which the test turns."""

    ms = 1_700_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def vault(emulator: Emulator, tmp_path: Path, now: Now) -> Vault:
    return of(emulator, tmp_path / "portal.db", now)


def of(emulator: Emulator, database: Path, now: Now, folder: str = VOLUME) -> Vault:
    transport = Transport(emulator.url, "test", read_timeout_s=5, write_timeout_s=5)
    door = Workspace(transport, lambda: {"Authorization": "Bearer dapi-alice"}, label="alice")
    return Vault(folder, lambda: door, database, now)


def filled(database: Path, rows: int) -> None:
    raw = sqlite3.connect(database)
    raw.execute("CREATE TABLE IF NOT EXISTS audit_entry (seq INTEGER)")
    raw.executemany("INSERT INTO audit_entry VALUES (?)", [(n + 1,) for n in range(rows)])
    raw.commit()
    raw.close()


def on_volume(emulator: Emulator) -> dict[str, Any]:
    return emulator.world.volumes.by_path[VOLUME].files


def writer(emulator: Emulator) -> Any:
    return json.loads(on_volume(emulator)[f"{VOLUME}/writer.json"].body)


def test_one_instance_writes_until_it_lets_go_or_is_silent_for_its_lease(
    emulator: Emulator, vault: Vault, tmp_path: Path, now: Now
) -> None:
    assert LEASE_MS == 90_000, "as long as the hint says"
    vault.claim()
    assert writer(emulator) == {"instance": vault.me, "at": now.ms}
    other = of(emulator, tmp_path / "other.db", now)
    assert other.me != vault.me
    now.ms += LEASE_MS - 1
    with pytest.raises(Conflict, match="Another instance") as refused:
        other.claim()
    assert refused.value.code == "ANOTHER_WRITER"
    with pytest.raises(Conflict):
        other.release()
    vault.claim()
    assert writer(emulator) == {"instance": vault.me, "at": now.ms}
    now.ms += LEASE_MS
    other.release()
    assert writer(emulator)["instance"] == vault.me, "what is not its own it does not let go"
    other.claim()
    assert writer(emulator)["instance"] == other.me
    with pytest.raises(Conflict):
        vault.claim()
    other.release()
    assert f"{VOLUME}/writer.json" not in on_volume(emulator)
    vault.claim()
    assert writer(emulator)["instance"] == vault.me


def test_the_first_writer_makes_the_folder(emulator: Emulator, tmp_path: Path, now: Now) -> None:
    deep = of(emulator, tmp_path / "portal.db", now, f"{VOLUME}/a/b")
    for _ in range(2):
        deep.claim()
    made = [entry.path for entry in emulator.world.requests.entries if "/directories/" in entry.path]
    assert made == [f"/api/2.0/fs/directories{VOLUME}/a/b"], "once is enough"
    assert f"{VOLUME}/a/b/writer.json" in on_volume(emulator)
    filled(deep.database, 1)
    assert deep.fetch(tmp_path / "back.db") is False
    deep.store()
    assert deep.fetch(tmp_path / "back.db") is True


@pytest.mark.parametrize("body", [b"{", b"{}", b"[]", b'{"instance": "x"}', b'{"instance": "x", "at": "soon"}'])
def test_a_lease_that_says_nothing_holds_nobody_up(emulator: Emulator, vault: Vault, body: bytes) -> None:
    vault.claim()
    files = on_volume(emulator)
    files[f"{VOLUME}/writer.json"] = type(files[f"{VOLUME}/writer.json"])(body, 0)
    vault.claim()
    assert writer(emulator)["instance"] == vault.me


def test_the_newest_whole_copy_comes_back(emulator: Emulator, vault: Vault, tmp_path: Path, now: Now) -> None:
    back = tmp_path / "a" / "b" / "portal.db"
    assert not vault.fetch(back)
    assert not back.exists()
    filled(vault.database, 2)
    first = vault.store()
    assert first.startswith(f"history-{now.ms}-")
    filled(vault.database, 3)
    now.ms += 1
    second = vault.store()
    assert gzip.decompress(on_volume(emulator)[f"{VOLUME}/{second}"].body) == snapshot(vault.database)
    assert vault.fetch(back)
    assert entries_in(back) == 3
    files = on_volume(emulator)
    files[f"{VOLUME}/{second}"] = type(files[f"{VOLUME}/{second}"])(files[f"{VOLUME}/{second}"].body[:-1], 0)
    files[f"{VOLUME}/history-of-france.txt"] = files[f"{VOLUME}/{first}"]
    assert vault.fetch(back)
    assert entries_in(back) == 2


def test_the_key_of_the_chain_comes_back_and_is_left_there_the_first_time(emulator: Emulator, vault: Vault) -> None:
    assert vault.key(b"mine") == b"mine"
    assert on_volume(emulator)[f"{VOLUME}/audit.key"].body == b"mine"
    assert vault.key(b"another") == b"mine"
    files = on_volume(emulator)
    kind = type(files[f"{VOLUME}/audit.key"])
    files[f"{VOLUME}/audit.key"] = kind(b"mine\n", 0)
    assert vault.key(b"another") == b"mine"
    files[f"{VOLUME}/audit.key"] = kind(b" \n", 0)
    assert vault.key(b"another") == b"another"


def test_the_newest_checkpoint_lies_beside_the_copies(emulator: Emulator, vault: Vault) -> None:
    vault.mark(Checkpoint(7, "ab" * 32, 5))
    vault.mark(mark := Checkpoint(9, "cd" * 32, 7))
    assert on_volume(emulator)[f"{VOLUME}/checkpoint.json"].body.decode() == mark.line()


def test_how_far_a_file_goes_is_known_and_nothing_when_it_is_no_history(tmp_path: Path) -> None:
    database = tmp_path / "portal.db"
    assert entries_in(database) == 0
    assert not database.exists()
    filled(database, 0)
    assert entries_in(database) == 0
    filled(database, 7)
    assert entries_in(database) == 7
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)").connection.close()
    assert entries_in(tmp_path / "other.db") == 0
    (tmp_path / "broken.db").write_bytes(b"no database" * 1000)
    assert entries_in(tmp_path / "broken.db") == 0
