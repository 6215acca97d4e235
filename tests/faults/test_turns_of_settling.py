"""Outcomes that nobody can tell hold up no newer one, however many there are."""

from pathlib import Path

import pytest

from tests.audit.history import begin
from tests.servers import app_environment
from web.audit import queries
from web.audit.ledger import Ledger, Outcome
from web.changes.settle import interrupted
from web.config import load
from web.emulator.server import Emulator
from web.keeper import Settling
from web.services import Services, build

OLD_MS = 60_000


@pytest.fixture
def services(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """What a portal in app mode shares, without its pages."""
    monkeypatch.setattr(queries, "AT_ONCE", 20)
    for name, value in app_environment(emulator.url, 0, tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    return build(load())


def unknown(ledger: Ledger, key: str, host: str, **more: object) -> None:
    op_id = begin(ledger, key, host=host, **{"change": {"kind": "tags.update", "endpoint": "churn"}, **more})
    ledger.finish(op_id, Outcome("unknown", [], error={"message": "no reply"}))


def test_what_no_round_can_settle_is_passed_by(services: Services, emulator: Emulator) -> None:
    ledger, clock = services.ledger, services.ledger.clock
    ledger.clock = lambda: clock() - OLD_MS
    for number in range(queries.AT_ONCE):
        unknown(ledger, f"lost-{number}", "https://a-workspace-of-long-ago.example.com")
    unknown(ledger, "newest", emulator.url)
    ledger.clock = clock
    rounds = Settling(services)
    rounds.once()
    assert len(queries.unsettled(services.engine)) == queries.AT_ONCE, "the oldest are the same still"
    assert queries.unsettled(services.engine)[-1].idempotency_key == f"lost-{queries.AT_ONCE - 1}"
    rounds.once()
    assert queries.unsettled(services.engine, after=queries.AT_ONCE) == []
    rounds.once()
    assert rounds.after == queries.AT_ONCE, "after the newest the oldest have their turn again"


def test_one_that_cannot_be_judged_holds_up_no_other(services: Services, emulator: Emulator) -> None:
    ledger, clock = services.ledger, services.ledger.clock
    ledger.clock = lambda: clock() - OLD_MS
    unknown(ledger, "odd", emulator.url, change={"kind": "tags.update", "of": "another version"})
    unknown(ledger, "newest", emulator.url)
    ledger.clock = clock
    Settling(services).once()
    assert [o.idempotency_key for o in queries.unsettled(services.engine)] == ["odd"]


def test_every_change_that_a_stop_cut_off_is_unknown_afterwards(services: Services) -> None:
    for number in range(queries.AT_ONCE + 1):
        begin(services.ledger, f"cut-{number}")
    assert interrupted(services.ledger) == queries.AT_ONCE + 1
    assert queries.unsettled(services.engine, outcomes=("pending",)) == []
