"""A real Postgres of the tests' own. `python -m tests.database.postgres` makes sure that there is one, or ends with 1.

Order: the machine's own programs, else Debian's or Ubuntu's package when root.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.servers import free_port

PROGRAMS = ("initdb", "postgres")
USER = "portal"
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=127.0.0.1",
    "max_connections=60",
)


def find() -> Path | None:
    """The folder of initdb and postgres on this machine."""
    return next((folder for folder in _folders() if all((folder / name).exists() for name in PROGRAMS)), None)


def get() -> Path | None:
    """Like `find`, but installs the distribution's package when there is none and this is root."""
    found = find()
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    quiet: dict[str, Any] = {"stdout": sys.stderr, "stderr": sys.stderr}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", "update"], check=False, **quiet)
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "postgresql"]
    subprocess.run(install, check=False, env=environment, **quiet)
    return find()


def _folders() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from (Path(p) for p in ("/opt/homebrew/opt/postgresql/bin", "/usr/local/opt/postgresql/bin"))


class Postgres:
    """`Postgres().start()`: an empty server on loopback; `.url(database)`. It never runs as root: it refuses to."""

    def __init__(self) -> None:
        found = find()
        assert found, "No Postgres on this machine: run `make test`, or install your distribution's package"
        self.programs = found
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Postgres":
        """Answers when it takes connections."""
        data = self.folder / "data"
        if os.geteuid() == 0:
            account = pwd.getpwnam(self._account())
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        word = self.folder / "password"
        word.write_text("portal")
        word.chmod(0o644)
        initdb = [str(self.programs / "initdb"), "-D", str(data), "-U", USER, "--auth=scram-sha-256"]
        self._run([*initdb, f"--pwfile={word}", "--no-sync", "-E", "UTF8", "--locale=C"])
        settings = [part for pair in (*FAST, f"port={self.port}") for part in ("-c", pair)]
        command = [str(self.programs / "postgres"), "-D", str(data), "-k", str(self.folder), *settings]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self._as_user()
        )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, "Postgres ended"
            assert time.monotonic() < deadline, "Postgres did not start"
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Ends the server and forgets its data."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy address of a database, with its password."""
        return f"postgresql+psycopg://{USER}:portal@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """One statement outside a transaction, such as CREATE DATABASE."""
        import psycopg

        address = f"postgresql://{USER}:portal@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(f"postgresql://{USER}:portal@127.0.0.1:{self.port}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._as_user())

    def _account(self) -> str:
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _as_user(self) -> dict[str, Any]:
        return {"user": self._account(), "cwd": str(self.folder)} if os.geteuid() == 0 else {"cwd": str(self.folder)}


if __name__ == "__main__":
    programs = get()
    if programs is None:
        print("No Postgres could be had: install your distribution's postgresql package.", file=sys.stderr)
        raise SystemExit(1)
    print(programs)
