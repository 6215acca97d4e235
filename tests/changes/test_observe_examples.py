"""How an endpoint was over time, by example: whose doing each state is, and what was changed past the portal."""

from typing import Any

import pytest

from tests.audit.history import Clock, begin
from tests.changes.lost import NAME, config, entity, later, live, tags
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Snapshot
from web.changes import observe
from web.changes.kinds import Kind
from web.errors import NotFound

LARGE = config(entity(workload_size="Large"))
DONE = [{"status": "done"}, {"status": "refused"}]


def states(ledger: Ledger, name: str = NAME) -> list[tuple[str, str]]:
    """(source, operation) of each state kept, newest first."""
    return [(one.source, one.op_id) for one in observe.latest(ledger, name, 99)]


def made(ledger: Ledger, key: str, outcome: str = "success", **more: Any) -> str:
    """A change made here whose result was not read back; its id."""
    op_id = begin(ledger, key, **{"endpoint": NAME, **more})
    ledger.finish(op_id, Outcome(outcome, more.get("calls", [])))
    return op_id


def test_an_update_that_runs_counts_as_made_and_one_that_failed_does_not() -> None:
    runs = live(pending_config=LARGE, state={"config_update": "IN_PROGRESS"})
    failed = live(pending_config=LARGE, state={"config_update": "UPDATE_FAILED"})
    assert observe.heading_for(runs)["config"] == LARGE
    assert observe.heading_for(failed)["config"] == live()["config"]
    assert observe.heading_for(live(state={"config_update": "IN_PROGRESS"})) == live(
        state={"config_update": "IN_PROGRESS"}
    )
    assert observe.heading_for(live(state=None)) == live(state=None)
    assert observe.state_hash(runs) == observe.state_hash(live(config=LARGE)) != observe.state_hash(live())
    assert observe.state_hash(live(state={"suspend": "STOPPED"})) == observe.state_hash(live())


def test_a_state_is_kept_once_and_without_secrets(ledger: Ledger) -> None:
    now = live(
        config=config(entity(environment_vars={"TOKEN": "s3cret"})),
        pending_config={**config(), "config_version": 7},
        state={"config_update": "IN_PROGRESS"},
    )
    assert observe.see(ledger, lambda: now) == now
    observe.look(ledger, now)
    (kept,) = observe.latest(ledger, NAME, 9)
    assert (kept.source, kept.op_id, kept.scope, kept.endpoint) == (observe.SEEN, "", "endpoint", NAME)
    assert (kept.hash, kept.config_version) == (observe.state_hash(now), 7)
    assert "pending_config" not in kept.body
    observe.look(ledger, live(config=config(entity(environment_vars={"TOKEN": "s3cret"}))))
    assert "s3cret" not in str(observe.latest(ledger, NAME)[0].body)
    assert len(states(ledger)) == 2
    assert len(observe.latest(ledger, NAME)) == 1


def test_what_is_no_endpoint_of_ones_own_is_not_watched(ledger: Ledger) -> None:
    for odd in ({}, live(id=None), live(name=""), {"name": NAME}):
        observe.look(ledger, odd)
    assert states(ledger) == states(ledger, "") == states(ledger, "None") == []


def test_a_read_that_fails_keeps_nothing(ledger: Ledger) -> None:
    def read() -> dict[str, Any]:
        raise NotFound("gone")

    with pytest.raises(NotFound):
        observe.see(ledger, read)
    assert states(ledger) == []


def test_an_answer_older_than_what_is_kept_says_nothing_new(ledger: Ledger) -> None:
    observe.look(ledger, live())
    at = observe.latest(ledger, NAME)[0].at
    observe.look(ledger, live(**tags(a="1")), at - 1)
    assert len(states(ledger)) == 1
    observe.look(ledger, live(**tags(a="1")), at)
    assert len(states(ledger)) == 2

    def slow() -> dict[str, Any]:
        observe.look(ledger, live(**tags(a="3")))
        return live(**tags(a="2"))

    observe.see(ledger, slow)
    assert len(states(ledger)) == 3


def test_a_difference_may_be_that_of_a_change_without_an_outcome(ledger: Ledger) -> None:
    op_id = begin(ledger, "k", endpoint=NAME)
    observe.look(ledger, live())
    assert states(ledger) == []
    begin(ledger, "of another", endpoint="other")
    ledger.finish(op_id, Outcome("refused", []))
    observe.look(ledger, live())
    assert states(ledger) == [(observe.SEEN, "")]


