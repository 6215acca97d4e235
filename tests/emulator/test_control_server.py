"""The server as a program, its seeds, and how fast a long listing is."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config

from tests.emulator.control_support import ENDPOINTS
from tests.servers import free_port
from web.emulator.server import Emulator

ALICE = {"Authorization": "Bearer dapi-alice"}


@contextmanager
def _program(*arguments: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "web.emulator", "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert re.search(rf"http://127\.0\.0\.1:{port}", process.stdout.readline())
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(10)


def _until_it_answers(url: str) -> httpx.Response:
    deadline = time.monotonic() + 10
    while True:
        try:
            return httpx.get(url + ENDPOINTS, headers=ALICE, trust_env=False)
        except httpx.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_the_program_serves_the_seed_it_was_given() -> None:
    with _program("--seed", "fleet:25") as url:
        assert len(_until_it_answers(url).json()["endpoints"]) == 25


def test_an_unknown_seed_is_refused() -> None:
    command = [sys.executable, "-m", "web.emulator", "--seed", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "unknown seed" in done.stderr
    with pytest.raises(ArgumentTypeError):
        Emulator(seed="fleet:many")


def test_an_empty_workspace_has_people_and_models_but_no_endpoints() -> None:
    with Emulator(seed="empty") as empty:
        assert httpx.get(empty.url + ENDPOINTS, headers=ALICE).json() == {}
        assert empty.world.catalog.model("main.ml.churn")
        body = {"name": "first", "config": {"served_entities": [
            {"entity_name": "main.ml.churn", "entity_version": "3", "scale_to_zero_enabled": True}]}}  # fmt: skip
        assert httpx.post(empty.url + ENDPOINTS, headers=ALICE, json=body).status_code == 200


def test_a_thousand_endpoints_are_listed_well_within_a_second(record_property: Callable[[str, object], None]) -> None:
    with Emulator(seed="fleet:1000") as fleet, httpx.Client(headers=ALICE, trust_env=False) as client:
        client.get(fleet.url + ENDPOINTS)
        began = time.perf_counter()
        answer = client.get(fleet.url + ENDPOINTS)
        spent = (time.perf_counter() - began) * 1000
        record_property("list_1000_ms", round(spent, 1))
        print(f"listing 1,000 endpoints: {spent:.1f} ms, {len(answer.content)} bytes")
        assert len(answer.json()["endpoints"]) == 1000
        config = Config(host=fleet.url, token="dapi-alice", auth_type="pat", retry_timeout_seconds=2)
        sdk = WorkspaceClient(config=config)
        assert len(list(sdk.serving_endpoints.list())) == 1000
        sdk.api_client._api_client._session.close()
        assert spent < 1000


def test_the_demo_has_every_state_a_user_can_meet() -> None:
    with Emulator(seed="demo") as demo:
        found = httpx.get(demo.url + ENDPOINTS, headers=ALICE).json()["endpoints"]
    states = {tuple(endpoint["state"].values()) for endpoint in found}
    assert states == {
        ("READY", "NOT_UPDATING", "NOT_SUSPENDED"),
        ("READY", "UPDATE_FAILED", "NOT_SUSPENDED"),
        ("READY", "IN_PROGRESS", "NOT_SUSPENDED"),
        ("NOT_READY", "UPDATE_FAILED", "NOT_SUSPENDED"),
        ("NOT_READY", "NOT_UPDATING", "STOPPED"),
        ("NOT_READY", "NOT_UPDATING", "NOT_SUSPENDED"),
    }
    assert {"databricks-gpt-oss-120b", "llama-8b-throughput", "company-gpt", "support-agent"} <= {
        e["name"] for e in found
    }
