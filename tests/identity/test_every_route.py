"""Nobody gets past the door by saying who they are; whoever may only look changes nothing. Tried on every route."""

import threading
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.audit.test_vault import until
from tests.features.changes.support import writes
from tests.identity.routes import address, all_routes
from tests.servers import Portal
from web.emulator.server import Emulator
from web.identity.roles import HARMLESS, SAFE
from web.workspace.bulkheads import PLACES

ALICE = {"X-Forwarded-Access-Token": "dapi-alice", "X-Forwarded-Email": "alice@example.com"}
NOBODIES = {
    "no token": {"X-Forwarded-Email": "alice@example.com", "X-Forwarded-User": "alice"},
    "an unknown token": {"X-Forwarded-Access-Token": "dapi-unknown", "X-Forwarded-Email": "alice@example.com"},
    "the token of somebody who has left": {"X-Forwarded-Access-Token": "dapi-dana"},
    "a token of somebody else": {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "alice@example.com"},
    "an ordinary authorization header": {"Authorization": "Bearer dapi-alice"},
}


def ask(portal: Portal, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    more = {"Sec-Fetch-Site": "same-origin", "Idempotency-Key": uuid.uuid4().hex}
    body: dict[str, str] | None = None if method in SAFE else {}
    return httpx.request(method, portal.url + address(path), headers={**more, **headers}, timeout=20, json=body)


@pytest.mark.parametrize("who", NOBODIES)
def test_every_route_refuses(portal: Portal, emulator: Emulator, tmp_path: Path, who: str) -> None:
    routes = all_routes(tmp_path)
    assert len(routes) > 30
    let_in = [(m, p, a.status_code) for m, p in routes if (a := ask(portal, m, p, NOBODIES[who])).status_code != 401]
    assert let_in == []
    assert writes(emulator) == []


def test_a_viewer_changes_nothing_and_still_sees_everything(
    start_portal: Callable[..., Portal], emulator: Emulator, tmp_path: Path
) -> None:
    portal = start_portal(PORTAL_OPERATOR_GROUP="data-platform")
    bob = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
    passed = [
        (method, path, answer.status_code)
        for method, path in all_routes(tmp_path)
        if method not in SAFE
        and (method, path) not in HARMLESS
        and (answer := ask(portal, method, path, bob)).status_code != 403
    ]
    assert passed == []
    assert writes(emulator) == []
    page = httpx.get(f"{portal.url}/endpoints/churn", headers=bob, timeout=20)
    assert page.status_code == 200
    assert "members of the workspace group" in page.text


def test_what_is_harmless_is_a_route(tmp_path: Path) -> None:
    assert set(all_routes(tmp_path)) >= HARMLESS


def test_an_auditor_reads_everybodys_history(start_portal: Callable[..., Portal], emulator: Emulator) -> None:
    portal = start_portal(PORTAL_AUDITOR_GROUP="users")
    change = {"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"seen": "by auditors"}}}}
    headers = {**ALICE, "Idempotency-Key": uuid.uuid4().hex}
    httpx.post(f"{portal.url}/api/v1/changes", json=change, headers=headers, timeout=20).raise_for_status()
    charlie = {"X-Forwarded-Access-Token": "dapi-charlie", "X-Forwarded-Email": "charlie@example.com"}
    seen = httpx.get(f"{portal.url}/api/v1/audit", headers=charlie, timeout=20).json()["operations"]
    assert [row["endpoint"] for row in seen] == ["churn"]


def test_a_slow_catalog_does_not_slow_the_endpoints(start_portal: Callable[..., Portal], emulator: Emulator) -> None:
    portal = start_portal()
    slow = {
        "match": {"method": "GET", "path": "/api/2.1/unity-catalog/*"},
        "fault": "delay",
        "delay_s": 5,
        "times": 200,
    }
    httpx.get(f"{portal.url}/endpoints/churn", headers=ALICE, timeout=20)
    httpx.post(f"{emulator.url}/_emulator/faults", json=slow, timeout=10).raise_for_status()
    url = f"{portal.url}/endpoints/new/pick/model?i=0&kind=custom"
    people = [{"X-Forwarded-Access-Token": f"dapi-{name}"} for name in ("alice", "bob", "charlie")]
    askers = [
        threading.Thread(target=httpx.get, args=(url,), kwargs={"headers": who, "timeout": 60}) for who in people * 20
    ]
    for asker in askers:
        asker.start()
    until(lambda: asked(emulator, "/api/2.1/unity-catalog/catalogs") >= PLACES)
    page = httpx.get(f"{portal.url}/endpoints/churn", headers=ALICE, timeout=4)
    assert page.status_code == 200
    httpx.delete(f"{emulator.url}/_emulator/faults", timeout=10)
    for asker in askers:
        asker.join()


def asked(emulator: Emulator, path: str) -> int:
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()
    rows = log["requests"] if isinstance(log, dict) else log
    return sum(row["path"] == path for row in rows)


def test_one_person_makes_so_many_changes_a_minute(start_portal: Callable[..., Portal], emulator: Emulator) -> None:
    portal = start_portal(PORTAL_CHANGES_PER_MINUTE="2")
    change = {"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"n": "1"}}}}
    statuses = []
    for value in range(3):
        change["change"]["body"] = {"add": {"n": str(value)}}
        headers = {**ALICE, "Idempotency-Key": uuid.uuid4().hex}
        answer = httpx.post(f"{portal.url}/api/v1/changes", json=change, headers=headers, timeout=20)
        statuses.append(answer.status_code)
    assert statuses == [201, 201, 429]
    assert "Try again in" in answer.json()["error"]["hint"]
    assert len(writes(emulator)) == 2