def test_what_was_read_back_is_the_changes_own_state_also_when_somebody_saw_it_first(ledger: Ledger) -> None:
    observe.after_change(ledger, live(), "one")
    assert states(ledger) == [(observe.PORTAL, "one")]
    observe.after_change(ledger, live(), "two")
    assert states(ledger) == [(observe.PORTAL, "two"), (observe.PORTAL, "one")]
    observe.look(ledger, live(**tags(a="1")))
    observe.after_change(ledger, live(**tags(a="1")), "three")
    assert states(ledger)[0] == (observe.PORTAL, "three")
    assert len(states(ledger)) == 3
    observe.look(ledger, live(**tags(a="2")))
    observe.after_change(ledger, live(**tags(a="3")), "four")
    assert states(ledger)[:2] == [(observe.PORTAL, "four"), (observe.SEEN, "")]


def test_a_history_that_cannot_be_written_stops_no_look(ledger: Ledger) -> None:
    observe.look(ledger, live())
    ledger.hold = "It is being moved."
    observe.look(ledger, live(**tags(a="1")))
    observe.after_change(ledger, live(), "one")
    ledger.hold = ""
    assert states(ledger) == [(observe.SEEN, "")]


@pytest.mark.parametrize(
    ("change", "whose"),
    [
        ({}, observe.PORTAL),
        ({"outcome": "refused", "calls": DONE}, observe.PORTAL),
        ({"outcome": "refused", "calls": DONE[1:]}, observe.SEEN),
        ({"outcome": "failed"}, observe.SEEN),
        ({"kind": Kind.DELETE}, observe.SEEN),
        ({"endpoint": "other"}, observe.SEEN),
    ],
)
def test_a_change_that_could_not_be_read_back_explains_what_is_seen_next(
    ledger: Ledger, change: Any, whose: str
) -> None:
    observe.look(ledger, live())
    op_id = made(ledger, "k", **change)
    observe.look(ledger, live(**tags(a="1")))
    assert states(ledger)[0] == (whose, op_id if whose == observe.PORTAL else "")
    observe.look(ledger, live(**tags(a="2")))
    assert states(ledger)[0] == (observe.SEEN, ""), "it explains one difference"


def test_a_change_explains_the_first_state_and_none_that_was_there_before_it_ended(ledger: Ledger) -> None:
    op_id = made(ledger, "first")
    observe.look(ledger, live())
    assert states(ledger) == [(observe.PORTAL, op_id)]
    made(ledger, "second")
    later(ledger, 1000)
    observe.look(ledger, live(**tags(a="1")))
    observe.look(ledger, live(**tags(a="2")))
    assert [source for source, _ in states(ledger)] == [observe.SEEN, observe.PORTAL, observe.PORTAL]


def test_a_change_that_was_settled_late_ended_when_it_was_settled(ledger: Ledger) -> None:
    op_id = begin(ledger, "k", endpoint=NAME)
    ledger.finish(op_id, Outcome("unknown", []))
    later(ledger, 5000)
    observe.after_change(ledger, live(), "another")
    later(ledger, 5000)
    ledger.finish(op_id, Outcome("success", []))
    observe.look(ledger, live(**tags(a="1")))
    assert states(ledger)[0] == (observe.PORTAL, op_id)


def test_a_change_that_took_long_ended_when_its_outcome_was_stored(ledger: Ledger) -> None:
    op_id = begin(ledger, "k", endpoint=NAME)
    later(ledger, 5000)
    observe.after_change(ledger, live(), "another")
    ledger.finish(op_id, Outcome("success", []))
    observe.look(ledger, live(**tags(a="1")))
    assert states(ledger)[0] == (observe.PORTAL, op_id)


FAILED = {"config_update": "UPDATE_FAILED"}


@pytest.mark.parametrize(
    ("now", "whose"),
    [
        (live(state=FAILED), observe.FAILED),
        (live(state={"config_update": "UPDATE_CANCELED"}), observe.FAILED),
        (live(), observe.SEEN),
        (live(state=None), observe.SEEN),
        (live(state=FAILED, **tags(a="1")), observe.SEEN),
        (live(state=FAILED, config=config(entity(workload_size="Medium"))), observe.SEEN),
    ],
)
def test_a_failed_update_falls_back_to_a_config_of_before(ledger: Ledger, now: Any, whose: str) -> None:
    observe.look(ledger, live())
    observe.after_change(ledger, live(config=LARGE), made(ledger, "k"))
    observe.look(ledger, now)
    assert states(ledger)[0] == (whose, "")


