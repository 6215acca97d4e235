"""The log of an update that was made here and failed stays with its operation, without secrets, for who may read it."""

from typing import TYPE_CHECKING

import httpx

from tests.features.logs.support import says
from web.audit.kept_logs import redacted

if TYPE_CHECKING:
    from web.emulator.server import Emulator

BROKEN = {
    "name": "leads-broken",
    "entity_name": "main.ml.broken_missing_module",
    "entity_version": "1",
    "workload_size": "Small",
    "scale_to_zero_enabled": True,
}


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
