"""A history at a time of the test's own, for tests of archives, of search and of the commands."""

from typing import Any

from sqlalchemy import Engine

from tests.audit.test_chain import KEY
from web.audit.ledger import Intent, Ledger, Outcome

DAY_MS = 86_400_000
START_MS = 1_700_000_000_000


class Clock:
    """The time in ms; each look at it takes one."""

    def __init__(self, now: int = START_MS) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1
        return self.now


def at(engine: Engine, key: bytes = KEY) -> tuple[Ledger, Clock]:
    """A ledger whose clock the test turns."""
    clock = Clock()
    return Ledger(engine, key, clock), clock


def begin(ledger: Ledger, key: str, **more: Any) -> str:
    """An operation that is under way; its id."""
    facts: dict[str, Any] = {
        "kind": "tags.update",
        "endpoint": "churn",
        "actor": "bob@example.com",
        "actor_id": "2",
        "change": {"kind": "tags.update"},
        "calls": [],
        "diff": [{"path": "tags.team", "before": None, "after": key}],
        "before": {"name": "churn", "config": {"config_version": 3}},
    }
    return ledger.begin(Intent(idempotency_key=key, payload_hash="p", **{**facts, **more}))[0].id


def done(ledger: Ledger, key: str, outcome: str = "success", **more: Any) -> str:
    """An operation that ended; its id."""
    op_id = begin(ledger, key, **more)
    ledger.finish(
        op_id, Outcome(outcome, [], after={"name": "churn"}, error={"message": "no"} if "r" in outcome else None)
    )
    return op_id
