"""The three servers every test can ask for: the embedded workspace, the portal, and the front door a person uses."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.servers import Portal
from web.emulator.front_door import COOKIE, FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator

pytest_plugins = ["tests.browser.fixtures"]

# Tests answer chats with the small deterministic model, and reach loopback without any proxy of this machine.
os.environ.update({"LOCAL_LLM": "0", "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"})


def _one_authority() -> str:
    """A file with one certificate: each client of httpx reads all that it trusts, which takes 16 ms of CPU."""
    first, end, _ = Path(certifi.where()).read_text().partition("-----END CERTIFICATE-----")
    file = Path(tempfile.mkdtemp(prefix="portal-tests-")) / "authority.pem"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    file.write_text(first[first.index("-----BEGIN") :] + end + "\n")
    return str(file)


os.environ["SSL_CERT_FILE"] = AUTHORITY = _one_authority()
certifi.where = lambda: AUTHORITY  # for clients that do not look at the environment
# Beside other tests everything takes its time: that fails none.
settings.register_profile("beside", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("beside")
SPEED = 2000.0


@pytest.fixture(scope="session")
def workspace_server() -> "Iterator[Emulator]":
    """One embedded workspace for the whole run; ask for `emulator` instead, which starts each test afresh."""
    from web.emulator.server import Emulator

    server = Emulator(seed="demo", speed=SPEED, port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def controls(workspace_server: "Emulator") -> Iterator[httpx.Client]:
    """The embedded workspace's own switches, on a connection that is kept."""
    with httpx.Client(base_url=f"{workspace_server.url}/_emulator/", timeout=30) as kept:
        yield kept


@pytest.fixture
def emulator(workspace_server: "Emulator", controls: httpx.Client) -> "Emulator":
    """The embedded workspace, freshly seeded: `.url`, `.world`."""
    controls.post("reset").raise_for_status()
    controls.delete("requests").raise_for_status()
    return workspace_server


@pytest.fixture(scope="session")
def portal_server(
    workspace_server: "Emulator", database_settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """One portal for the whole run; ask for `portal` instead."""
    from web.assets.build import ensure

    ensure()
    portal = Portal(workspace_server.url, tmp_path_factory.mktemp("portal"), database_settings).start()
    yield portal
    portal.stop()


@pytest.fixture(scope="session")
def database_settings() -> Iterator[dict[str, str]]:
    """Where the run's portal keeps its history: SQLite, or with PORTAL_TEST_DATABASE=postgres a real Postgres."""
    if os.environ.get("PORTAL_TEST_DATABASE") != "postgres":
        yield {}
        return
    from tests.database.postgres import Postgres

    server = Postgres().start()
    yield {"PORTAL_DATABASE_URL": server.url()}
    server.stop()


@pytest.fixture
def portal(portal_server: Portal, emulator: "Emulator") -> Portal:
    """The portal before a freshly seeded workspace. Its history is that of the whole run: ask it for your endpoint."""
    return portal_server


@pytest.fixture
def start_portal(emulator: "Emulator", tmp_path: Path) -> Iterator[Callable[..., Portal]]:
    """`start_portal(folder="a", PORTAL_X="…")`: a portal of the test's own, to be killed or set up otherwise."""
    started: list[Portal] = []

    def start(folder: str = "portal", **settings: str) -> Portal:
        started.append(Portal(emulator.url, tmp_path / folder, settings))
        return started[-1].start()

    yield start
    for portal in started:
        portal.stop()


@pytest.fixture(scope="session")
def door_server(portal_server: Portal, workspace_server: "Emulator") -> Iterator[FrontDoor]:
    """One front door for the whole run; ask for `door` instead."""
    door = FrontDoor(portal_server.url, workspace_server.url).start()
    yield door
    door.stop()


@pytest.fixture
def door(door_server: FrontDoor, portal: Portal) -> FrontDoor:
    """What a person opens: `door.url`, `door.sign_in("bob")`."""
    return door_server


def client(door: FrontDoor, person: str) -> httpx.Client:
    """A signed-in browser's requests without the browser: its cookie, and the header that says same-origin."""
    return httpx.Client(
        base_url=door.url,
        cookies={COOKIE: door.sign_in(person)},
        headers={"Sec-Fetch-Site": "same-origin"},
        timeout=30,
        trust_env=False,
    )


@pytest.fixture
def alice(door: FrontDoor) -> Iterator[httpx.Client]:
    """The workspace admin, at the front door."""
    with client(door, "alice") as person:
        yield person


@pytest.fixture
def bob(door: FrontDoor) -> Iterator[httpx.Client]:
    """A member of ml-team, at the front door."""
    with client(door, "bob") as person:
        yield person


@pytest.fixture
def charlie(door: FrontDoor) -> Iterator[httpx.Client]:
    """Somebody in no group, at the front door."""
    with client(door, "charlie") as person:
        yield person
