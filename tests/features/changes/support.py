"""What the tests of changes share: a change, a call to make it, and what the workspace received."""

import time
import uuid
from typing import Any

import httpx

from web.emulator.server import Emulator

WRITES = ("POST", "PUT", "PATCH", "DELETE")
WITHIN_S = 20.0


def custom(name: str, version: str = "1", **more: Any) -> dict[str, Any]:
    """A change that creates a custom model endpoint with one entity."""
    entity = {
        "name": "churn-" + version,
        "entity_name": "main.ml.churn",
        "entity_version": version,
        "workload_size": "Small",
        "scale_to_zero_enabled": False,
    }
    body = {"config": {"served_entities": [entity]}, **more}
    return {"kind": "endpoint.create", "endpoint": name, "body": body}


def change(kind: str, name: str, **body: Any) -> dict[str, Any]:
    return {"kind": kind, "endpoint": name, "body": body}


def make(
    who: httpx.Client, wanted: dict[str, Any], base: dict[str, Any] | None = None, key: str = ""
) -> httpx.Response:
    """POST /api/v1/changes."""
    body = {"change": wanted, **({"base": base} if base else {})}
    return who.post("/api/v1/changes", json=body, headers={"Idempotency-Key": key or uuid.uuid4().hex})


def plan(who: httpx.Client, wanted: dict[str, Any]) -> dict[str, Any]:
    answer = who.post("/api/v1/changes/plan", json={"change": wanted})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def writes(emulator: Emulator, path: str = "/serving-endpoints") -> list[dict[str, Any]]:
    """The requests that could have changed something, as the workspace logged them."""
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
    rows = log["requests"] if isinstance(log, dict) else log
    return [r for r in rows if r["method"] in WRITES and path in r["path"] and "invocations" not in r["path"]]


def fault(emulator: Emulator, method: str, path: str, kind: str, **more: Any) -> None:
    """Have the workspace fail the next matching call."""
    body = {"match": {"method": method, "path": path}, "fault": kind, "times": 1, **more}
    httpx.post(f"{emulator.url}/_emulator/faults", json=body, timeout=10).raise_for_status()


def operation(who: httpx.Client, op_id: str) -> dict[str, Any]:
    return dict(who.get(f"/api/v1/changes/{op_id}").json()["operation"])


def until_ready(who: httpx.Client, name: str) -> dict[str, Any]:
    """The endpoint once it is READY and no update runs."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        live = who.get(f"/api/v1/endpoints/{name}").json()
        if live["state"] == {**live["state"], "ready": "READY", "config_update": "NOT_UPDATING"}:
            return dict(live)
        time.sleep(0.05)
    raise AssertionError(f"{name} did not become READY: {live['state']}")


def ready(who: httpx.Client, name: str, **more: Any) -> dict[str, Any]:
    """A custom endpoint that serves."""
    answer = make(who, custom(name, **more))
    assert answer.status_code == 201, answer.text
    return until_ready(who, name)
