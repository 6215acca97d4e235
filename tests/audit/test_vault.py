"""The disk of the container is thrown away; the history on the volume is not."""

import gzip
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from tests.features.changes.support import custom
from tests.servers import Portal
from web.audit.vault import KEEP, Vault
from web.emulator.server import Emulator
from web.workspace.client import Workspace
from web.workspace.transport import Transport

BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
VOLUME = "/Volumes/main/ops/portal"
ON_VOLUME = {"PORTAL_AUDIT_VOLUME": VOLUME, "PORTAL_SNAPSHOT_EVERY_S": "0.2"}
Start = Callable[..., Portal]


def tag(portal: Portal, name: str = "churn", key: str = "drill") -> str:
    """A change that is recorded; answers the value of the tag it set."""
    value = uuid.uuid4().hex[:8]
    change = {"kind": "tags.update", "endpoint": name, "body": {"add": {key: value}}}
    headers = {**BOB, "Idempotency-Key": uuid.uuid4().hex}
    answer = httpx.post(f"{portal.url}/api/v1/changes", json={"change": change}, headers=headers, timeout=20)
    assert answer.status_code == 201, answer.text
    return value


def until(holds: Callable[[], Any], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)


def ready(portal: Portal) -> dict[str, Any]:
    return dict(httpx.get(f"{portal.url}/readyz", timeout=10).json())


def until_ready(portal: Portal) -> Portal:
    until(lambda: ready(portal)["ready"])
    return portal


def history(portal: Portal) -> list[dict[str, Any]]:
    answer = httpx.get(f"{portal.url}/api/v1/audit", params={"endpoint": "churn"}, headers=BOB, timeout=10)
    return list(answer.json()["operations"])


def intact(portal: Portal) -> bool:
    return bool(httpx.get(f"{portal.url}/api/v1/audit/verify", headers=BOB, timeout=10).json()["ok"])


def copies(emulator: Emulator) -> list[str]:
    return sorted(path for path in emulator.world.volumes.by_path[VOLUME].files if path.endswith(".db.gz"))


def test_a_redeploy_without_the_disk_keeps_every_change(start_portal: Start, emulator: Emulator) -> None:
    first = until_ready(start_portal(**ON_VOLUME))
    values = [tag(first), tag(first)]
    first.stop()
    shutil.rmtree(first.data_dir)
    second = until_ready(start_portal("again", **ON_VOLUME))
    told = [row["diff"][-1]["after"] for row in history(second)]
    assert str(values[1]) in str(told[0])
    assert len(told) == 2
    assert intact(second), "the chain's key came back too"
    tag(second)
    assert intact(second)


def test_a_kill_loses_at_most_what_was_not_copied_yet(start_portal: Start, emulator: Emulator) -> None:
    first = until_ready(start_portal(**ON_VOLUME))
    tag(first)
    until(lambda: copied(emulator, b"tags.update"))
    first.kill()
    emulator.world.volumes.by_path[VOLUME].files.pop(f"{VOLUME}/writer.json")
    second = until_ready(start_portal("again", **ON_VOLUME))
    assert len(history(second)) == 1
    assert intact(second)


def copied(emulator: Emulator, what: bytes) -> bool:
    """Whether the newest copy holds this."""
    names = copies(emulator)
    return bool(names) and what in gzip.decompress(emulator.world.volumes.by_path[VOLUME].files[names[-1]].body)


def test_a_half_written_copy_is_passed_over(start_portal: Start, emulator: Emulator) -> None:
    first = until_ready(start_portal(**ON_VOLUME))
    tag(first)
    first.stop()
    files = emulator.world.volumes.by_path[VOLUME].files
    newest = files[copies(emulator)[-1]]
    files[f"{VOLUME}/history-9999999999999-0123456789abcdef.db.gz"] = type(newest)(newest.body[:500], 0)
    second = until_ready(start_portal("again", **ON_VOLUME))
    assert len(history(second)) == 1


