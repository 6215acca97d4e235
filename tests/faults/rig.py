"""Changes without the pages: a history on disk whose n-th commit can be made to fail, virtual time, and bob."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from tests.features.changes.support import WRITES
from web.audit import verify
from web.audit.ledger import Ledger, now_ms
from web.audit.models import Operation
from web.changes.perform import Actor
from web.changes.settle import interrupted, settle
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.emulator.requestlog import Entry
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Transport

BOB = "bob@example.com"
AUTH = {"Authorization": "Bearer dapi-bob"}
KEY = b"k" * 32
ACTOR = Actor(BOB)
WORDS = {"full": "database or disk is full", "locked": "database is locked"}
DEATHS = ("dies before", "dies after")


class Died(BaseException):
    """The process ends here."""


class Rig:
    """The protocol of a change between a real history and the embedded workspace. `break_commit(n, how)` fails one."""

    def __init__(self, emulator: Emulator, folder: Path) -> None:
        self.emulator, self.place = emulator, folder / "history.db"
        self.later_ms = 0
        self.commits = 0
        self._break: tuple[int, str] = (0, "")
        self._open(emulator.url)

    def _open(self, url: str) -> None:
        self.engine: Engine = open_engine(f"sqlite:///{self.place}")
        upgrade(self.engine)
        self.ledger = Ledger(self.engine, KEY, lambda: now_ms() + self.later_ms)
        self.ws = self.workspace(url)
        event.listen(self.engine, "commit", self._commit)

    def workspace(self, url: str, write_timeout_s: float = 10) -> Workspace:
        """Bob's door."""
        transport = Transport(url, "tests", read_timeout_s=10, write_timeout_s=write_timeout_s)
        return Workspace(transport, lambda: AUTH, label="tests")

    def break_commit(self, place: int, how: str) -> None:
        """The `place`-th commit from now (1: the next) is full, locked, or the process dies before or after it."""
        self.commits, self._break = 0, (place, how)

    def _commit(self, connection: Connection) -> None:
        self.commits += 1
        place, how = self._break
        if self.commits != place:
            return
        if how == "dies after":
            connection.connection.commit()
        if how in DEATHS:
            raise Died
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError(WORDS[how]))

    def restart(self) -> None:
        """A new process with the same disk."""
        self.engine.dispose()
        self._break = (0, "")
        self._open(self.ws.host)
        interrupted(self.ledger)

    def settled(self, within: int = 3) -> list[Operation]:
        """The history once everything was asked about, with the rights of bob; virtual time passes in between."""
        self._break = (0, "")
        for _ in range(within):
            settle(self.ledger, self.ws, sees_all=False, me=BOB)
            self.later_ms += 11_000
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"portal_readonly": True})
            return list(session.exec(select(Operation).order_by(Operation.seq)))  # type: ignore[arg-type]

    def chain_holds(self) -> bool:
        """Whether the history verifies."""
        return bool(verify.verify(self.engine, KEY).ok)

    def sent(self) -> list[Entry]:
        """The writes that the workspace got, all answered by now as far as it will."""
        log = self.emulator.world.requests.entries
        return [e for e in log if e.method in WRITES and "serving-endpoints" in e.path and e.user == BOB]

    def raw(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """A call of bob's beside the portal."""
        return httpx.request(method, self.emulator.url + path, json=body, headers=AUTH, timeout=20)

    def until(self, holds: Callable[[], bool], within_s: float = 30) -> None:
        """Return when it holds."""
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, "the condition did not come true in time"
            time.sleep(0.01)
