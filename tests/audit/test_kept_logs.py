"""The end of the log of an update that failed is kept with the operation that asked for it, once, without secrets."""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.audit.history import START_MS, at, begin
from tests.audit.test_chain import engine
from web.audit import kept_logs, queries
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation, Snapshot

__all__ = ["engine"]
RAW = {"name": "churn", "id": "id-1", "pending_config": {"config_version": 4}}


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return at(engine)[0]


def asked(ledger: Ledger, key: str = "k", version: int = 4, outcome: str = "success", **more: Any) -> str:
    """An operation that led to this version of the config; its id."""
    before = more.pop("before", {"config": {"config_version": version - 1}})
    op_id = begin(ledger, key, before=before, **more)
    ledger.finish(op_id, Outcome(outcome, [], after={"config": {}, "pending_config": {"config_version": version}}))
    return op_id


def led(ledger: Ledger, raw: dict[str, Any] = RAW) -> str:
    found = kept_logs.behind(ledger.engine, raw)
    return found.id if found else ""


def read(ledger: Ledger, op_id: str) -> Operation:
    return queries.operation(ledger.engine, op_id, lambda _operation: True)


def test_a_failed_config_is_the_work_of_who_asked_for_its_version(ledger: Ledger) -> None:
    assert led(ledger) == ""
    asked(ledger, "older", 3)
    op_id = asked(ledger, "mine")
    asked(ledger, "newer", 5)
    asked(ledger, "elsewhere", endpoint="fraud")
    asked(ledger, "refused", outcome="refused")
    asked(ledger, "its tags only", before={"pending_config": {"config_version": 4}})
    assert led(ledger) == op_id
    assert led(ledger, {"name": "churn", "id": "id-1"}) == ""
    assert led(ledger, {**RAW, "pending_config": {}}) == ""
    assert led(ledger, {**RAW, "pending_config": {"config_version": 9}}) == ""
    assert led(ledger, {**RAW, "name": "wine"}) == ""


def test_a_config_that_serves_at_once_counts_and_so_does_the_first_one(ledger: Ledger) -> None:
    op_id = begin(ledger, "k", before=None)
    ledger.finish(op_id, Outcome("success", [], after={"config": {"config_version": 4}}))
    assert led(ledger) == op_id


def test_an_endpoint_made_anew_under_the_same_name_is_another_one(ledger: Ledger) -> None:
    asked(ledger, "of the one before", endpoint_id="id-0")
    assert led(ledger) == ""
    op_id = asked(ledger, "its own", endpoint_id="id-1")
    assert led(ledger) == op_id


def test_only_the_newest_twenty_operations_are_looked_at(ledger: Ledger) -> None:
    op_id = asked(ledger)
    for place in range(kept_logs.RECENT - 1):
        asked(ledger, f"later-{place}", 5 + place)
    assert kept_logs.RECENT == 20
    assert led(ledger) == op_id
    asked(ledger, "one more", 99)
    assert led(ledger) == ""


def test_a_log_is_kept_once_per_entity_and_kind(ledger: Ledger) -> None:
    op_id = asked(ledger)
    assert kept_logs.kept_at(ledger.engine, op_id) is None
    for text in ("failed: token=abc\n", "said otherwise later"):
        assert kept_logs.keep(ledger, RAW, "churn-3", "build", text) == op_id
    assert kept_logs.keep(ledger, RAW, "churn-3", "service", "serves") == op_id
    assert kept_logs.keep(ledger, RAW, "churn-4", "build", "other") == op_id
    kept = kept_logs.of(ledger.engine, op_id)
    assert [(one.entity, one.which, one.text, one.cut) for one in kept] == [
        ("churn-3", "build", "failed: token=[redacted]", False),
        ("churn-3", "service", "serves", False),
        ("churn-4", "build", "other", False),
    ]
    assert {(one.op_id, one.endpoint, one.config_version) for one in kept} == {(op_id, "churn", 4)}
    assert kept[0].at > START_MS
    assert kept_logs.kept_at(ledger.engine, op_id) == kept[0].at
    assert kept_logs.of(ledger.engine, "another") == []


