"""A start: the port answers before the portal is loaded, and a portal that cannot start ends instead of hanging."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.servers import Portal, free_port, loaded


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
