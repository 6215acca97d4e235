"""A start: the port answers before the portal is loaded, and a portal that cannot start ends instead of hanging."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.servers import ROOT, Portal, bare_environment, free_port, loaded


def test_the_port_answers_before_the_portal_is_loaded(tmp_path: Path) -> None:
    portal = Portal(f"http://127.0.0.1:{free_port()}", tmp_path).start(early=True)
    try:
        alive, ready = httpx.get(f"{portal.url}/healthz").json(), httpx.get(f"{portal.url}/readyz")
        assert (alive["status"], ready.status_code) == ("alive", 503)
        if not loaded(portal.url):
            assert alive["loading"] is True
        # A page that is asked for meanwhile waits for the portal, it is not refused.
        assert httpx.get(f"{portal.url}/help/errors", timeout=60).status_code == 200
        assert "loading" not in httpx.get(f"{portal.url}/healthz").json()
    finally:
        portal.stop()


def test_a_portal_that_cannot_be_loaded_ends_and_says_why(tmp_path: Path) -> None:
    portal = Portal(f"http://127.0.0.1:{free_port()}", tmp_path)
    portal.data_dir.mkdir(parents=True)
    (portal.data_dir / "portal.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(AssertionError, match="the portal ended"):
        portal.start()
    assert "the portal could not start" in portal.log.read_text()
    assert portal.stop() == 3


def test_a_start_that_has_nothing_to_migrate_does_not_load_alembic(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom web.db.engine import open_engine\nfrom web.db.migrate import upgrade\n"
        f"upgrade(open_engine('sqlite:///{tmp_path}/h.db'))\nprint('alembic' in sys.modules)"
    )
    runs = [subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True) for _ in "12"]
    assert [run.stdout.strip() for run in runs] == ["True", "False"]


LATER = {"aiohttp", "alembic", "cryptography", "databricks", "google", "mcp", "opentelemetry.sdk", "psycopg"}
"""Loaded where somebody needs them, after the first page could be asked for."""


@pytest.mark.parametrize(
    ("what", "most", "not_yet"),
    [
        ("import web.__main__, web.doorway", 320, {"fastapi", "jinja2", "pydantic", "requests", "sqlalchemy", *LATER}),
        ("from web.app import create_app; create_app()", 1200, LATER),
    ],
    ids=["until the port is open", "until pages are answered"],
)
def test_a_start_loads_no_more_than_it_needs(what: str, most: int, not_yet: set[str]) -> None:
    # Of the time to start nine tenths are modules: their number says as much as a clock, on any machine.
    script = f"import sys\n{what}\nprint(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=True
    )
    names = set(run.stdout.split())
    assert names & not_yet == set()
    assert len(names) <= most
