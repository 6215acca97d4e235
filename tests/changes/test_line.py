"""The line before an endpoint by itself: one waits at a time, a day at most, and each person sees their own."""

from collections.abc import Callable

import pytest

from tests.audit.history import DAY_MS, Clock, done
from tests.audit.test_chain import KEY
from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.changes import queue
from web.changes.kinds import Change, Kind
from web.changes.perform import Actor
from web.db.engine import open_engine
from web.errors import Conflict, NotFound

HERE, THERE = "https://here", "https://there"
BOB, ALICE = "bob@example.com", "alice@example.com"


def join(ledger: Ledger, draft: str, endpoint: str = "churn", actor: str = BOB, host: str = HERE) -> int:
    """Stand in line; the number."""
    change = Change(kind=Kind.TAGS, endpoint=endpoint)
    row = queue.join(ledger, Actor(actor), host, change, "id-1", draft, "seen", {"b", "a"})
    assert row.seq is not None
    return row.seq


def sent(ledger: Ledger, key: str, outcome: str = "success") -> Operation:
    """An operation on record."""
    done(ledger, key, outcome)
    operation = ledger.find(BOB, key)
    assert operation is not None
    return operation


def at(ledger: Ledger, now: int) -> None:
    """The next look at the clock says this."""
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now = now - 1


def test_whoever_stands_in_line_is_found_with_what_they_saw_and_accepted(ledger: Ledger) -> None:
    seq = join(ledger, "one")
    row = queue.waiting_on(ledger, HERE, "churn")
    assert row is not None
    assert (row.seq, row.draft, row.actor, row.kind, row.state) == (seq, "one", BOB, "tags.update", "waiting")
    assert (row.host, row.endpoint, row.endpoint_id, row.seen) == (HERE, "churn", "id-1", "seen")
    assert (row.acknowledged, row.reason, row.ended_at) == (["a", "b"], "", None)
    assert queue.waiting_on(ledger, THERE, "churn") is queue.waiting_on(ledger, HERE, "other") is None
    assert queue.by_draft(ledger, "two") is None
    found = queue.by_draft(ledger, "one")
    assert found is not None
    assert found.seq == seq


def test_one_waits_for_each_endpoint_of_a_workspace(ledger: Ledger) -> None:
    seq = join(ledger, "one")
    with pytest.raises(Conflict, match=BOB):
        join(ledger, "two", actor=ALICE)
    assert join(ledger, "one") == seq, "the same draft again"
    assert {join(ledger, "two", "other"), join(ledger, "three", host=THERE)} == {seq + 1, seq + 2}


def test_a_cancelled_draft_can_stand_in_line_again(ledger: Ledger) -> None:
    seq = join(ledger, "one")
    ended = queue.cancel(ledger, BOB, seq)
    assert (ended.state, ended.line, ended.reason) == ("cancelled", None, "")
    assert ended.ended_at is not None
    assert queue.waiting_on(ledger, HERE, "churn") is None
    assert queue.cancel(ledger, BOB, seq).ended_at == ended.ended_at, "it stays as it ended"
    assert join(ledger, "one") == seq
    again = queue.own(ledger, BOB, seq)
    assert (again.state, again.ended_at, again.reason) == ("waiting", None, "")


def test_nobody_reaches_another_persons_change(ledger: Ledger) -> None:
    seq = join(ledger, "one")
    assert queue.own(ledger, BOB, seq).draft == "one"
    for actor, number in ((ALICE, seq), (BOB, seq + 1)):
        with pytest.raises(NotFound):
            queue.own(ledger, actor, number)
        with pytest.raises(NotFound):
            queue.cancel(ledger, actor, number)
    assert queue.waiting_on(ledger, HERE, "churn") is not None


def test_a_person_sees_their_open_changes_and_an_endpoint_all_that_it_had(ledger: Ledger) -> None:
    first, second = join(ledger, "one"), join(ledger, "two", "other")
    join(ledger, "three", "third", ALICE)
    join(ledger, "four", host=THERE)
    assert [row.seq for row in queue.open_of(ledger, HERE, BOB)] == [first, second]
    queue.cancel(ledger, BOB, first)
    last = join(ledger, "five", actor=ALICE)
    assert [row.seq for row in queue.open_of(ledger, HERE, BOB)] == [second]
    assert [row.seq for row in queue.of_endpoint(ledger, HERE, "churn")] == [last, first]
    assert [row.seq for row in queue.of_endpoint(ledger, HERE, "churn", 1)] == [last]


