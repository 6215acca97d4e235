"""A SQLite history on a disk that is thrown away: copied to a Unity Catalog volume, brought back at start.

A copy is one compressed file whose name carries its time and its hash, so that a half-written one is recognised and
passed over: the Files API has no rename. One instance writes at a time; `writer.json` says which.
"""

import contextlib
import gzip
import hashlib
import json
import re
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from web.audit.checkpoint import Checkpoint
from web.errors import Conflict, NotFound
from web.workspace import files
from web.workspace.client import Workspace

COPY = re.compile(r"history-(\d{13})-([0-9a-f]{16})\.db\.gz")
KEY = "audit.key"
WRITER = "writer.json"
CHECKPOINT = "checkpoint.json"
KEEP = 48
LEASE_MS = 90_000


@dataclass
class Vault:
    """`folder` on a volume, `door` opens the workspace as the app, `database` is the SQLite file it keeps copies of."""

    folder: str
    door: Callable[[], Workspace]
    database: Path
    clock: Callable[[], int]
    me: str = field(default_factory=lambda: uuid.uuid4().hex)

    def claim(self) -> None:
        """Become, or stay, the one writer. Raises Conflict while another instance is."""
        ws = self.door()
        if not self._holds(ws):
            files.make_folder(ws, self.folder)
        files.write(ws, self._path(WRITER), json.dumps({"instance": self.me, "at": self.clock()}).encode())

    def _holds(self, ws: Workspace) -> bool:
        """Whether this instance is the writer already. Raises Conflict when another one is, and alive."""
        try:
            holder = json.loads(files.read(ws, self._path(WRITER)))
            other, at = str(holder["instance"]), int(holder["at"])
        except (NotFound, ValueError, KeyError, TypeError):
            return False
        if other != self.me and self.clock() - at < LEASE_MS:
            raise Conflict(
                "Another instance of the portal writes this history.",
                code="ANOTHER_WRITER",
                hint="A history on SQLite has one writer. Changes work here within 90 s of the other one's end; "
                "for several instances use Postgres.",
            )
        return other == self.me

    def release(self) -> None:
        """Let the next instance write at once."""
        ws = self.door()
        if self._holds(ws):
            files.delete(ws, self._path(WRITER))

    def fetch(self, into: Path) -> bool:
        """Write the newest whole copy to `into`; False when the volume has none."""
        ws = self.door()
        for name in self._copies(ws):
            packed = files.read(ws, self._path(name))
            if hashlib.sha256(packed).hexdigest()[:16] == COPY.fullmatch(name)[2]:  # type: ignore[index]
                into.parent.mkdir(parents=True, exist_ok=True)
                into.write_bytes(gzip.decompress(packed))
                return True
        return False

    def store(self) -> str:
        """Copy the database as it is now, and drop the oldest copies. Answers the copy's name."""
        ws = self.door()
        packed = gzip.compress(snapshot(self.database), 6, mtime=0)
        name = f"history-{self.clock():013d}-{hashlib.sha256(packed).hexdigest()[:16]}.db.gz"
        files.write(ws, self._path(name), packed)
        for old in self._copies(ws)[KEEP:]:
            files.delete(ws, self._path(old))
        return name

    def mark(self, checkpoint: Checkpoint) -> None:
        """Write the newest checkpoint of the chain beside the copies."""
        files.write(self.door(), self._path(CHECKPOINT), checkpoint.line().encode())

    def key(self, mine: bytes) -> bytes:
        """The key of the chain beside its copies, `mine` where there is none yet. Unless PORTAL_AUDIT_KEY is set."""
        ws = self.door()
        try:
            return files.read(ws, self._path(KEY)).strip() or mine
        except NotFound:
            files.write(ws, self._path(KEY), mine)
            return mine

    def _copies(self, ws: Workspace) -> list[str]:
        return sorted((name for name in files.names(ws, self.folder) if COPY.fullmatch(name)), reverse=True)

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}"


def snapshot(database: Path) -> bytes:
    """The database as one consistent file, taken while others write."""
    with (
        contextlib.closing(sqlite3.connect(database)) as source,
        contextlib.closing(sqlite3.connect(":memory:")) as copy,
    ):
        source.backup(copy)
        return copy.serialize()


def entries_in(database: Path) -> int:
    """How far the chain in this file goes; 0 for a file that is not there or holds none."""
    if not database.exists():
        return 0
    with contextlib.closing(sqlite3.connect(database)) as source:
        try:
            return int(source.execute("SELECT coalesce(max(seq), 0) FROM audit_entry").fetchone()[0])
        except sqlite3.DatabaseError:
            return 0
