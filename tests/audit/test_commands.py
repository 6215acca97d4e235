"""`python -m web audit …`: what it says, and what it ends with: 0 whole, 1 damaged, 2 nothing could be proven."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from tests.audit.history import DAY_MS, at, done
from tests.audit.test_chain import meddle
from tests.servers import ROOT, bare_environment
from web.__main__ import cli
from web.audit.checkpoint import take
from web.audit.ledger import now_ms
from web.db.engine import open_engine
from web.db.migrate import upgrade

KEY = "a key of the tests"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with three operations, ten days old."""
    (tmp_path / "audit.key").write_text(KEY)
    engine = open_engine(f"sqlite:///{tmp_path / 'portal.db'}")
    upgrade(engine)
    ledger, clock = at(engine, KEY.encode())
    clock.now = now_ms() - 10 * DAY_MS
    for place in range(3):
        done(ledger, f"k{place}")
    mark = take(engine)
    assert mark is not None
    (tmp_path / "checkpoint.log").write_text(f"started\n{mark.line()}\n")
    engine.dispose()
    return tmp_path


def run(folder: Path, *words: str) -> Result:
    ours = ("PORTAL_", "DATABRICKS_", "PG")
    settings: dict[str, str | None] = {name: None for name in os.environ if name.startswith(ours)}
    return CliRunner().invoke(cli, ["audit", *words], env=settings | {"PORTAL_DATA_DIR": str(folder)})


def damage(folder: Path, *statements: str) -> None:
    engine = open_engine(f"sqlite:///{folder / 'portal.db'}")
    meddle(engine, *statements)
    engine.dispose()


def test_a_whole_history_ends_with_0(folder: Path) -> None:
    told = run(folder, "verify", "--checkpoint", str(folder / "checkpoint.log"))
    assert told.exit_code == 0
    assert re.fullmatch(r"ok: 6 entries, head [0-9a-f]{64}\n", told.output)


def test_the_process_itself_ends_with_1_and_names_the_first_bad_entry(folder: Path) -> None:
    damage(folder, "UPDATE audit_entry SET actor = 'eve' WHERE seq = 4")
    command = [sys.executable, "-m", "web", "audit", "verify"]
    environment = bare_environment() | {"PORTAL_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert ended.stdout.startswith("NOT OK: 4 entries, head ")
    assert "first bad: {'seq': 4, 'class': 'edited'" in ended.stderr


def test_a_checkpoint_tells_of_the_end_that_is_gone(folder: Path) -> None:
    damage(folder, "DELETE FROM audit_entry WHERE seq > 4", "DELETE FROM operation WHERE seq = 3")
    assert run(folder, "verify").exit_code == 0
    told = run(folder, "verify", "--checkpoint", str(folder / "checkpoint.log"))
    assert told.exit_code == 1
    assert "'seq': 5, 'class': 'truncated'" in told.output


@pytest.mark.parametrize("words", [(), ("--file", "export.jsonl")])
def test_without_the_key_nothing_is_proven_and_none_is_made(folder: Path, words: tuple[str, ...]) -> None:
    (folder / "audit.key").unlink()
    told = run(folder, "verify", *words)
    assert told.exit_code == 2
    assert "There is no key to check the history with" in told.output
    assert "PORTAL_AUDIT_KEY is not set" in told.output
    assert not (folder / "audit.key").exists()


@pytest.mark.parametrize(
    "words", [("--file", "no-such-file"), ("--checkpoint", "nonsense"), ("--file", "audit.key.gz")]
)
def test_what_cannot_be_read_ends_with_2(folder: Path, words: tuple[str, str]) -> None:
    (folder / "audit.key.gz").write_text("not compressed")
    option, value = words
    told = run(folder, "verify", option, value if option == "--checkpoint" else str(folder / value))
    assert told.exit_code == 2
    assert told.output.strip()


def test_an_export_verifies_by_itself_and_an_edited_one_is_named(folder: Path) -> None:
    written = run(folder, "export").output
    (folder / "export.jsonl").write_text(written)
    assert run(folder, "verify", "--file", str(folder / "export.jsonl")).exit_code == 0
    (folder / "export.jsonl").write_text(written.replace("bob@example.com", "eve@example.com", 1))
    told = run(folder, "verify", "--file", str(folder / "export.jsonl"))
    assert told.exit_code == 1
    assert json.loads(written.splitlines()[0])["id"] in told.output
    assert (
        run(folder, "export", "--format", "csv").output.splitlines()[0]
        == "id,at,actor,kind,endpoint,outcome,duration_ms,executed_by,error"
    )
    assert run(folder, "export", "--format", "cef").output.count("CEF:0|Serving Portal|") == 3
    assert run(folder, "export", "--format", "xml").exit_code == 1


def test_old_operations_go_to_an_archive_that_verifies(folder: Path) -> None:
    assert "Nothing is old enough" in run(folder, "archive", "--days", "30", "--to", str(folder / "kept")).output
    told = run(folder, "archive", "--days", "5")
    assert told.exit_code == 0, told.output
    (kept,) = (folder / "archive").iterdir()
    assert f"{kept.name}: entries up to 6, sha256 " in told.output
    assert len(gzip.decompress(kept.read_bytes()).splitlines()) == 3
    assert "ok: 6 entries, head" in run(folder, "verify", "--file", str(kept)).output
    assert (
        "ok: 1 entries after 6 in archives"
        in run(folder, "verify", "--checkpoint", str(folder / "checkpoint.log")).output
    )


def test_the_index_can_be_made_anew(folder: Path) -> None:
    engine = open_engine(f"sqlite:///{folder / 'portal.db'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM operation_words"))
    engine.dispose()
    told = run(folder, "reindex")
    assert (told.exit_code, told.output) == (0, "3 operations indexed\n")