def test_what_was_sent_leaves_the_line_and_what_was_refused_needs_attention(ledger: Ledger) -> None:
    states = {}
    for outcome in ("success", "unknown", "refused", "failed"):
        join(ledger, outcome, outcome)
        operation = sent(ledger, f"op {outcome}", outcome)
        operation.error = {"message": "no"} if outcome == "refused" else None
        row = queue.applied(ledger, outcome, operation)
        assert row is not None
        assert row.op_id == operation.id
        states[outcome] = (row.state, row.reason)
        assert queue.applied(ledger, "never in line", operation) is None
    assert states == {
        "success": ("applied", ""),
        "unknown": ("applied", ""),
        "refused": ("needs attention", "no"),
        "failed": ("needs attention", "The workspace did not do this."),
    }
    assert queue.endpoints_of(ledger, HERE, BOB) == ("refused", "failed")
    open_ = queue.open_of(ledger, HERE, BOB)[0]
    assert queue.cancel(ledger, BOB, open_.seq or 0).op_id == open_.op_id != "", "what became of it stays on record"


def test_what_was_sent_is_told_though_the_line_cannot_be_written(ledger: Ledger) -> None:
    join(ledger, "one")
    operation = sent(ledger, "op")
    ledger.hold = "Not yet."
    assert queue.applied(ledger, "one", operation) is None


LOOKS: dict[str, Callable[[Ledger], object]] = {
    "waiting_on": lambda ledger: queue.waiting_on(ledger, HERE, "churn"),
    "open_of": lambda ledger: queue.open_of(ledger, HERE, BOB),
    "by_draft": lambda ledger: queue.by_draft(ledger, "one"),
    "own": lambda ledger: queue.own(ledger, BOB, 1),
    "of_endpoint": lambda ledger: queue.of_endpoint(ledger, HERE, "churn"),
    "join": lambda ledger: join(ledger, "another", actor=ALICE),
}


@pytest.mark.parametrize("look", LOOKS)
def test_whoever_looks_after_a_day_finds_the_line_empty(ledger: Ledger, look: str) -> None:
    row = queue.own(ledger, BOB, join(ledger, "one"))
    at(ledger, row.at + DAY_MS)
    waits = queue.waiting_on(ledger, HERE, "churn")
    assert waits is not None, "a day is not over"
    assert waits.state == "waiting"
    at(ledger, row.at + DAY_MS + 1)
    LOOKS[look](ledger)
    at(ledger, row.at)
    ended = queue.own(ledger, BOB, 1)
    assert (ended.state, ended.line) == ("expired", None)
    assert "within a day" in ended.reason


def test_what_ended_does_not_expire_and_a_look_needs_nothing_written(ledger: Ledger) -> None:
    queue.cancel(ledger, BOB, join(ledger, "one"))
    join(ledger, "two", "other")
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now += 2 * DAY_MS
    ledger.hold = "Not yet."
    assert queue.own(ledger, BOB, 1).state == "cancelled"
    assert queue.own(ledger, BOB, 2).state == "waiting"


def test_the_mark_in_the_navigation_is_remembered_and_what_is_done_here_shows_at_once(ledger: Ledger) -> None:
    assert queue.endpoints_of(ledger, HERE, BOB) == ()
    seq = join(ledger, "one")
    assert queue.endpoints_of(ledger, HERE, BOB) == ("churn",)
    assert queue.endpoints_of(ledger, THERE, BOB) == queue.endpoints_of(ledger, HERE, ALICE) == ()
    another_process = Ledger(ledger.engine, KEY, ledger.clock)
    join(another_process, "two", "other")
    assert queue.endpoints_of(another_process, HERE, BOB) == ("churn", "other")
    assert queue.endpoints_of(ledger, HERE, BOB) == ("churn",), "for 2 seconds"
    queue.cancel(ledger, BOB, seq)
    assert queue.endpoints_of(ledger, HERE, BOB) == ("other",)


def test_a_page_that_does_not_need_the_line_stands_without_it() -> None:
    unread = Ledger(open_engine("sqlite://"), KEY)
    assert queue.endpoints_of(unread, HERE, BOB) == ()