def test_a_failed_update_is_no_news_of_an_endpoint_first_seen(ledger: Ledger) -> None:
    observe.look(ledger, live(state=FAILED))
    assert states(ledger) == [(observe.SEEN, "")]
    observe.look(ledger, live(state=FAILED, config=LARGE))
    assert states(ledger)[0] == (observe.SEEN, ""), "a config that is new is none of before"


def kept(*sources: str, hashes: str = "") -> list[Snapshot]:
    """States, newest first; `hashes`: a letter for each."""
    letters = hashes or "abcdefgh"[: len(sources)]
    rows = zip(sources, letters, strict=True)
    return [
        Snapshot(endpoint=NAME, source=source, hash=letter, op_id=f"op-{letter}", at=1, body={})
        for source, letter in rows
    ]


P, S, A, F = observe.PORTAL, observe.SEEN, observe.ADOPTED, observe.FAILED


@pytest.mark.parametrize(
    ("recent", "found"),
    [
        (kept(S, P), "a"),
        (kept(S, S, P), "ab"),
        (kept(P, S, P), "b"),
        (kept(S, S), ""),
        (kept(P, S), ""),
        (kept(S), ""),
        (kept(), ""),
        (kept(A, S, P), ""),
        (kept(S, A, P), "a"),
        (kept(S, P, A, S, P), "a"),
        (kept(F, P), ""),
        (kept(S, P, hashes="aa"), ""),
        (kept(P, S, P, hashes="xax"), ""),
        (kept(S, S, P, hashes="xax"), ""),
        (kept(P, S, P, hashes="xay"), "a"),
    ],
)
def test_what_was_reached_elsewhere_after_a_change_made_here(recent: list[Snapshot], found: str) -> None:
    assert "".join(one.hash for one in observe.strangers(recent, set())) == found


def test_going_back_ends_what_was_reached_elsewhere(ledger: Ledger) -> None:
    assert observe.strangers(kept(P, S, P), {"op-a"}) == []
    assert [one.hash for one in observe.strangers(kept(S, P, S, P), {"op-b"})] == ["a"]
    observe.after_change(ledger, live(), made(ledger, "one"))
    assert observe.outside(ledger, NAME) is None
    observe.look(ledger, live(**tags(a="1")))
    found = observe.outside(ledger, NAME)
    assert found is not None
    assert found.body["tags"] == tags(a="1")["tags"]
    refused = made(ledger, "no", "refused", kind=Kind.RESTORE, calls=DONE)
    observe.after_change(ledger, live(**tags(b="1")), refused)
    assert observe.outside(ledger, NAME) is not None
    observe.after_change(ledger, live(**tags(c="1")), made(ledger, "other", kind=Kind.RESTORE, endpoint="other"))
    assert observe.outside(ledger, NAME) is not None
    observe.after_change(ledger, live(**tags(d="1")), made(ledger, "back", kind=Kind.RESTORE))
    assert observe.outside(ledger, NAME) is None


def test_only_a_state_reached_elsewhere_can_be_adopted(ledger: Ledger) -> None:
    observe.after_change(ledger, live(), made(ledger, "one"))
    observe.look(ledger, live(**tags(a="1")))
    new, old = observe.latest(ledger, NAME, 2)
    observe.adopt(ledger, NAME, old.seq or 0, "bob")
    observe.adopt(ledger, "other", new.seq or 0, "bob")
    observe.adopt(ledger, NAME, 999, "bob")
    assert [source for source, _ in states(ledger)] == [observe.SEEN, observe.PORTAL]
    observe.adopt(ledger, NAME, new.seq or 0, "bob")
    assert states(ledger)[0] == (observe.ADOPTED, "bob")
    observe.adopt(ledger, NAME, new.seq or 0, "alice")
    assert states(ledger)[0] == (observe.ADOPTED, "bob")
    assert observe.outside(ledger, NAME) is None


def test_the_endpoint_longest_without_a_new_state_comes_first(ledger: Ledger) -> None:
    assert isinstance(ledger.clock, Clock)
    for name, tag in (("one", "1"), ("two", "1"), ("one", "2")):
        observe.look(ledger, live(name=name, **tags(a=tag)))
    ledger.remember("three", "tags.update", "h", None, {})
    assert observe.known(ledger) == ["two", "one"]