def test_two_instances_never_write_at_once(start_portal: Start, emulator: Emulator) -> None:
    first = until_ready(start_portal(**ON_VOLUME))
    second = start_portal("beside", **ON_VOLUME)
    until(lambda: "Another instance" in ready(second)["history"])
    assert not ready(second)["ready"]
    headers = {**BOB, "Idempotency-Key": uuid.uuid4().hex}
    change = {"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"a": "b"}}}}
    refused = httpx.post(f"{second.url}/api/v1/changes", json=change, headers=headers, timeout=10)
    assert refused.status_code == 503
    assert "Another instance" in refused.json()["error"]["message"]
    tag(first)
    first.stop()
    until_ready(second)
    assert len(history(second)) == 1, "it took over with the other's history"


def test_a_volume_that_is_away_at_start_holds_changes_until_it_is_back(start_portal: Start, emulator: Emulator) -> None:
    fault = {"match": {"method": "GET", "path": "/api/2.0/fs/*"}, "fault": "status", "status": 503, "times": 10_000}
    first = until_ready(start_portal(**ON_VOLUME))
    tag(first)
    first.stop()
    httpx.post(f"{emulator.url}/_emulator/faults", json=fault, timeout=10).raise_for_status()
    second = start_portal("again", **ON_VOLUME)
    assert ready(second)["history"].startswith("The history is being brought back")
    page = httpx.get(f"{second.url}/endpoints", headers=BOB, timeout=20)
    assert "nothing can be changed here" in page.text
    httpx.delete(f"{emulator.url}/_emulator/faults", timeout=10)
    until_ready(second)
    assert len(history(second)) == 1


def test_old_copies_are_dropped(emulator: Emulator, tmp_path: Any) -> None:
    database = tmp_path / "portal.db"
    sqlite3.connect(database).execute("CREATE TABLE audit_entry (seq INTEGER)").connection.close()
    moment = iter(range(1_000, 10_000))
    transport = Transport(emulator.url, "test", read_timeout_s=5, write_timeout_s=5)
    door = Workspace(transport, lambda: {"Authorization": "Bearer dapi-alice"}, label="alice")
    vault = Vault(VOLUME, lambda: door, database, lambda: next(moment))
    names = [vault.store() for _ in range(KEEP + 3)]
    assert [path.rpartition("/")[2] for path in copies(emulator)] == names[3:]


def test_a_stop_with_a_hung_upstream_copies_and_ends_in_time(start_portal: Start, emulator: Emulator) -> None:
    portal = until_ready(start_portal(**ON_VOLUME))
    tag(portal)
    match = {"method": "POST", "path": "/api/2.0/serving-endpoints"}
    body = {"match": match, "fault": "delay", "delay_s": 40, "times": 1}
    httpx.post(f"{emulator.url}/_emulator/faults", json=body, timeout=10).raise_for_status()
    wanted = custom(f"t-{uuid.uuid4().hex[:8]}")
    hung = threading.Thread(target=_post, args=(portal.url, wanted), daemon=True)
    hung.start()
    until(lambda: any(e["outcome"] == "pending" for e in _all(portal)))
    began = time.monotonic()
    ending = threading.Thread(target=portal.stop, kwargs={"drained": True})
    ending.start()
    until(lambda: httpx.get(f"{portal.url}/readyz", timeout=5).json()["draining"])
    refused = httpx.post(
        f"{portal.url}/api/v1/changes", json={"change": wanted}, headers={**BOB, "Idempotency-Key": "late"}, timeout=5
    )
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "DRAINING"
    ending.join()
    assert time.monotonic() - began < 13
    again = until_ready(start_portal("again", **ON_VOLUME))
    until(lambda: {row["endpoint"]: row["outcome"] for row in _all(again)}[wanted["endpoint"]] != "pending")


def _all(portal: Portal) -> list[dict[str, Any]]:
    return list(httpx.get(f"{portal.url}/api/v1/audit", headers=BOB, timeout=10).json()["operations"])


def _post(url: str, wanted: dict[str, Any]) -> None:
    try:
        headers = {**BOB, "Idempotency-Key": uuid.uuid4().hex}
        httpx.post(f"{url}/api/v1/changes", json={"change": wanted}, headers=headers, timeout=60)
    except httpx.HTTPError:
        return
