"""The ledger stores what is meant before it happens and what came of it after, each signed; it holds what it cannot."""

import logging
import time
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from tests.audit.history import START_MS, Clock, at, begin, done
from tests.audit.test_chain import KEY, engine, intent
from web.audit import chain, queries
from web.audit.hand import log
from web.audit.keys import FOREIGN
from web.audit.ledger import Intent, Ledger, Outcome, now_ms, payload_hash
from web.audit.models import Operation, Snapshot
from web.audit.verify import verify
from web.errors import PortalError

__all__ = ["engine"]
SECRET = {"openai_api_key_plaintext": "sk-canary"}
INTENT = {
    "kind", "endpoint", "endpoint_id", "before", "diff", "calls", "change", "request_id", "host", "payload_hash",
    "acknowledged", "executed_by", "at", "actor_id", "idempotency_key",
}  # fmt: skip
OUTCOME = {
    "kind", "endpoint", "outcome", "after", "calls", "error", "endpoint_id", "readback", "duration_ms", "settled_at"
}  # fmt: skip
WHOLE: dict[str, Any] = {
    "kind": "gateway.update",
    "endpoint": "fraud",
    "endpoint_id": "id-1",
    "actor": "eve@example.com",
    "actor_id": "7",
    "payload_hash": "hash",
    "request_id": "req-1",
    "host": "https://w.example",
    "executed_by": "portal-app",
    "before": {"name": "fraud", "n": 2**60},
    "diff": [{"path": "a", "before": 1, "after": 2}],
    "calls": [{"method": "PUT", "path": "/x"}],
    "change": {"kind": "gateway.update"},
    "acknowledged": [{"code": "CUTS_TRAFFIC"}],
}


@pytest.fixture
def made(engine: Engine) -> tuple[Ledger, Clock]:
    return at(engine)


def read(engine: Engine, op_id: str) -> Operation:
    return queries.operation(engine, op_id, lambda _operation: True)


def seen(engine: Engine) -> list[Snapshot]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(select(Snapshot).order_by(col(Snapshot.seq))))


