"""A portal as a thread of this process, so that a mistake planted here is in it too: fork costs less than a start."""

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import servers

if TYPE_CHECKING:
    from web.stop import Server


class Inside(servers.Portal):
    """`Portal(…).start()` without a process: it can be stopped, but neither killed nor signalled."""

    def __init__(self, workspace: str, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(workspace, folder, settings)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self, *, early: bool = False) -> "Inside":
        """Loaded when it returns. Raises AssertionError when it is late."""
        import uvicorn  # after pytest has set up its plugins

        from web.app import create_app
        from web.config import load
        from web.doorway import Doorway, Patience
        from web.stop import Server

        os.environ.update(self._environment)
        chosen = load()
        for name in self._environment:
            if name.startswith("PORTAL_"):
                del os.environ[name]
        doorway = Doorway(lambda: create_app(chosen))
        config = uvicorn.Config(
            doorway, http=Patience, port=self.port, log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        self._server = Server(config, doorway)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + servers.START_WITHIN_S
        while not (servers.answers(f"{self.url}/healthz") if early else servers.loaded(self.url)):
            assert self._thread.is_alive(), "the portal ended"
            assert time.monotonic() < deadline, "the portal did not start"
            time.sleep(0.01)
        return self

    def stop(self, *, drained: bool = False) -> int:
        """The end of its thread, drained or not; the other portals of this process go on."""
        if self._server is None or self._thread is None:
            return 0
        self._server.should_exit = True
        self._thread.join(15)
        from web.limits import DRAINING

        DRAINING.clear()
        return 0

    def said(self) -> str:
        """It says nothing by itself."""
        return ""


def move_in(folder: Path) -> None:
    """From now on every portal a test asks for runs in this process. Before any test."""
    from tests import conftest

    for name, value in servers.app_environment("http://127.0.0.1:9", 9, folder).items():
        if not name.startswith("PORTAL_"):
            os.environ[name] = value
    vars(conftest)["Portal"] = Inside


def items_that_can(items: list[pytest.Item]) -> list[pytest.Item]:
    """Without those that need a browser."""
    return [item for item in items if not {"page", "browser", "context"} & set(getattr(item, "fixturenames", ()))]
