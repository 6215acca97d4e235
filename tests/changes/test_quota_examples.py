"""When a person is told that the workspace's quota of creates and updates is nearly used up."""

from typing import Any

from tests.audit.history import Clock, begin
from web.audit.ledger import Intent, Ledger
from web.changes.kinds import Change, Kind
from web.changes.quota import quota_warnings, spent

BOB = "bob@example.com"
MINUTES_5 = 300_000
COUNTED = [Kind.CREATE, Kind.CONFIG, Kind.TRAFFIC, Kind.START, Kind.RESTORE]


def sent(ledger: Ledger, count: int) -> None:
    """So many updates of a config, stored at once."""
    nothing: dict[str, Any] = {"change": {}, "calls": [], "diff": [], "before": None}
    with ledger.writing() as session:
        for place in range(count):
            session.add(ledger.operation(Intent(Kind.CONFIG, "churn", BOB, "2", f"{place}", "p", **nothing)))


def change(kind: Kind) -> Change:
    return Change(kind=kind, endpoint="churn")


def test_the_45th_within_five_minutes_is_told_and_the_44th_is_not(ledger: Ledger) -> None:
    sent(ledger, 44)
    assert quota_warnings(ledger, change(Kind.CONFIG)) == []
    begin(ledger, "one more", kind=Kind.CREATE)
    (found,) = quota_warnings(ledger, change(Kind.CONFIG))
    assert (found.path, found.code) == ("", "quota")
    assert "takes 50 creates" in found.message
    assert "sent 45" in found.message
    assert [bool(quota_warnings(ledger, change(kind))) for kind in COUNTED] == [True] * 5
    assert quota_warnings(ledger, change(Kind.TAGS)) == []


def test_only_what_the_quota_is_about_counts(ledger: Ledger) -> None:
    for kind in Kind:
        begin(ledger, f"each {kind}", kind=kind)
    assert spent(ledger) == len(COUNTED)


def test_after_five_minutes_it_does_not_count(ledger: Ledger) -> None:
    began = begin_at(ledger)
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now = began + MINUTES_5 - 1
    assert spent(ledger) == 1, "the very edge"
    assert spent(ledger) == 0


def begin_at(ledger: Ledger) -> int:
    """Send one; when it was stamped, in ms."""
    assert isinstance(ledger.clock, Clock)
    began = ledger.clock.now + 1
    begin(ledger, "edge", kind=Kind.CONFIG)
    return began
