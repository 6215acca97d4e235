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


def join(desk: Ledger, draft: str, endpoint: str = "churn", actor: str = BOB, host: str = HERE) -> int:
    """Stand in line; the number."""
    change = Change(kind=Kind.TAGS, endpoint=endpoint)
    row = queue.join(desk, Actor(actor), host, change, "id-1", draft, "seen", {"b", "a"})
    assert row.seq is not None
    return row.seq


def sent(desk: Ledger, key: str, outcome: str = "success") -> Operation:
    """An operation on record."""
    done(desk, key, outcome)
    operation = desk.find(BOB, key)
    assert operation is not None
    return operation


def at(desk: Ledger, now: int) -> None:
    """The next look at the clock says this."""
    assert isinstance(desk.clock, Clock)
    desk.clock.now = now - 1


def test_whoever_stands_in_line_is_found_with_what_they_saw_and_accepted(desk: Ledger) -> None:
    seq = join(desk, "one")
    row = queue.waiting_on(desk, HERE, "churn")
    assert row is not None
    assert (row.seq, row.draft, row.actor, row.kind, row.state) == (seq, "one", BOB, "tags.update", "waiting")
    assert (row.host, row.endpoint, row.endpoint_id, row.seen) == (HERE, "churn", "id-1", "seen")
    assert (row.acknowledged, row.reason, row.ended_at) == (["a", "b"], "", None)
    assert queue.waiting_on(desk, THERE, "churn") is queue.waiting_on(desk, HERE, "other") is None
    assert queue.by_draft(desk, "two") is None
    found = queue.by_draft(desk, "one")
    assert found is not None
    assert found.seq == seq


def test_one_waits_for_each_endpoint_of_a_workspace(desk: Ledger) -> None:
    seq = join(desk, "one")
    with pytest.raises(Conflict, match=BOB):
        join(desk, "two", actor=ALICE)
    assert join(desk, "one") == seq, "the same draft again"
    assert {join(desk, "two", "other"), join(desk, "three", host=THERE)} == {seq + 1, seq + 2}


def test_a_cancelled_draft_can_stand_in_line_again(desk: Ledger) -> None:
    seq = join(desk, "one")
    ended = queue.cancel(desk, BOB, seq)
    assert (ended.state, ended.line, ended.reason) == ("cancelled", None, "")
    assert ended.ended_at is not None
    assert queue.waiting_on(desk, HERE, "churn") is None
    assert queue.cancel(desk, BOB, seq).ended_at == ended.ended_at, "it stays as it ended"
    assert join(desk, "one") == seq
    again = queue.own(desk, BOB, seq)
    assert (again.state, again.ended_at, again.reason) == ("waiting", None, "")


def test_nobody_reaches_another_persons_change(desk: Ledger) -> None:
    seq = join(desk, "one")
    assert queue.own(desk, BOB, seq).draft == "one"
    for actor, number in ((ALICE, seq), (BOB, seq + 1)):
        with pytest.raises(NotFound):
            queue.own(desk, actor, number)
        with pytest.raises(NotFound):
            queue.cancel(desk, actor, number)
    assert queue.waiting_on(desk, HERE, "churn") is not None


def test_a_person_sees_their_open_changes_and_an_endpoint_all_that_it_had(desk: Ledger) -> None:
    first, second = join(desk, "one"), join(desk, "two", "other")
    join(desk, "three", "third", ALICE)
    join(desk, "four", host=THERE)
    assert [row.seq for row in queue.open_of(desk, HERE, BOB)] == [first, second]
    queue.cancel(desk, BOB, first)
    last = join(desk, "five", actor=ALICE)
    assert [row.seq for row in queue.open_of(desk, HERE, BOB)] == [second]
    assert [row.seq for row in queue.of_endpoint(desk, HERE, "churn")] == [last, first]
    assert [row.seq for row in queue.of_endpoint(desk, HERE, "churn", 1)] == [last]


