"""`make deploy` in a copy of the project, with a CLI that only writes down what it was asked."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

NOT_THERE = "exit 127"
ASKED = 'echo "$@" >> "$ASKED"'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """What `make deploy` needs, already set up: the Makefile, and stamps that say that everything is installed."""
    folder = tmp_path / "project"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.txt", "requirements-assets.txt", "databricks.yml"):
        shutil.copy(ROOT / name, folder / name)
    script(folder / ".venv" / "bin" / "python", ":")
    for stamp in (".made", ".runtime", ".node"):
        (folder / ".venv" / stamp).touch()
    return folder


def script(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def deploy(project: Path, *words: str, cli: str = ASKED) -> tuple[int, str, list[str]]:
    """Exit code, what a person reads, and what the CLI was asked."""
    tools, asked = project / "tools", project / "asked"
    if cli != NOT_THERE:
        script(tools / "databricks", cli)
    path = f"{tools}:/usr/bin:/bin"
    environment = {"PATH": path, "ASKED": str(asked), "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run(
        ["make", "deploy", *words], cwd=project, env=environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout + done.stderr, asked.read_text().splitlines() if asked.exists() else []


def test_it_validates_deploys_and_starts_in_this_order(project: Path) -> None:
    code, told, asked = deploy(project, "TARGET=prod", "PROFILE=work")
    assert code == 0, told
    assert asked == [
        "bundle validate --strict --target prod --profile work",
        "bundle deploy --target prod --profile work",
        "bundle run serving_portal --target prod --profile work",
    ]


def test_nothing_is_deployed_when_the_bundle_is_not_valid(project: Path) -> None:
    code, _, asked = deploy(project, "PROFILE=work", cli=f"{ASKED}; exit 1")
    assert code != 0
    assert asked == ["bundle validate --strict --target dev --profile work"]


def test_a_missing_profile_is_told(project: Path) -> None:
    code, told, asked = deploy(project)
    assert code != 0
    assert "PROFILE=<profile>" in told
    assert asked == []


def test_a_missing_cli_is_told(project: Path) -> None:
    code, told, _ = deploy(project, "PROFILE=work", cli=NOT_THERE)
    assert code != 0
    assert "The Databricks CLI is not installed" in told