def test_nothing_is_kept_of_an_empty_log_or_of_a_failure_that_is_not_ours(ledger: Ledger) -> None:
    assert kept_logs.keep(ledger, RAW, "churn-3", "build", "failed") == ""
    op_id = asked(ledger)
    assert kept_logs.keep(ledger, RAW, "churn-3", "build", " \n") == ""
    assert kept_logs.of(ledger.engine, op_id) == []


@pytest.mark.parametrize(
    ("text", "kept", "cut"),
    [
        ("\n".join(f"{n}" for n in range(600)), "\n".join(f"{n}" for n in range(600)), False),
        ("\n".join(f"{n}" for n in range(601)), "\n".join(f"{n}" for n in range(1, 601)), True),
        ("x" * 2000 + "\n \n", "x" * 2000, False),
        ("x" * 2001, "x" * 2000, True),
        ("\n".join(["y" * 2000] * 31 + ["x" * 1969]), "\n".join(["y" * 2000] * 31 + ["x" * 1969]), False),
        ("z" + "\n".join(["y" * 1999, *["y" * 2000] * 30, "x" * 1970]), None, True),
    ],
)
def test_the_end_of_a_long_log_is_kept_and_said_to_be_cut(
    ledger: Ledger, text: str, kept: str | None, cut: bool
) -> None:
    op_id = asked(ledger)
    kept_logs.keep(ledger, RAW, "churn-3", "build", text)
    (one,) = kept_logs.of(ledger.engine, op_id)
    assert one.cut == cut
    assert one.text == kept or (kept is None and one.text == text[1:] and len(one.text) == 64_000)


def test_why_there_is_no_log_is_the_newest_reason_and_goes_once_there_is_one(ledger: Ledger) -> None:
    op_id = asked(ledger)
    assert kept_logs.why_not(ledger.engine, op_id) == ""
    for why in ("The log could not be read.", "Asked with password=hunter2 " + "x" * 2000):
        kept_logs.missed(ledger, RAW, read(ledger, op_id), why)
    told = kept_logs.why_not(ledger.engine, op_id)
    assert told.startswith("Asked with password=[redacted] xx")
    assert len(told) == 1000 + len("[redacted]") - len("hunter2")
    assert kept_logs.of(ledger.engine, op_id) == []
    assert kept_logs.kept_at(ledger.engine, op_id) is None
    assert kept_logs.why_not(ledger.engine, "another") == ""
    kept_logs.keep(ledger, RAW, "churn-3", "build", "failed")
    assert kept_logs.why_not(ledger.engine, op_id) == ""
    assert [one.which for one in kept_logs.of(ledger.engine, op_id)] == ["build"]


def seen(ledger: Ledger, op_id: str = "", **more: str) -> None:
    """A state that was seen, or the one that an operation left."""
    facts = {"endpoint": "churn", "source": "update failed", "op_id": op_id, "hash": "h", **more}
    with Session(ledger.engine) as session:
        session.add(Snapshot(**facts, at=1, body={}))  # type: ignore[arg-type]
        session.commit()


def test_an_update_fell_back_when_the_next_state_seen_is_that_it_failed(ledger: Ledger) -> None:
    operation = read(ledger, asked(ledger))

    def fell() -> bool:
        return kept_logs.fell_back(ledger.engine, operation)

    seen(ledger)
    assert not fell(), "its own state was not seen yet"
    seen(ledger, operation.id, source="done")
    assert not fell()
    seen(ledger, endpoint="fraud")
    seen(ledger, scope="tags.update", source="seen")
    assert not fell()
    seen(ledger)
    assert fell()
    seen(ledger, source="seen")
    assert fell(), "what came after that is another story"
    seen(ledger, operation.id, source="done")
    seen(ledger, source="seen")
    seen(ledger)
    assert not fell(), "it went well, and something else failed later"
