"""What `python -m web demo` runs: an embedded workspace, the portal before it in Databricks Apps mode, and the stand-in
for the Apps proxy that a person opens. All on loopback; Ctrl-C or SIGTERM ends the three; none is restarted silently.

Read from the environment: PORT, PORTAL_PORT, WORKSPACE_PORT, SPEED, LOCAL_LLM, RESET=1. State is kept in `.demo/`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEMO_WAREHOUSE = "8f3a2b1c9d4e5f60"  # of the embedded workspace
STATE = Path(".demo")
HOST = "127.0.0.1"
START_WITHIN_S = 90.0
STOP_WITHIN_S = 15.0
"""As long as Databricks Apps gives an app between SIGTERM and SIGKILL."""


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


@dataclass(frozen=True)
class Options:
    """Ports, how much faster than the real thing updates run, and whether to start afresh."""

    port: int
    portal_port: int
    workspace_port: int
    speed: float
    reset: bool

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Options":
        """Raises DemoError naming the variable that is no good."""
        return cls(
            port=_port(environment, "PORT", 8000),
            portal_port=_port(environment, "PORTAL_PORT", 8002),
            workspace_port=_port(environment, "WORKSPACE_PORT", 8001),
            speed=_speed(environment.get("SPEED") or "20"),
            reset=environment.get("RESET", "0") not in ("", "0"),
        )

    @property
    def ports(self) -> dict[str, int]:
        """By the variable that changes them."""
        return {"PORT": self.port, "PORTAL_PORT": self.portal_port, "WORKSPACE_PORT": self.workspace_port}


@dataclass
class Server:
    """One child process, healthy when `health` answers 200; what it says goes to `.demo/<name>.log`,
    its process id to `.demo/<name>.pid`."""

    name: str
    command: list[str]
    environment: dict[str, str]
    health: str
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def log(self) -> Path:
        """Where its output is kept."""
        return STATE / f"{self.name}.log"

    def start(self, stop: threading.Event) -> None:
        """Returns when it is healthy or `stop` is set. Raises DemoError when it ended, or stayed silent too long."""
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C reaches only us, and we end the three in order.
            self.process = subprocess.Popen(  # noqa: S603 our own command line
                self.command,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.log.with_suffix(".pid").write_text(f"{self.process.pid}\n")
        deadline = time.monotonic() + START_WITHIN_S
        while not _healthy(self.health) and not stop.wait(0.1):
            if self.process.poll() is not None:
                raise DemoError(self.ended())
            if time.monotonic() > deadline:
                raise DemoError(f"The {self.name} did not answer within {START_WITHIN_S:.0f} s.\n{self._last_words()}")

    def ended(self) -> str:
        """What to tell a person whose demo just lost this server."""
        code = self.process.poll() if self.process else None
        return f"The {self.name} ended by itself (exit code {code}).\n{self._last_words()}"

    def end(self) -> None:
        """SIGTERM, and SIGKILL for one that does not listen."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-25:]
        return "\n".join([*(f"  {line}" for line in lines), f"  ({self.log} has all of it)"])


def run(environment: Mapping[str, str] | None = None) -> int:
    """The exit code: 0 after Ctrl-C or SIGTERM, 1 when something would not run, with a message on stderr."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        _run(Options.read(os.environ if environment is None else environment), stop)
    except DemoError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def _run(options: Options, stop: threading.Event) -> None:
    from web.emulator.front_door import FrontDoor

    for variable, port in options.ports.items():
        _refuse_taken(variable, port, options)
    if options.reset:
        shutil.rmtree(STATE, ignore_errors=True)
    STATE.mkdir(exist_ok=True)
    servers = [_workspace(options), _portal(options)]
    door = FrontDoor(
        f"http://{HOST}:{options.portal_port}", f"http://{HOST}:{options.workspace_port}", host=HOST, port=options.port
    )
    try:
        for server in servers:
            if not stop.is_set():
                print(f"Starting the {server.name} …", flush=True)
                server.start(stop)
        door.start()
        _watch(servers, stop, options)
    finally:
        print("\nStopping …", flush=True)
        door.stop()
        for server in reversed(servers):
            server.end()


def _watch(servers: list[Server], stop: threading.Event, options: Options) -> None:
    """Until a person stops the demo. Raises DemoError when one of the servers ends before that."""
    if not stop.is_set():
        print(
            f"\n  Serving Portal      http://{HOST}:{options.port}\n"
            f"  embedded workspace  http://{HOST}:{options.workspace_port}"
            f"   (any Databricks client; tokens dapi-alice, dapi-bob, dapi-charlie)\n\n"
            f"  History and logs are kept in {STATE}/ (RESET=1 forgets them); the workspace begins anew each time.\n"
            f"  Ctrl-C stops.",
            flush=True,
        )
    while not stop.wait(0.3):
        for server in servers:
            if server.process is None or server.process.poll() is not None:
                raise DemoError(server.ended())


def _workspace(options: Options) -> Server:
    command = [sys.executable, "-m", "web.emulator", "--port", str(options.workspace_port)]
    command += ["--seed", "demo", "--speed", f"{options.speed:g}"]
    health = f"http://{HOST}:{options.workspace_port}/.well-known/databricks-config"
    return Server("workspace", command, _bare_environment(), health)


def _portal(options: Options) -> Server:
    environment = _bare_environment() | {
        "DATABRICKS_APP_NAME": "serving-portal",
        "DATABRICKS_APP_PORT": str(options.portal_port),
        "DATABRICKS_HOST": f"http://{HOST}:{options.workspace_port}",
        "DATABRICKS_CLIENT_ID": "portal-app",
        "DATABRICKS_CLIENT_SECRET": "portal-secret",
        "PORTAL_DATA_DIR": str(STATE / "portal"),
        "PORTAL_AUDIT_VOLUME": "/Volumes/main/ops/portal",
        "PORTAL_PATTERNS": "true",
        "PORTAL_WAREHOUSE_ID": DEMO_WAREHOUSE,
    }
    command = [sys.executable, "-m", "web", "serve", "--host", HOST]
    return Server("portal", command, environment, f"http://{HOST}:{options.portal_port}/readyz")


def _bare_environment() -> dict[str, str]:
    """This environment without the person's own Databricks and Postgres settings, which would lead to real ones."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABRICKS_", "PG", "PORTAL_DATABASE"))
    }
    return kept | {"NO_PROXY": f"{HOST},localhost", "no_proxy": f"{HOST},localhost", "PYTHONUNBUFFERED": "1"}


def _refuse_taken(variable: str, port: int, options: Options) -> None:
    if list(options.ports.values()).count(port) > 1:
        raise DemoError(f"{variable}={port} is named twice: the three servers need a port each.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoError(
                f"Port {port} cannot be had ({error.strerror}). Name another: make demo {variable}={port + 100}"
            ) from None


def _healthy(url: str) -> bool:
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise DemoError(f"{name}={value} is not a port: a number from 1 to 65535 is needed.")
    return int(value)


def _speed(value: str) -> float:
    try:
        speed = float(value)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1_000_000:
        raise DemoError(f"SPEED={value} is not a speed: a number above 0 is needed, 1 being that of the real thing.")
    return speed
