"""A workspace at the real thing's speed, whose clock only the tests move, and the unmodified SDK in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config

from tests.emulator.control_support import Caller
from web.emulator.server import Emulator


@pytest.fixture(scope="session")
def slow_server() -> Iterator[Emulator]:
    """One workspace at speed 1 for the whole run; ask for `workspace`."""
    with Emulator(seed="demo", speed=1) as server:
        yield server


@pytest.fixture
def workspace(slow_server: Emulator, callers: dict[str, Caller]) -> Emulator:
    """The demo workspace, freshly seeded, at the real thing's speed."""
    callers["nobody"]("POST", "/_emulator/reset").raise_for_status()
    return slow_server


@pytest.fixture(scope="session")
def callers(slow_server: Emulator) -> Iterator[dict[str, Caller]]:
    """HTTP clients of the cast, kept open for the run."""
    known = {name: Caller(slow_server.url, f"dapi-{name}") for name in ("alice", "bob", "charlie")}
    known["nobody"] = Caller(slow_server.url, None)
    yield known
    for caller in known.values():
        caller.http.close()


@pytest.fixture
def alice(workspace: Emulator, callers: dict[str, Caller]) -> Caller:
    """HTTP as the admin."""
    return callers["alice"]


@pytest.fixture
def bob(workspace: Emulator, callers: dict[str, Caller]) -> Caller:
    """HTTP as a member of ml-team."""
    return callers["bob"]


@pytest.fixture
def charlie(workspace: Emulator, callers: dict[str, Caller]) -> Caller:
    """HTTP as somebody in no group."""
    return callers["charlie"]


@pytest.fixture
def nobody(workspace: Emulator, callers: dict[str, Caller]) -> Caller:
    """HTTP without a token."""
    return callers["nobody"]


@pytest.fixture(scope="session")
def sdk_clients(slow_server: Emulator) -> Iterator[Callable[[str], WorkspaceClient]]:
    """The unmodified SDK as a person, one client each."""
    known: dict[str, WorkspaceClient] = {}

    def client(person: str) -> WorkspaceClient:
        if person not in known:
            config = Config(
                host=slow_server.url,
                token=f"dapi-{person}",
                auth_type="pat",
                retry_timeout_seconds=2,
                http_timeout_seconds=10,
            )
            known[person] = WorkspaceClient(config=config)
        return known[person]

    yield client
    for one in known.values():
        one.api_client._api_client._session.close()


@pytest.fixture
def sdk(workspace: Emulator, sdk_clients: Callable[[str], WorkspaceClient]) -> Callable[[str], WorkspaceClient]:
    """`sdk("bob")`: the unmodified SDK before a freshly seeded workspace."""
    return sdk_clients
