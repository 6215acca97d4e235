"""The audit pages: exports of what the filters leave, what lies in an archive, and what became of an endpoint."""

import csv
import io
import json
import re
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from tests.audit.history import DAY_MS, at, done
from tests.audit.test_vault import Start
from tests.features.changes.pages import at_desk
from tests.features.changes.support import change, make, ready
from tests.servers import Portal
from web.audit.archive import Folder, archive
from web.audit.ledger import now_ms
from web.db.engine import open_engine


def exports(page: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(/api/v1/audit/export[^"]+)"', page)]


def test_the_page_links_exports_of_what_its_filters_leave(
    bob: httpx.Client, charlie: httpx.Client, portal: Portal
) -> None:
    name = f"x-{uuid.uuid4().hex[:8]}"
    desk = at_desk(portal)
    for place in range(3):
        done(desk, f"{name}-{place}", "refused" if place else "success", endpoint=name)
    desk.engine.dispose()
    query = f"/audit/table?endpoint={name}&outcome=refused"
    addresses = exports(bob.get(query).text)
    assert [re.findall(r"format=(\w+)", address)[0] for address in addresses] == ["jsonl", "csv", "cef"]
    jsonl, table, cef = (bob.get(address).text for address in addresses)
    assert [json.loads(line)["endpoint"] for line in jsonl.splitlines()] == [name, name]
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(table))] == ["refused", "refused"]
    assert len(cef.splitlines()) == 2
    assert charlie.get(addresses[0]).text == ""
    assert exports(charlie.get(query).text) == []


def test_what_was_archived_is_said_on_the_pages_and_its_file_to_admins_only(
    start_portal: Start, tmp_path: Path
) -> None:
    portal = start_portal()
    engine = open_engine(portal.database_url)
    ledger, clock = at(engine, (portal.data_dir / "audit.key").read_text().strip().encode())
    clock.now = now_ms() - 20 * DAY_MS
    old = done(ledger, "old")
    clock.now += 20 * DAY_MS
    done(ledger, "young")
    (anchor,) = archive(ledger, clock.now - 10 * DAY_MS, Folder(tmp_path))
    engine.dispose()
    people = {who: {"X-Forwarded-Access-Token": f"dapi-{who}"} for who in ("alice", "bob")}
    with httpx.Client(base_url=portal.url, timeout=30) as web:
        gone = web.get(f"/audit/{old}", headers=people["bob"])
        assert gone.status_code == 404
        assert "were moved to an archive" in gone.text
        assert "were moved to an archive" in web.get("/audit", headers=people["bob"]).text
        assert web.get(f"/audit/{anchor.op_id}", headers=people["bob"]).status_code == 404
        shown = web.get(f"/audit/{anchor.op_id}", headers=people["alice"])
        assert anchor.file in shown.text
        assert anchor.sha256 in shown.text
        assert anchor.op_id in web.get("/audit?kind=audit.archive", headers=people["alice"]).text
        assert web.get("/api/v1/audit/verify", headers=people["bob"]).json()["ok"]


def test_an_app_before_its_change_is_not_called_an_endpoint(bob: httpx.Client, portal: Portal) -> None:
    desk, name = at_desk(portal), f"x-{uuid.uuid4().hex[:8]}"
    bodies: dict[str, dict[str, Any]] = {
        "app.attach": {"app": "a", "resource_key": "r", "permission": "CAN_QUERY"},
        "tags.update": {"add": {}},
    }
    ids = {
        kind: done(desk, f"{name}-{kind}", kind=kind, endpoint=name, change=change(kind, name, **body))
        for kind, body in bodies.items()
    }
    desk.engine.dispose()
    assert "The app before" in bob.get(f"/audit/{ids['app.attach']}").text
    assert "The endpoint before" in bob.get(f"/audit/{ids['tags.update']}").text


def test_comparing_versions_of_a_deleted_endpoint_leads_nowhere_that_is_gone(bob: httpx.Client) -> None:
    name = f"x-{uuid.uuid4().hex[:8]}"
    ready(bob, name)
    assert f'href="/endpoints/{name}"' in bob.get(f"/endpoints/{name}/history/compare").text
    assert make(bob, change("endpoint.delete", name)).status_code == 201
    page = bob.get(f"/endpoints/{name}/history/compare").text
    assert f'href="/endpoints/{name}"' not in page
    assert "Now: deleted" in page