def test_what_was_sent_leaves_the_line_and_what_was_refused_needs_attention(desk: Ledger) -> None:
    states = {}
    for outcome in ("success", "unknown", "refused", "failed"):
        join(desk, outcome, outcome)
        operation = sent(desk, f"op {outcome}", outcome)
        operation.error = {"message": "no"} if outcome == "refused" else None
        row = queue.applied(desk, outcome, operation)
        assert row is not None
        assert row.op_id == operation.id
        states[outcome] = (row.state, row.reason)
        assert queue.applied(desk, "never in line", operation) is None
    assert states == {
        "success": ("applied", ""),
        "unknown": ("applied", ""),
        "refused": ("needs attention", "no"),
        "failed": ("needs attention", "The workspace did not do this."),
    }
    assert queue.endpoints_of(desk, HERE, BOB) == ("refused", "failed")
    open_ = queue.open_of(desk, HERE, BOB)[0]
    assert queue.cancel(desk, BOB, open_.seq or 0).op_id == open_.op_id != "", "what became of it stays on record"


def test_what_was_sent_is_told_though_the_line_cannot_be_written(desk: Ledger) -> None:
    join(desk, "one")
    operation = sent(desk, "op")
    desk.hold = "Not yet."
    assert queue.applied(desk, "one", operation) is None


LOOKS: dict[str, Callable[[Ledger], object]] = {
    "waiting_on": lambda desk: queue.waiting_on(desk, HERE, "churn"),
    "open_of": lambda desk: queue.open_of(desk, HERE, BOB),
    "by_draft": lambda desk: queue.by_draft(desk, "one"),
    "own": lambda desk: queue.own(desk, BOB, 1),
    "of_endpoint": lambda desk: queue.of_endpoint(desk, HERE, "churn"),
    "join": lambda desk: join(desk, "another", actor=ALICE),
}


@pytest.mark.parametrize("look", LOOKS)
def test_whoever_looks_after_a_day_finds_the_line_empty(desk: Ledger, look: str) -> None:
    row = queue.own(desk, BOB, join(desk, "one"))
    at(desk, row.at + DAY_MS)
    waits = queue.waiting_on(desk, HERE, "churn")
    assert waits is not None, "a day is not over"
    assert waits.state == "waiting"
    at(desk, row.at + DAY_MS + 1)
    LOOKS[look](desk)
    at(desk, row.at)
    ended = queue.own(desk, BOB, 1)
    assert (ended.state, ended.line) == ("expired", None)
    assert "within a day" in ended.reason


def test_what_ended_does_not_expire_and_a_look_needs_nothing_written(desk: Ledger) -> None:
    queue.cancel(desk, BOB, join(desk, "one"))
    join(desk, "two", "other")
    assert isinstance(desk.clock, Clock)
    desk.clock.now += 2 * DAY_MS
    desk.hold = "Not yet."
    assert queue.own(desk, BOB, 1).state == "cancelled"
    assert queue.own(desk, BOB, 2).state == "waiting"


def test_the_mark_in_the_navigation_is_remembered_and_what_is_done_here_shows_at_once(desk: Ledger) -> None:
    assert queue.endpoints_of(desk, HERE, BOB) == ()
    seq = join(desk, "one")
    assert queue.endpoints_of(desk, HERE, BOB) == ("churn",)
    assert queue.endpoints_of(desk, THERE, BOB) == queue.endpoints_of(desk, HERE, ALICE) == ()
    another_process = Ledger(desk.engine, KEY, desk.clock)
    join(another_process, "two", "other")
    assert queue.endpoints_of(another_process, HERE, BOB) == ("churn", "other")
    assert queue.endpoints_of(desk, HERE, BOB) == ("churn",), "for 2 seconds"
    queue.cancel(desk, BOB, seq)
    assert queue.endpoints_of(desk, HERE, BOB) == ("other",)


def test_a_page_that_does_not_need_the_line_stands_without_it() -> None:
    unread = Ledger(open_engine("sqlite://"), KEY)
    assert queue.endpoints_of(unread, HERE, BOB) == ()
