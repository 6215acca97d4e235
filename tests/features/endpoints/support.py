"""Reading the endpoints page, and the embedded workspace's controls."""

import re
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from web.emulator.server import Emulator

ROW = re.compile(r'<a class="cell-title" href="/endpoints/([^"]+)"')
TAB = re.compile(r'<a class="tab"[^>]*>([^<]+)<span class="tab-count num">(\d+)</span>')
LIST = "/api/2.0/serving-endpoints"


def names(page: str) -> list[str]:
    """The endpoints in a table, from top to bottom."""
    return ROW.findall(page)


def counts(page: str) -> dict[str, int]:
    """The quick filters above the table."""
    return {label: int(count) for label, count in TAB.findall(page)}


def listed(client: httpx.Client, query: str = "") -> list[str]:
    """What the list shows for a query; all of it must be on one page."""
    answer = client.get(f"/endpoints?{query}")
    assert answer.status_code == 200, answer.text
    return names(answer.text)


def requests(emulator: "Emulator") -> list[dict[str, Any]]:
    """Every API request that reached the workspace."""
    seen: list[dict[str, Any]] = httpx.get(f"{emulator.url}/_emulator/requests").json()["requests"]
    return seen


def fault(emulator: "Emulator", path: str, **order: Any) -> None:
    """Order a fault for GETs of a path."""
    body = [{"match": {"method": "GET", "path": path}, **order}]
    httpx.post(f"{emulator.url}/_emulator/faults", json=body).raise_for_status()
