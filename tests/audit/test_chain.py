"""The history shows tampering: an edited, removed or re-stamped entry is named; a whole history verifies."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from web.audit.ledger import Intent, Ledger, Outcome
from web.audit.verify import verify
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.errors import Invalid

KEY = b"a key of the tests"


@cache
def empty() -> bytes:
    """The file of a history without an operation, made once: the schema takes longer than most tests that need it."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "history.db"
        opened = open_engine(f"sqlite:///{file}")
        upgrade(opened)
        opened.dispose()
        return file.read_bytes()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "history.db").write_bytes(empty())
    opened = open_engine(f"sqlite:///{tmp_path / 'history.db'}")
    yield opened
    opened.dispose()


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine, KEY)


def intent(key: str, payload: str = "p", **more: object) -> Intent:
    facts = {
        "kind": "tags.update",
        "endpoint": "churn",
        "actor": "bob@example.com",
        "actor_id": "2",
        "change": {"kind": "tags.update"},
        "calls": [{"method": "PATCH", "path": "/x", "body": {"openai_api_key_plaintext": "sk-canary"}}],
        "diff": [],
        "before": {"big": 2**60, "nan": float("nan")},
    }
    return Intent(idempotency_key=key, payload_hash=payload, **{**facts, **more})  # type: ignore[arg-type]


def fill(ledger: Ledger, count: int = 5) -> None:
    for place in range(count):
        operation, new = ledger.begin(intent(f"key-{place}"))
        assert new
        ledger.finish(operation.id, Outcome("success", operation.calls, after={"n": place}))


def meddle(engine: Engine, *statements: str) -> None:
    """What somebody with the database file can do: the triggers go first."""
    with engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_whole_history_verifies(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    verdict = verify(engine, KEY)
    assert verdict.ok
    assert verdict.rows == 10
    assert verdict.first_bad is None


def test_an_edited_entry_is_named(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    meddle(engine, "UPDATE audit_entry SET actor = 'mallory@example.com' WHERE seq = 4")
    assert verify(engine, KEY).first_bad == {"seq": 4, "class": "edited", "op_id": _op(engine, 4)}


def test_a_removed_entry_is_noticed_at_the_next(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    meddle(engine, "DELETE FROM audit_entry WHERE seq = 3")
    assert verify(engine, KEY).first_bad == {"seq": 4, "class": "removed", "op_id": _op(engine, 4)}


def test_a_chain_made_with_another_key_does_not_verify(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    assert not verify(engine, b"another key").ok


def test_an_operation_that_no_longer_matches_its_entries_is_named(engine: Engine, ledger: Ledger) -> None:
    fill(ledger)
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation SET outcome = 'success', actor = 'eve@example.com' WHERE seq = 2"))
    bad = verify(engine, KEY).first_bad
    assert bad is not None
    assert bad["class"] == "projection"


def test_entries_cannot_be_changed_by_mistake(engine: Engine, ledger: Ledger) -> None:
    fill(ledger, 1)
    with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry"))


def test_the_same_key_and_payload_is_the_same_operation(ledger: Ledger) -> None:
    first, new = ledger.begin(intent("once"))
    again, repeated = ledger.begin(intent("once"))
    assert (new, repeated) == (True, False)
    assert again.id == first.id


def test_the_same_key_for_something_else_is_refused(ledger: Ledger) -> None:
    ledger.begin(intent("once"))
    with pytest.raises(Invalid, match="different change"):
        ledger.begin(intent("once", payload="other"))


def test_no_secret_reaches_the_database_file(engine: Engine, ledger: Ledger, tmp_path: Path) -> None:
    fill(ledger)
    written = b"".join(path.read_bytes() for path in tmp_path.glob("history.db*"))
    assert b"sk-canary" not in written
    assert b"redacted" in written


def _op(engine: Engine, seq: int) -> str:
    with engine.connect() as connection:
        return str(connection.execute(text("SELECT op_id FROM audit_entry WHERE seq = :seq"), {"seq": seq}).scalar())
