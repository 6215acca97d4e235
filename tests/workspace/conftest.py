"""People's doors to the embedded workspace, and things in it to look at."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from web.config import Settings
from web.workspace.client import Connections, Workspace

if TYPE_CHECKING:
    from web.emulator.server import Emulator

OpenDoor = Callable[[str], Workspace]
MODEL = "testing.things.plain"


def external(name: str = "gpt") -> dict[str, Any]:
    """The config of an external model whose key lies in the scope `testing`."""
    model = {"provider": "openai", "name": "gpt-4o", "task": "llm/v1/chat"}
    key = {"openai_config": {"openai_api_key": "{{secrets/testing/key}}"}}
    return {"served_entities": [{"name": name, "external_model": {**model, **key}}]}


class Backdoor:
    """The embedded workspace as a test arranges and watches it."""

    def __init__(self, emulator: "Emulator") -> None:
        self.url = emulator.url
        self.world = emulator.world
        self._client = httpx.Client(base_url=emulator.url, timeout=30, trust_env=False)
        scope = self.world.secrets.add("testing", "bob@example.com")
        scope.keys.update({"key": ("v", 0), "other": ("v", 0)})
        for version in range(1, 4):
            self.world.catalog.put(MODEL, version, None)
        self.world.catalog.models[MODEL].aliases["champion"] = 2

    def api(self, method: str, path: str, body: Any = None, person: str = "bob") -> Any:
        """One API call as a person; the JSON of its answer. Fails on a refusal."""
        answer = self._client.request(method, path, json=body, headers={"Authorization": f"Bearer dapi-{person}"})
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else {}

    def endpoint(self, name: str = "chat", config: Any = None) -> dict[str, Any]:
        """Bob's new endpoint, READY."""
        self.api("POST", "/api/2.0/serving-endpoints", {"name": name, "config": config or external()})
        self.later()
        found: dict[str, Any] = self.api("GET", f"/api/2.0/serving-endpoints/{name}")
        return found

    def later(self, seconds: float = 7200) -> None:
        """Let the workspace's clock run ahead."""
        self._client.post("/_emulator/clock", json={"advance_s": seconds}).raise_for_status()

    def fault(self, fault: str, path: str = "/api/*", method: str = "GET", times: int = 1, **more: Any) -> None:
        """What shall go wrong with the next matching requests."""
        one = {"match": {"method": method, "path": path}, "fault": fault, "times": times, **more}
        self._client.post("/_emulator/faults", json=[one]).raise_for_status()

    def requests(self) -> list[dict[str, Any]]:
        """Every API request since the last `forget`, without the look at the host's metadata."""
        rows = self._client.get("/_emulator/requests").json()["requests"]
        return [row for row in rows if "well-known" not in row["path"]]

    def forget(self) -> None:
        """Empty the request log."""
        self._client.delete("/_emulator/requests").raise_for_status()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


@pytest.fixture
def backdoor(emulator: "Emulator") -> Iterator[Backdoor]:
    """The embedded workspace, to arrange and to watch."""
    arranged = Backdoor(emulator)
    yield arranged
    arranged.close()


@pytest.fixture
def open_door(emulator: "Emulator", monkeypatch: pytest.MonkeyPatch) -> OpenDoor:
    """`open_door("bob")`: the workspace as that person, connected as inside Databricks Apps."""
    monkeypatch.setenv("DATABRICKS_HOST", emulator.url)
    connections = Connections(Settings.model_validate({"read_timeout_s": 2, "write_timeout_s": 10}))
    return lambda person: connections.for_token(f"dapi-{person}")


@pytest.fixture
def bob_sees(open_door: OpenDoor) -> Workspace:
    """The workspace through bob's door."""
    return open_door("bob")


@pytest.fixture
def charlie_sees(open_door: OpenDoor) -> Workspace:
    """The workspace through charlie's door."""
    return open_door("charlie")
