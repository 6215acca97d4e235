"""The key of the chain: one history, one key. Another one, or none, writes nothing into it."""

import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.audit.history import at, done
from tests.audit.test_chain import empty, meddle
from tests.audit.test_vault import BOB, history, intact, tag
from tests.features.changes.support import writes
from tests.servers import Portal
from web.audit.keys import FOREIGN, foreign, key_of, shared
from web.db.engine import open_engine
from web.emulator.server import Emulator

Start = Callable[..., Portal]
OURS, THEIRS = b"the key of this history", b"another key"


def refused(portal: Portal) -> str:
    """Why a change is refused."""
    change = {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"a": "b"}}}
    headers = {**BOB, "Idempotency-Key": uuid.uuid4().hex}
    answer = httpx.post(f"{portal.url}/api/v1/changes", json={"change": change}, headers=headers, timeout=20)
    assert answer.status_code == 503, answer.text
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "another"])
def test_without_the_key_of_its_history_a_portal_shows_it_and_changes_nothing(
    start_portal: Start, emulator: Emulator, lost: bool
) -> None:
    first = start_portal()
    tag(first)
    first.stop()
    file = first.data_dir / "audit.key"
    key = file.read_text()
    if lost:
        file.unlink()
    portal = start_portal(**({} if lost else {"PORTAL_AUDIT_KEY": "another key"}))
    sent = len(writes(emulator))
    assert refused(portal) == FOREIGN
    assert len(writes(emulator)) == sent
    assert FOREIGN in httpx.get(f"{portal.url}/endpoints", headers=BOB, timeout=20).text
    assert httpx.get(f"{portal.url}/readyz", timeout=20).status_code == 503
    assert len(history(portal)) == 1
    assert file.exists() is not lost, "no key is made beside a history of another"
    portal.stop()
    file.write_text(key)
    again = start_portal()
    tag(again)
    assert intact(again)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An empty history on disk."""
    place = tmp_path / "history.db"
    place.write_bytes(empty())
    return open_engine(f"sqlite:///{place}")


def test_an_empty_history_takes_any_key_and_makes_one(engine: Engine, tmp_path: Path) -> None:
    assert foreign(engine, THEIRS) == ""
    made = key_of(engine, "", tmp_path)
    assert made == key_of(engine, "", tmp_path) == (tmp_path / "audit.key").read_bytes()
    assert len(made) == 64
    assert key_of(engine, "configured", tmp_path) == b"configured"


def test_a_key_that_is_not_there_is_not_made_up_for_entries(engine: Engine, tmp_path: Path) -> None:
    done(at(engine, OURS)[0], "one")
    assert key_of(engine, "", tmp_path) != key_of(engine, "", tmp_path), "it is kept nowhere"
    assert not (tmp_path / "audit.key").exists()
    assert foreign(engine, key_of(engine, "", tmp_path)) == FOREIGN


def test_a_key_in_the_database_is_the_first_ones_and_everybodys(engine: Engine, tmp_path: Path) -> None:
    with_a_file, without, later = (tmp_path / name for name in ("with", "without", "later"))
    with_a_file.mkdir()
    (with_a_file / "audit.key").write_text("of the file")
    assert shared(engine, with_a_file) == b"of the file"
    assert shared(engine, without) == b"of the file"
    assert not without.exists(), "nothing is made where nothing is needed"
    later.mkdir()
    (later / "audit.key").write_text("of another file")
    assert shared(engine, later) == b"of the file"


def test_a_key_that_nobody_has_is_made_once_for_the_database(engine: Engine, tmp_path: Path) -> None:
    made = shared(engine, tmp_path / "one")
    assert made == shared(engine, tmp_path / "two")
    assert len(made) == 64


def test_an_altered_entry_does_not_make_the_key_another_one(engine: Engine) -> None:
    ledger = at(engine, OURS)[0]
    for name in ("one", "two"):
        done(ledger, name)
    assert (foreign(engine, OURS), foreign(engine, THEIRS)) == ("", FOREIGN)
    meddle(engine, "UPDATE audit_entry SET actor = 'eve' WHERE seq = (SELECT max(seq) FROM audit_entry)")
    assert (foreign(engine, OURS), foreign(engine, THEIRS)) == ("", FOREIGN)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET payload = '{' WHERE seq = 1"))
    assert foreign(engine, OURS) == "", "what cannot be read is for verify to name"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_key")).scalar() == 0, "a file holds it here"