def test_an_intent_is_stored_with_all_it_says_and_is_open(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, clock = made
    operation, new = ledger.begin(Intent(idempotency_key="key-1", **WHOLE))
    assert (new, operation.seq) == (True, 1)
    stored = read(engine, operation.id)
    said = {name: getattr(stored, name) for name in WHOLE}
    assert said == {**WHOLE, "before": {"name": "fraud", "n": str(2**60)}}
    assert (stored.idempotency_key, stored.outcome, stored.seq) == ("key-1", "pending", 1)
    assert (stored.after, stored.error, stored.readback, stored.duration_ms, stored.settled_at) == (
        None, None, [], None, None,
    )  # fmt: skip
    assert START_MS < stored.at < clock.now
    (entry,) = queries.entries(engine, operation.id)
    assert (entry.stage, entry.actor, entry.prev_mac) == ("intent", "eve@example.com", chain.GENESIS)
    assert stored.at < entry.at <= clock.now
    assert entry.payload == {name: getattr(stored, name) for name in INTENT}


def test_an_outcome_is_stored_and_signed_after_its_intent(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, clock = made
    op_id = begin(ledger, "k", endpoint_id="")
    clock.now += 5000
    came = Outcome("failed", [{"status": 500}], {"n": 1}, {"message": "no"}, "id-9", [{"path": "x"}])
    answered = ledger.finish(op_id, came)
    stored = read(engine, op_id)
    assert answered.as_json() == stored.as_json()
    assert (stored.outcome, stored.calls, stored.after, stored.error, stored.readback, stored.endpoint_id) == (
        "failed", [{"status": 500}], {"n": 1}, {"message": "no"}, [{"path": "x"}], "id-9",
    )  # fmt: skip
    assert stored.duration_ms == 5002
    assert stored.settled_at is None
    first, second = queries.entries(engine, op_id)
    assert (second.stage, second.prev_mac) == ("outcome", first.mac)
    assert second.payload == {name: getattr(stored, name) for name in OUTCOME}


def test_what_is_settled_later_keeps_how_long_it_took_and_says_when(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, clock = made
    op_id = begin(ledger, "k", endpoint_id="id-1")
    took = ledger.finish(op_id, Outcome("unknown", [])).duration_ms
    clock.now += 60_000
    before = clock.now
    settled = ledger.finish(op_id, Outcome("success", []))
    assert (settled.outcome, settled.duration_ms, settled.endpoint_id) == ("success", took, "id-1")
    assert settled.settled_at == before + 1
    assert [entry.stage for entry in queries.entries(engine, op_id)] == ["intent", "outcome", "reconciled"]
    assert verify(engine, KEY).ok


def test_no_secret_of_an_intent_or_of_its_outcome_is_stored(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    many: dict[str, Any] = {
        "change": SECRET,
        "calls": [SECRET],
        "diff": [SECRET],
        "before": SECRET,
        "acknowledged": [SECRET],
    }
    operation, _ = ledger.begin(intent("k", **many))
    for name in many:
        assert "canary" not in str(getattr(operation, name)), name
    ended = ledger.finish(operation.id, Outcome("failed", [SECRET], SECRET, SECRET, "", [SECRET]))
    for name in ("calls", "after", "error", "readback"):
        assert "canary" not in str(getattr(ended, name)), name
        assert "redacted" in str(getattr(ended, name)), name
    assert verify(engine, KEY).ok


def test_an_operation_is_found_by_its_person_and_key(made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    op_id = begin(ledger, "k")
    found = ledger.find("bob@example.com", "k")
    assert found is not None
    assert found.id == op_id
    assert ledger.find("eve@example.com", "k") is None
    assert ledger.find("bob@example.com", "other") is None
    begin(ledger, "k", actor="eve@example.com")
    begin(ledger, "other")


def test_a_key_used_for_something_else_says_so_by_its_code(made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    ledger.begin(intent("k"))
    with pytest.raises(PortalError) as refused:
        ledger.begin(intent("k", payload="other"))
    assert (refused.value.status, refused.value.code) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_each_transaction_counts_as_one_write(made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    assert ledger.writes == 0
    done(ledger, "k")
    assert ledger.writes == 2
    ledger.hold = "Not yet."
    with pytest.raises(PortalError):
        begin(ledger, "held")
    assert ledger.writes == 2


def test_while_the_history_is_held_nothing_begins_and_outcomes_wait_in_memory(
    engine: Engine, made: tuple[Ledger, Clock]
) -> None:
    ledger, _ = made
    one, two = begin(ledger, "one"), begin(ledger, "two")
    ledger.hold = "The history is being brought back."
    with pytest.raises(PortalError, match="being brought back") as refused:
        begin(ledger, "three")
    assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
    for op_id in (one, two):
        kept = ledger.finish_or_hold(read(engine, op_id), Outcome("success", []))
        assert (kept.id, kept.outcome) == (op_id, "pending")
    assert ledger.catch_up() == 0
    assert read(engine, one).outcome == "pending"
    ledger.hold = ""
    assert ledger.catch_up() == 2
    assert (read(engine, one).outcome, read(engine, two).outcome) == ("success", "success")
    assert ledger.catch_up() == 0
    assert [entry.stage for entry in queries.entries(engine, one)] == ["intent", "outcome"]


@pytest.mark.parametrize(
    ("why", "hint"),
    [("It is being moved.", "Nothing was sent. Try again in a moment."), (FOREIGN, "Nothing was sent.")],
)
def test_a_hold_that_does_not_end_by_itself_asks_for_no_second_try(
    made: tuple[Ledger, Clock], why: str, hint: str
) -> None:
    ledger, _ = made
    ledger.hold = why
    with pytest.raises(PortalError) as refused:
        begin(ledger, "k")
    assert (refused.value.message, refused.value.hint) == (why, hint)


def test_catching_up_stops_where_it_cannot_go_on_and_goes_on_there(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    ids = [begin(ledger, f"k{place}") for place in range(3)]
    ledger.hold = "Not yet."
    for op_id in ids:
        ledger.finish_or_hold(read(engine, op_id), Outcome("success", []))
    ledger.hold = ""
    with engine.begin() as connection:
        connection.execute(
            text(
                f"CREATE TRIGGER full BEFORE UPDATE ON operation WHEN new.id = '{ids[1]}' "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    assert ledger.catch_up() == 1
    assert [read(engine, op_id).outcome for op_id in ids] == ["success", "pending", "pending"]
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER full"))
    assert ledger.catch_up() == 2
    assert [read(engine, op_id).outcome for op_id in ids] == ["success"] * 3


def test_a_history_that_cannot_be_written_refuses_the_change(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, _ = made
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_entry RENAME TO gone"))
    with pytest.raises(PortalError, match="cannot be written, so nothing was sent") as refused:
        begin(ledger, "k")
    assert (refused.value.status, refused.value.code) == (503, "AUDIT_UNAVAILABLE")
    assert ledger.writes == 0
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM operation")).scalar() == 0


def test_a_state_is_remembered_once_and_each_other_one_beside_it(engine: Engine, made: tuple[Ledger, Clock]) -> None:
    ledger, clock = made
    for _ in range(2):
        ledger.remember("churn", "endpoint", "h1", 3, {"name": "churn", **SECRET})
    ledger.remember("churn", "endpoint", "h2", 4, {})
    ledger.remember("churn", "tags.update", "h1", None, {})
    ledger.remember("fraud", "endpoint", "h1", 1, {})
    kept = [(s.endpoint, s.scope, s.hash, s.config_version, s.source) for s in seen(engine)]
    assert kept == [
        ("churn", "endpoint", "h1", 3, "seen"),
        ("churn", "endpoint", "h2", 4, "seen"),
        ("churn", "tags.update", "h1", None, "seen"),
        ("fraud", "endpoint", "h1", 1, "seen"),
    ]
    first = seen(engine)[0]
    assert first.body["name"] == "churn"
    assert "canary" not in str(first.body)
    assert START_MS < first.at <= clock.now
    ledger.hold = "Not yet."
    ledger.remember("other", "endpoint", "h1", 1, {})
    assert len(seen(engine)) == 4


def test_an_index_that_cannot_be_written_is_logged_and_stops_nothing(
    engine: Engine, made: tuple[Ledger, Clock], caplog: pytest.LogCaptureFixture
) -> None:
    log.disabled = False  # a library that another test used may have switched it off
    caplog.set_level(logging.ERROR, log.name)
    ledger, _ = made
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE operation_words"))
    assert read(engine, done(ledger, "k")).outcome == "success"
    assert [record.getMessage() for record in caplog.records] == [
        "operations could not be put into the index of words"
    ] * 2


def test_an_outcome_is_found_by_its_words_and_the_intent_before_it_too(
    engine: Engine, made: tuple[Ledger, Clock]
) -> None:
    ledger, _ = made
    op_id = begin(ledger, "k")

    def finds(word: str) -> bool:
        return bool(queries.page(engine, queries.Filter(q=word), lambda _operation: True).operations)

    assert (finds("pending"), finds("refused")) == (True, False)
    ledger.finish(op_id, Outcome("refused", [], error={"message": "Kapazität"}))
    assert (finds("pending"), finds("refused"), finds("kapazität")) == (False, True, True)


def test_what_was_asked_is_known_again_by_its_hash_and_only_with_the_key() -> None:
    asked = {"b": 1, "a": {"z": [1, 2], "y": "ä"}}
    assert payload_hash(asked, KEY) == payload_hash({"a": {"y": "ä", "z": [1, 2]}, "b": 1}, KEY)
    assert payload_hash(asked, KEY) != payload_hash(asked, b"another key")
    assert payload_hash(asked, KEY) != payload_hash({**asked, "b": 2}, KEY)
    known = "5f79e92d245384cbb857af853ff96e0e"
    assert payload_hash(asked, KEY).startswith(known), "a request is the same one after an update of the portal"
    assert len(payload_hash({"odd": {1}}, KEY)) == 64


def test_the_time_is_in_ms_since_1970() -> None:
    assert abs(now_ms() - time.time() * 1000) < 60_000
