"""P9: the audit page at 10,000 and 1,000,000 operations. Every filter on offer has to find its page in O(log n)."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, took
from tests.benchmarks.site import person, portal, workspace
from tests.servers import Portal
from web.db import words
from web.db.engine import open_engine

FEW, MANY = 10_000, 1_000_000
FIRST_MS = 1_700_000_000_000
STEP_MS = 60_000
ROUNDS = 5
COLUMNS = (
    "id, kind, endpoint, actor, at, outcome, idempotency_key, payload_hash, diff, calls, change, acknowledged, "
    "readback, endpoint_id, actor_id, duration_ms, request_id, host"
)
KINDS = ("config.update", "tags.update", "traffic.update", "permissions.update")


def measure() -> list[Row]:
    """Each filter's page, over HTTP, in a history of MANY beside one of FEW; and the deep page beside the newest."""
    with ExitStack() as open_now:
        behind = open_now.enter_context(workspace("demo"))
        clients: dict[str, httpx.Client] = {}
        for name, count in (("few", FEW), ("many", MANY)):
            one = open_now.enter_context(portal(behind))
            fill(one, count)
            clients[name] = open_now.enter_context(person(one.url))
        rows = [_compared(clients, what, query) for what, query in queries()]
    return rows


def queries() -> list[tuple[str, str]]:
    """What the page offers: (words, query string). The dates lie in the shorter history too."""
    day, after = "2023-11-17", "2023-11-18"
    return [
        ("newest page", ""),
        ("page deep in the history", "cursor=5000"),
        ("of an endpoint", "endpoint=endpoint-17"),
        ("of a person", "actor=person-3@example.com"),
        ("of a kind", "kind=tags.update"),
        ("with an outcome", "outcome=refused"),
        ("person, kind and outcome", "actor=person-3@example.com&kind=tags.update&outcome=refused"),
        ("endpoint and outcome", "endpoint=endpoint-3&outcome=refused"),
        ("kind and outcome that never meet", "kind=config.update&outcome=refused"),
        ("two days", f"since={day}&until={after}"),
        ("two days of a person", f"since={day}&until={after}&actor=person-3@example.com"),
        ("a word that is common", "q=word"),
        ("a word that is rare", "q=seldom"),
        ("a name that is one of many", "q=endpoint-1717"),
        ("the beginning of a common word", "q=wor"),
        ("a word of a person, refused", "q=word&actor=person-3@example.com&outcome=refused"),
    ]


def fill(one: Portal, count: int) -> None:
    """That many operations straight into the portal's database: the making of them is not what is measured."""
    database = sqlite3.connect(Path(one.data_dir) / "portal.db", timeout=60)
    marks = ", ".join("?" * len(COLUMNS.split(",")))
    with database:
        database.executemany(f"INSERT INTO operation ({COLUMNS}) VALUES ({marks})", _made(count))  # noqa: S608 our own
    database.close()
    engine = open_engine(f"sqlite:///{Path(one.data_dir) / 'portal.db'}")
    with engine.begin() as connection:
        words.fill(connection)
    engine.dispose()


def _made(count: int) -> Iterator[tuple[object, ...]]:
    usual, once = (
        json.dumps([{"path": "tags.team", "before": "a word", "after": after}]) for after in ("another word", "seldom")
    )
    for n in range(count):
        diff = once if n == 7 else usual
        outcome = "refused" if n % 50 == 3 else "success"
        yield (
            f"op-{n:08d}", KINDS[n % 4], f"endpoint-{n % 2000}", f"person-{n % 40}@example.com", FIRST_MS + n * STEP_MS,
            outcome, f"key-{n}", "hash", diff, "[]", "{}", "[]", "[]", "", "", 120, "", "",
        )  # fmt: skip


def _compared(clients: dict[str, httpx.Client], what: str, query: str) -> Row:
    def ask(name: str) -> float:
        return took(lambda: clients[name].get(f"/audit/table?{query}").raise_for_status())

    for name in clients:
        ask(name)
    seen = in_turn(ROUNDS, few=lambda: ask("few"), many=lambda: ask("many"))
    told = {name: f"{percentile(values, 0.5) * 1000:.1f} ms" for name, values in seen.items()}
    return Row("P9", f"audit, {what}: 1 M / 10,000", told["many"], told["few"], ratio(seen["many"], seen["few"]), 2)
