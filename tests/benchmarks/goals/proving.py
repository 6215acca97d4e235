"""P9v: verifying a chain of 100,000 entries, beside reading the same rows and their JSON."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert

from tests.benchmarks.harness import Row, in_turn, percentile, ratio, took
from web.audit import chain
from web.audit.models import Entry, Operation
from web.audit.verify import verify
from web.db.engine import open_engine
from web.db.migrate import upgrade

ENTRIES, AT_ONCE, ROUNDS = 100_000, 2_000, 3
KEY = b"a key of the benchmarks"


def measure() -> list[Row]:
    """Entries a second, of which half are intents."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'history.db'}")
        upgrade(engine)
        fill(engine)

        def whole() -> None:
            verdict = verify(engine, KEY)
            if not verdict.ok or verdict.rows != ENTRIES:
                raise SystemExit(f"the chain of the benchmark does not verify: {verdict}")

        seen = in_turn(ROUNDS, verify=lambda: took(whole), read=lambda: took(lambda: read(engine)))
        engine.dispose()
    told = {side: f"{ENTRIES / percentile(values, 0.5):,.0f} /s" for side, values in seen.items()}
    what = "verifying 100,000 entries / reading them"
    return [Row("P9v", what, told["verify"], told["read"], ratio(seen["verify"], seen["read"]))]


def fill(engine: Engine) -> None:
    """A chain as the ledger writes it: an intent and an outcome for each operation."""
    prev, seq, now = chain.GENESIS, 0, int(time.time() * 1000)
    config = {"name": "e", "config": {"served_entities": [{"name": "churn-1", "entity_name": "main.ml.churn"}]}}
    for first in range(0, ENTRIES // 2, AT_ONCE):
        operations, entries = [], []
        for place in range(first, min(first + AT_ONCE, ENTRIES // 2)):
            facts: dict[str, Any] = {"kind": "config.update", "endpoint": f"e{place % 50}", "calls": [{"path": "/x"}]}
            intent = {**facts, "before": config, "diff": [{"path": "a", "before": 1, "after": place}], "change": facts}
            outcome = {**facts, "outcome": "success", "after": config, "error": None}
            op_id = f"op-{place}"
            for stage, payload in (("intent", intent), ("outcome", outcome)):
                mac, seq = chain.mac(KEY, prev, op_id, stage, now, "bob", payload), seq + 1
                entries.append(
                    {"seq": seq, "op_id": op_id, "stage": stage, "at": now, "actor": "bob", "payload": payload}
                    | {"prev_mac": prev, "mac": mac}
                )
                prev = mac
            more = {"id": op_id, "actor": "bob", "at": now, "idempotency_key": op_id, "payload_hash": ""}
            operations.append(intent | outcome | more)
        with engine.begin() as connection:
            connection.execute(
                insert(Operation).values(endpoint_id="", actor_id="", host="", request_id=""), operations
            )
            connection.execute(insert(Entry), entries)


def read(engine: Engine) -> None:
    """The floor: every row of both tables out of the file, its JSON parsed once."""
    with engine.connect() as connection:
        for (payload,) in connection.exec_driver_sql("SELECT payload FROM audit_entry"):
            json.loads(payload)
        for row in connection.exec_driver_sql("SELECT before, after, diff, calls, change FROM operation"):
            for part in row:
                json.loads(part)
