"""The portal as it runs in production, a process of its own in Databricks Apps mode, for tests."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_WITHIN_S = 60.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bare_environment() -> dict[str, str]:
    """This environment without what would lead to a real workspace or database."""
    # Without the last one a hundred portals compile each module once, not a hundred times.
    left = ("DATABRICKS_", "PG", "PORTAL_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    return kept | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "LOCAL_LLM": "0"}


def app_environment(workspace: str, port: int, data_dir: Path) -> dict[str, str]:
    """What Databricks Apps sets, and settings that keep nothing stale between two tests."""
    return bare_environment() | {
        "DATABRICKS_APP_NAME": "serving-portal",
        "DATABRICKS_APP_PORT": str(port),
        "DATABRICKS_HOST": workspace,
        "DATABRICKS_CLIENT_ID": "portal-app",
        "DATABRICKS_CLIENT_SECRET": "portal-secret",
        "PORTAL_DATA_DIR": str(data_dir),
        "PORTAL_PATTERNS": "true",
        "PORTAL_LIST_STALE_S": "0",
        "PORTAL_BREAKER_OPEN_S": "0",
        "PORTAL_CHANGES_PER_MINUTE": "100000",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }


class Portal:
    """`Portal(emulator.url, folder).start()`. The same data folder again is the same portal, restarted.

    `settings` are environment variables on top of what Databricks Apps sets.
    """

    def __init__(self, workspace: str, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = folder / "data"
        self.log = folder / "portal.log"
        self._environment = app_environment(workspace, self.port, self.data_dir) | dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, early: bool = False) -> "Portal":
        """Healthy when it returns, and loaded unless `early`. Raises AssertionError with the log when it is late."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "web", "serve", "--host", "127.0.0.1"],
                env=self._environment,
                cwd=self.log.parent,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        deadline = time.monotonic() + START_WITHIN_S
        while not (answers(f"{self.url}/healthz") if early else loaded(self.url)):
            assert self._process.poll() is None, f"the portal ended:\n{self.said()}"
            assert time.monotonic() < deadline, f"the portal did not start:\n{self.said()}"
            time.sleep(0.05)
        return self

    @property
    def database_url(self) -> str:
        """Where its history is, for tests that look at it from beside."""
        return self._environment.get("PORTAL_DATABASE_URL") or f"sqlite:///{self.data_dir / 'portal.db'}"

    @property
    def pid(self) -> int:
        """The process it runs as."""
        assert self._process is not None
        return self._process.pid

    def stop(self, *, drained: bool = False) -> int:
        """SIGTERM, as the platform does; the exit code. SIGKILL and a failure after the platform's 15 s.

        Unless it is to be `drained`, a second SIGTERM spares the second in which it only says that it is going.
        """
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            if not drained:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return self._process.wait(0.1)
                self._process.terminate()
            return self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"the portal took more than 15 s to stop:\n{self.said()}") from None

    def signal(self) -> None:
        """SIGTERM, without waiting."""
        assert self._process is not None
        self._process.terminate()

    def ended(self, within_s: float) -> float:
        """Seconds until the process has ended. Raises TimeoutExpired."""
        assert self._process is not None
        began = time.monotonic()
        self._process.wait(within_s)
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL: a crash."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-6000:] if self.log.exists() else ""


def loaded(url: str) -> bool:
    """Whether the portal there is more than an open port."""
    with contextlib.suppress(OSError, ValueError):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/healthz", timeout=2) as reply:
            return "loading" not in json.load(reply)
    return False


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    with contextlib.suppress(OSError, ValueError):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as reply:
            return bool(reply.status == 200)
    return False
