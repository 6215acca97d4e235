"""P8, P9: what a recorded change costs, and whether reading the history depends on its length."""

import json
import sqlite3
import uuid
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from tests.benchmarks.servers import pair, wall_ms
from tests.benchmarks.table import Figure, in_turn
from tests.servers import Portal
from web.emulator.server import Emulator

ALICE = {"X-Forwarded-Access-Token": "dapi-alice", "X-Forwarded-Email": "alice@example.com"}
KINDS = ("config.update", "tags.update", "traffic.update", "endpoint.create", "permissions.update")
FILTERS = ("", "endpoint=endpoint-7", "actor=person-3@example.com", "kind=tags.update", "outcome=refused")
RANGE = "since=2024-01-02&until=2024-01-03"
START_MS = 1_704_067_200_000


def change() -> list[Figure]:
    """P8: a change planned, recorded twice, sent and read back, against the bare request it sends."""
    with pair() as (_, emulator, bob):
        direct = httpx.Client(base_url=emulator.url, headers={"Authorization": "Bearer dapi-bob"}, timeout=30)

        def by_portal() -> float:
            wanted = {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"n": uuid.uuid4().hex[:8]}}}
            key = {"Idempotency-Key": uuid.uuid4().hex}
            return wall_ms(lambda: bob.post("/api/v1/changes", json={"change": wanted}, headers=key))

        def bare() -> float:
            body = {"add_tags": [{"key": "n", "value": uuid.uuid4().hex[:8]}]}
            return wall_ms(lambda: direct.patch("/api/2.0/serving-endpoints/churn/tags", json=body))

        by_portal(), bare()
        return [Figure("P8", "a change through the portal : the bare PATCH", *in_turn(by_portal, bare, 21), "ms")]


def reading(short: int = 10_000, long: int = 1_000_000) -> list[Figure]:
    """P9: a page of the history under every filter, with a million operations against ten thousand."""
    emulator = Emulator(seed="demo", speed=2000.0, port=0)
    emulator.start()
    with TemporaryDirectory() as folder:
        portals = [_filled(emulator.url, Path(folder) / str(count), count) for count in (long, short)]
        clients = [httpx.Client(base_url=p.url, headers=ALICE, timeout=120, trust_env=False) for p in portals]
        try:
            return [_filter(clients, query) for query in (*FILTERS, RANGE, "q=person-3")]
        finally:
            for portal in portals:
                portal.stop()
            emulator.stop()


def _filter(clients: list[httpx.Client], query: str) -> Figure:
    path = f"/api/v1/audit?limit=50&{query}"

    def ask(who: httpx.Client) -> float:
        return wall_ms(lambda: who.get(path).raise_for_status())

    warm = [ask(who) for who in clients]
    sides = in_turn(lambda: ask(clients[0]), lambda: ask(clients[1]), 9 if max(warm) < 2000 else 1)
    return Figure("P9", f"history of 1,000,000 : 10,000, {query or 'newest'}", *sides, "ms", 2.0)


def _filled(workspace: str, folder: Path, count: int) -> Portal:
    """A portal whose history has so many operations, put there as fast as SQLite takes them."""
    portal = Portal(workspace, folder).start()
    portal.stop()
    with sqlite3.connect(portal.data_dir / "portal.db") as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(operation)") if row[1] != "seq"]
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        database.execute("PRAGMA synchronous=OFF")
        rows = ([_row(number, count)[name] for name in columns] for number in range(count))
        database.executemany(f"INSERT INTO operation ({names}) VALUES ({marks})", rows)  # noqa: S608 - our own names
        database.execute("ANALYZE")
    return portal.start()


def _row(number: int, count: int) -> dict[str, Any]:
    empty = json.dumps([])
    return {
        "id": f"{number:032x}", "kind": KINDS[number % len(KINDS)], "endpoint": f"endpoint-{number % 97}",
        "endpoint_id": "", "actor": f"person-{number % 11}@example.com", "actor_id": "",
        "at": START_MS + number * (31 * 86_400_000 // count), "outcome": "refused" if number % 50 == 0 else "success",
        "idempotency_key": f"k{number}", "payload_hash": "", "before": None, "after": None, "diff": empty,
        "calls": empty, "change": json.dumps({}), "error": None, "acknowledged": empty, "readback": empty,
        "duration_ms": 12, "settled_at": None, "request_id": "", "host": "",
    }  # fmt: skip
