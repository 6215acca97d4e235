"""A portal that dies between sending and recording leaves an unknown operation, and the next start settles it."""

import threading
import time
import uuid
from collections.abc import Callable

import httpx

from tests.features.changes.support import custom, fault, writes
from tests.servers import Portal
from web.emulator.server import Emulator

BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}


def test_a_kill_between_send_and_reply_is_settled_at_the_next_start(
    start_portal: Callable[..., Portal], emulator: Emulator
) -> None:
    portal = start_portal(PORTAL_SETTLE_EVERY_S="0.2")
    wanted = custom(f"t-{uuid.uuid4().hex[:10]}")
    fault(emulator, "POST", "/api/2.0/serving-endpoints", "delay", delay_s=20)
    post = threading.Thread(target=_post, args=(portal.url, wanted), daemon=True)
    post.start()
    _until(lambda: len(writes(emulator)) == 1)
    portal.kill()
    httpx.delete(f"{emulator.url}/_emulator/faults", timeout=10)
    again = start_portal(PORTAL_SETTLE_EVERY_S="0.2")
    _until(lambda: _outcome(again.url, wanted["endpoint"]) in ("success", "failed"), 40)
    exists = httpx.get(
        f"{emulator.url}/api/2.0/serving-endpoints/{wanted['endpoint']}",
        headers={"Authorization": "Bearer dapi-bob"},
        timeout=10,
    )
    expected = "success" if exists.status_code == 200 else "failed"
    assert _outcome(again.url, wanted["endpoint"]) == expected
    assert len(writes(emulator)) == 1, "nothing is sent again"
    assert httpx.get(f"{again.url}/api/v1/audit/verify", headers=BOB, timeout=10).json()["ok"]


def _post(url: str, wanted: dict[str, object]) -> None:
    headers = {**BOB, "Idempotency-Key": uuid.uuid4().hex}
    try:
        httpx.post(f"{url}/api/v1/changes", json={"change": wanted}, headers=headers, timeout=30)
    except httpx.HTTPError:
        return


def _outcome(url: str, name: str) -> str:
    rows = httpx.get(f"{url}/api/v1/audit", params={"endpoint": name}, headers=BOB, timeout=10).json()["operations"]
    return str(rows[0]["outcome"]) if rows else ""


def _until(holds: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)
