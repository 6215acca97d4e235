"""The log of an update that was made here and failed stays with its operation, without secrets, for who may read it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import client
from tests.features.changes.support import custom, fault, make
from tests.features.logs.support import says
from tests.servers import Portal
from web.audit.kept_logs import redacted
from web.emulator.front_door import FrontDoor

if TYPE_CHECKING:
    from web.emulator.server import Emulator

BROKEN = {
    "name": "leads-broken",
    "entity_name": "main.ml.broken_missing_module",
    "entity_version": "1",
    "workload_size": "Small",
    "scale_to_zero_enabled": True,
}


def until(holds: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.1)


def fail_an_update(emulator: "Emulator", bob: httpx.Client, endpoint: str) -> str:
    """Bob creates an endpoint whose build fails; the operation's id."""
    change = {"kind": "endpoint.create", "endpoint": endpoint, "body": {"config": {"served_entities": [BROKEN]}}}
    made = bob.post("/api/v1/changes", json={"change": change}, headers={"Idempotency-Key": f"kept-{endpoint}"})
    assert made.status_code == 201, made.text
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 4000}).raise_for_status()
    return str(made.json()["operation"]["id"])


def test_looking_at_the_log_of_a_failed_update_keeps_it_with_the_change(
    emulator: "Emulator", bob: httpx.Client
) -> None:
    operation = fail_an_update(emulator, bob, "kept-by-look")
    assert "Read its logs" not in bob.get(f"/audit/{operation}").text
    says(
        emulator, "kept-by-look", "leads-broken", "DB_PASSWORD=hunter2\nModuleNotFoundError: No module named 'lightgbm'"
    )
    assert f"/audit/{operation}/logs" in bob.get("/endpoints/kept-by-look/logs").text
    assert f"/audit/{operation}/logs" in bob.get(f"/audit/{operation}").text
    kept = bob.get(f"/audit/{operation}/logs").text
    assert "lightgbm" in kept
    assert "hunter2" not in kept
    assert "DB_PASSWORD=[redacted]" in kept


@pytest.mark.parametrize("watching", ["status", "entities"])
def test_a_page_that_sees_the_update_fail_keeps_its_log(emulator: "Emulator", bob: httpx.Client, watching: str) -> None:
    operation = fail_an_update(emulator, bob, f"kept-{watching}")
    bob.get(f"/endpoints/kept-{watching}/{watching}")
    fault(emulator, "GET", f"/api/2.0/serving-endpoints/kept-{watching}/*", "status", status=500, times=9)
    assert "Read its logs" in bob.get(f"/audit/{operation}").text
    del emulator.world.endpoints[f"kept-{watching}"]
    assert "lightgbm" in bob.get(f"/audit/{operation}/logs").text


def test_the_apps_own_look_keeps_the_log_when_nobody_watches(
    emulator: "Emulator", start_portal: Callable[..., Portal]
) -> None:
    portal = start_portal(PORTAL_LOOK_EVERY_S="1")
    door = FrontDoor(portal.url, emulator.url).start()
    try:
        with client(door, "bob") as bob:
            operation = fail_an_update(emulator, bob, "kept-alone")
            emulator.world.endpoints["kept-alone"].grants["service_principal_name"] = {"portal-app": "CAN_MANAGE"}
            until(lambda: "Read its logs" in bob.get(f"/audit/{operation}").text)
            assert "lightgbm" in bob.get(f"/audit/{operation}/logs").text
    finally:
        door.stop()


def test_why_no_log_was_kept_stands_on_the_operation(emulator: "Emulator", bob: httpx.Client) -> None:
    operation = fail_an_update(emulator, bob, "kept-none")
    path = "/api/2.0/serving-endpoints/kept-none/served-models/*/build-logs"
    fault(emulator, "GET", path, "status", status=400, times=9)
    told = bob.get(f"/audit/{operation}/logs/standing").text
    assert "The config update that followed failed. Its log is not kept: the log could not be read" in told
    assert "The log could not be read" in bob.get(f"/audit/{operation}/logs").text
    httpx.delete(f"{emulator.url}/_emulator/faults").raise_for_status()
    assert "Read its logs" in bob.get(f"/audit/{operation}/logs/standing").text


def test_an_operation_whose_update_went_well_says_nothing_of_logs(emulator: "Emulator", bob: httpx.Client) -> None:
    made = make(bob, custom("kept-well")).json()["operation"]["id"]
    httpx.post(f"{emulator.url}/_emulator/clock", json={"advance_s": 4000}).raise_for_status()
    assert "failed" not in bob.get(f"/audit/{made}/logs/standing").text


def test_a_kept_log_is_closed_to_who_may_not_manage_the_endpoint(
    emulator: "Emulator", bob: httpx.Client, charlie: httpx.Client
) -> None:
    operation = fail_an_update(emulator, bob, "kept-closed")
    bob.get("/endpoints/kept-closed/logs")
    assert charlie.get(f"/audit/{operation}/logs").status_code == 404
    emulator.world.endpoints["kept-closed"].grants.setdefault("group_name", {})["users"] = "CAN_VIEW"
    page = charlie.get(f"/audit/{operation}/logs")
    assert "lightgbm" not in page.text


def test_what_looks_like_a_secret_does_not_survive_in_a_kept_log() -> None:
    told = redacted(
        "token: abc123 and 'api_key'='q' postgres://me:pw@db/x dapi" + "0" * 32 + "\nTokenizer: loaded tokens=12"
    )
    for secret in ("abc123", ":pw@", "dapi0"):
        assert secret not in told
