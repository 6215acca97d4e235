"""The spelled texts are run for real: bash with curl, and Python with the SDK, leave the same state as the calls."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.changes.spell_cases import NASTY, change, entity
from web.changes.calls import calls_for
from web.changes.kinds import Call, Change
from web.changes.spell import as_code

if TYPE_CHECKING:
    from web.emulator.server import Emulator

ENDPOINTS = "/api/2.0/serving-endpoints"
MOVING = ("id", "creation_timestamp", "last_updated_timestamp", "start_time", "object_id", "details", "endpoint_url")
EXTERNAL = {
    "name": "gpt",
    "external_model": {
        "provider": "openai",
        "name": "gpt-4o",
        "task": "llm/v1/chat",
        "openai_config": {"openai_api_key": "{{secrets/spelled/key}}"},
    },
}
CHANGES = [
    change(
        "endpoint.create",
        {
            "description": NASTY.replace("\x00", ""),
            "config": {"served_entities": [EXTERNAL]},
            "tags": [{"key": "note", "value": 'it\'s $HOME `id` \\ "q"'}],
            "email_notifications": {"on_update_failure": ["ops@example.com"]},
            "permissions": [{"group_name": "users", "permission_level": "CAN_QUERY"}],
        },
        "spelled",
    ),
    change("endpoint.create", {"config": {"served_entities": [entity(future_field={"x": [None]})]}}, "spelled"),
    change("config.update", {"served_entities": [entity("churn-4", "4", workload_size="Large")], "traffic_config": {}}),
    change("traffic.update", {"routes": {"churn-3": 60, "churn-4": 40}}),
    change("tags.update", {"add": {"k'\"$": "it's 漢 $x"}, "delete": ["team"]}),
    change("gateway.update", {"usage_tracking_config": {"enabled": True}}),
    change("gateway.update", {}),
    change(
        "permissions.update",
        {
            "access_control_list": [
                {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"},
                {"user_name": "charlie@example.com", "permission_level": "CAN_VIEW"},
            ]
        },
    ),
    change("notifications.update", {"email_notifications": {"on_update_success": ["a@example.com"]}}),
    change("endpoint.stop"),
    change("endpoint.delete"),
]


class Bench:
    """A workspace that starts each try from the same seed."""

    def __init__(self, emulator: "Emulator", folder: Path) -> None:
        self.emulator, self.folder = emulator, folder
        self.client = httpx.Client(base_url=emulator.url, headers={"Authorization": "Bearer dapi-bob"}, trust_env=False)

    def afresh(self) -> None:
        """Back to the seed, with the secret the external model refers to."""
        self.client.post("/_emulator/reset").raise_for_status()
        self.emulator.world.secrets.add("spelled", "bob@example.com").keys["key"] = ("v", 0)

    def state(self, name: str) -> dict[str, Any]:
        """What the endpoint has become once settled, and the writes that were received."""
        self.client.post("/_emulator/clock", json={"advance_s": 7200}).raise_for_status()
        log = self.client.get("/_emulator/requests").json()["requests"]
        writes = [(r["method"], r["status"]) for r in log if r["method"] not in ("GET", "HEAD")]
        found = self.client.get(f"{ENDPOINTS}/{name}").json()
        grants = self.client.get(f"/api/2.0/permissions/serving-endpoints/{found.get('id', 'none')}").json()
        assert all(status < 300 for _, status in writes), writes
        return {"writes": writes, "endpoint": still(found), "grants": still(grants)}

    def send(self, calls: list[Call], name: str) -> None:
        """The calls themselves."""
        for call in calls:
            path = call.path
            if "{id}" in path:
                path = path.replace("{id}", self.client.get(f"{ENDPOINTS}/{name}").json()["id"])
            self.client.request(call.method, path, json=call.body).raise_for_status()

    def shell(self, text: str) -> None:
        """A text pasted into bash."""
        self._run(["bash", "-eu", "-c", text], {"DATABRICKS_TOKEN": "dapi-bob"})

    def python(self, text: str) -> None:
        """A text as a Python program, with a profile file."""
        config = self.folder / "databrickscfg"
        config.write_text(f"[it's mine]\nhost = {self.emulator.url}\ntoken = dapi-bob\n")
        self._run([sys.executable, "-c", text], {"DATABRICKS_CONFIG_FILE": str(config)})

    def _run(self, command: list[str], settings: dict[str, str]) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABRICKS")}
        done = subprocess.run(
            command, env={**kept, **settings}, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr


def still(value: Any) -> Any:
    """Without ids and times, which differ from try to try."""
    if isinstance(value, dict):
        return {k: still(v) for k, v in value.items() if k not in MOVING}
    return [still(item) for item in value] if isinstance(value, list) else value


@pytest.fixture
def bench(emulator: "Emulator", tmp_path: Path) -> Iterator[Bench]:
    """The embedded workspace and a folder for a profile file."""
    made = Bench(emulator, tmp_path)
    yield made
    made.client.close()


@pytest.mark.parametrize("it", CHANGES, ids=[f"{c.kind}-{i}" for i, c in enumerate(CHANGES)])
def test_curl_and_python_do_what_the_calls_do(bench: Bench, it: Change) -> None:
    bench.afresh()
    live = None if it.kind == "endpoint.create" else bench.client.get(f"{ENDPOINTS}/churn").json()
    calls = calls_for(it, live)
    bench.send(calls, it.endpoint)
    wanted = bench.state(it.endpoint)

    def texts() -> dict[str, str]:
        bench.afresh()
        now = None if live is None else bench.client.get(f"{ENDPOINTS}/churn").json()
        return as_code(it, calls_for(it, now), host=bench.emulator.url, profile="it's mine", live=now)

    bench.shell(texts()["curl"])
    assert bench.state(it.endpoint) == wanted
    bench.python(texts()["python"])
    assert json.dumps(bench.state(it.endpoint), sort_keys=True) == json.dumps(wanted, sort_keys=True)
