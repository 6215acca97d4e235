"""What of the history is asked for, as it is typed; pages of it, with what one may not see left out."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, insert
from sqlmodel import Session

from tests.audit.history import DAY_MS, START_MS, at, begin, done
from tests.audit.test_chain import engine
from web.audit import queries
from web.audit.anchors import Anchor
from web.audit.export import export
from web.audit.ledger import Ledger
from web.audit.models import Operation, Snapshot
from web.audit.queries import Filter, Page, page, parse_filter
from web.errors import Invalid, NotFound

__all__ = ["engine"]
NOON = 1_795_435_200_000  # 2026-11-23T12:00Z
HOUR_MS = 3_600_000


def everybody(_operation: Operation) -> bool:
    return True


def nobody(_operation: Operation) -> bool:
    return False


def rows(engine: Engine, moments: Sequence[int], **more: Any) -> None:
    """Operations at these moments, stored in this order, named o1, o2, … and so on."""
    facts = {"kind": "tags.update", "endpoint": "churn", "actor": "bob", "outcome": "success", "payload_hash": "p"}
    json: dict[str, Any] = {"diff": [], "calls": [], "change": {}, "acknowledged": [], "readback": []}
    with engine.begin() as connection:
        connection.execute(
            insert(Operation),
            [
                {**facts, **json, "id": f"o{n}", "idempotency_key": f"k{n}", "at": moment, **more}
                for n, moment in enumerate(moments, 1)
            ],
        )


def ids(operations: Sequence[Operation]) -> list[str]:
    return [operation.id for operation in operations]


def found(engine: Engine, **wanted: Any) -> list[str]:
    return ids(page(engine, Filter(**wanted), everybody).operations)


def test_what_is_typed_becomes_a_filter() -> None:
    assert parse_filter({}) == Filter()
    typed = {"endpoint": " churn ", "actor": " bob", "kind": "tags.update ", "outcome": "refused", "q": " a b "}
    assert parse_filter({**typed, "cursor": "7", "limit": "3"}) == Filter(
        "churn", "bob", "tags.update", "refused", None, None, "a b", 7, 3
    )
    assert parse_filter({"q": "x" * 300}).q == "x" * 200


@pytest.mark.parametrize(
    ("typed", "limit"), [("", 50), ("0", 50), ("1", 1), ("199", 199), ("200", 200), ("201", 200), ("9" * 18, 200)]
)
def test_a_page_holds_one_to_two_hundred(typed: str, limit: int) -> None:
    assert parse_filter({"limit": typed}).limit == limit


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("", None, None),
        ("123", 123, 123),
        ("9" * 18, 10**18 - 1, 10**18 - 1),
        ("2026-11-23", NOON - 12 * HOUR_MS, NOON + 12 * HOUR_MS - 1),
        ("2026-11-23T12:00", NOON, NOON),
        ("2026-11-23T12:00:00.250", NOON + 250, NOON + 250),
        ("2026-11-23T12:00+01:00", NOON - HOUR_MS, NOON - HOUR_MS),
    ],
)
def test_a_moment_is_ms_or_a_time_and_a_day_ends_at_its_end(typed: str, since: int | None, until: int | None) -> None:
    wanted = parse_filter({"since": typed, "until": typed})
    assert (wanted.since, wanted.until) == (since, until)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("outcome", "maybe"),
        ("limit", "x"), ("limit", "-1"), ("limit", "9" * 19), ("cursor", "²"), ("cursor", "1.5"),
        ("since", "yesterday"), ("since", "9" * 19), ("until", "2026-13-01"), ("until", "²"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_names_its_field(field: str, typed: str) -> None:
    with pytest.raises(Invalid) as told:
        parse_filter({field: typed})
    assert told.value.field == field
    if field == "outcome":
        assert "pending, success, refused, failed, unknown" in told.value.message


def test_pages_are_newest_first_and_end_without_a_cursor(engine: Engine) -> None:
    rows(engine, range(5))
    first = page(engine, Filter(limit=2), everybody)
    assert (ids(first.operations), first.next_cursor) == (["o5", "o4"], "4")
    second = page(engine, Filter(limit=2, cursor=4), everybody)
    assert (ids(second.operations), second.next_cursor) == (["o3", "o2"], "2")
    last = page(engine, Filter(limit=2, cursor=2), everybody)
    assert (ids(last.operations), last.next_cursor) == (["o1"], None)
    whole = page(engine, Filter(limit=5), everybody)
    assert (len(whole.operations), whole.next_cursor) == (5, None)


def test_what_one_may_not_see_is_left_out_and_does_not_shorten_a_page(engine: Engine) -> None:
    rows(engine, range(9))

    def odd(operation: Operation) -> bool:
        return int(operation.id[1:]) % 2 == 1

    first = page(engine, Filter(limit=2), odd)
    assert (ids(first.operations), first.next_cursor) == (["o9", "o7"], "7")
    assert ids(page(engine, Filter(limit=2, cursor=7), odd).operations) == ["o5", "o3"]
    assert page(engine, Filter(), nobody) == Page([], None)
    assert page(engine, Filter(limit=1), nobody) == Page([], None)


@pytest.mark.parametrize(("most", "cursor"), [(12, "19"), (13, "15"), (40, None)])
def test_a_look_past_many_hidden_rows_goes_on_with_the_next_page(engine: Engine, most: int, cursor: str | None) -> None:
    rows(engine, range(30))
    assert page(engine, Filter(limit=3), nobody, most) == Page([], cursor)


def test_each_outcome_can_be_asked_for(engine: Engine) -> None:
    outcomes = ["pending", "success", "refused", "failed", "unknown"]
    for outcome in outcomes:
        rows(engine, [1], outcome=outcome, id=outcome, idempotency_key=outcome)
    asked = [page(engine, parse_filter({"outcome": outcome}), everybody).operations for outcome in outcomes]
    assert [[operation.as_json()["outcome"] for operation in found_] for found_ in asked] == [[o] for o in outcomes]


def test_an_export_goes_through_all_pages(engine: Engine) -> None:
    rows(engine, range(401))
    lines = list(export(engine, Filter(), everybody, "cef"))
    assert [line.partition("externalId=o")[2].partition(" ")[0] for line in lines] == [
        str(n) for n in range(401, 0, -1)
    ]
    assert len(list(export(engine, Filter(cursor=101), everybody, "csv"))) == 1 + 100


def test_times_are_exact_to_the_ms_at_both_ends(engine: Engine) -> None:
    rows(engine, [1000, 2000, 3000])
    assert found(engine, since=2000, until=2000) == ["o2"]
    assert found(engine, since=2001) == ["o3"]
    assert found(engine, until=1999) == ["o1"]
    assert found(engine, since=3001) == found(engine, until=999) == []


@pytest.mark.parametrize("ahead", [50 * 60_000, HOUR_MS])
def test_a_time_is_found_though_the_clock_that_wrote_it_was_an_hour_ahead_or_behind(engine: Engine, ahead: int) -> None:
    """The first and the last were written by an instance whose clock runs ahead of the other's."""
    rows(engine, [START_MS + ahead, START_MS, START_MS + 10 + ahead, START_MS + 10])
    assert found(engine, since=START_MS + ahead) == ["o3", "o1"]
    assert found(engine, until=START_MS + 10) == ["o4", "o2"]
    assert found(engine, since=START_MS + 10, until=START_MS + 10) == ["o4"]


def test_a_day_finds_what_is_of_it_and_a_time_nobody_wrote_at_finds_nothing(engine: Engine) -> None:
    rows(engine, [n * DAY_MS for n in range(10)])
    assert found(engine, since=4 * DAY_MS, until=6 * DAY_MS - 1) == ["o6", "o5"]
    assert found(engine, since=4 * DAY_MS + 1, until=5 * DAY_MS - 1) == []
    assert found(engine, since=50 * DAY_MS) == found(engine, until=-1) == []
    assert found(engine, since=5 * DAY_MS, until=4 * DAY_MS) == found(engine, since=9 * DAY_MS, cursor=3) == []


def test_one_operation_is_shown_to_who_may_see_it(engine: Engine) -> None:
    rows(engine, [1, 2])
    assert queries.operation(engine, "o2", everybody).at == 2
    for op_id, may in (("o2", nobody), ("o3", everybody)):
        with pytest.raises(NotFound, match="no such operation") as told:
            queries.operation(engine, op_id, may)
        assert told.value.hint == ""
    with Session(engine) as session:
        facts: dict[str, Any] = {
            "mac": "m",
            "file": "f",
            "sha256": "s",
            "op_id": "o",
            "count": 1,
            "operations": 1,
            "at": 1,
        }
        session.add(Anchor(seq=1, until=NOON, **facts))
        session.commit()
    with pytest.raises(NotFound) as told:
        queries.operation(engine, "o3", everybody)
    assert told.value.hint.startswith("Operations up to 23 November 2026 were moved to an archive.")


def test_links_are_told_for_each_operation_oldest_first(engine: Engine) -> None:
    ledger, _ = at(engine)
    one, two = done(ledger, "one"), begin(ledger, "two")
    links = queries.entries_of(engine, [two, one, "other"])
    assert {op_id: [link["stage"] for link in of] for op_id, of in links.items()} == {
        two: ["intent"], one: ["intent", "outcome"], "other": [],
    }  # fmt: skip
    assert set(links[two][0]) == {"seq", "stage", "at", "actor", "payload", "prev_mac", "mac"}
    assert [entry.stage for entry in queries.entries(engine, one)] == ["intent", "outcome"]


def test_what_is_not_known_yet_is_told_oldest_first(engine: Engine) -> None:
    ledger, _ = at(engine)
    done(ledger, "done")
    unknown = done(ledger, "unknown", "unknown")
    elsewhere = begin(ledger, "elsewhere", endpoint="fraud")
    pending = begin(ledger, "pending")
    assert ids(queries.unsettled(engine)) == [unknown, elsewhere, pending]
    assert ids(queries.unsettled(engine, "churn")) == [unknown, pending]
    assert ids(queries.unsettled(engine, after=2)) == [elsewhere, pending]
    assert ids(queries.unsettled(engine, outcomes=("pending",))) == [elsewhere, pending]


def test_what_is_not_known_yet_is_told_five_hundred_at_once(engine: Engine) -> None:
    rows(engine, range(501), outcome="pending")
    assert len(queries.unsettled(engine)) == queries.AT_ONCE == 500


def seen(ledger: Ledger, digest: str, scope: str = "endpoint", endpoint: str = "churn") -> None:
    ledger.remember(endpoint, scope, digest, 1, {"name": digest})


def test_states_of_an_endpoint_are_told_as_they_were_seen(engine: Engine) -> None:
    ledger, clock = at(engine)
    seen(ledger, "a")
    seen(ledger, "b")
    moment = clock.now
    seen(ledger, "c", endpoint="fraud")
    seen(ledger, "a", scope="tags.update")
    seen(ledger, "d")

    def names(states: Sequence[Snapshot]) -> list[str]:
        return [state.hash for state in states]

    assert names(queries.snapshots(engine, "churn")) == ["d", "b", "a"]
    assert names(queries.snapshots(engine, "churn", limit=2)) == ["d", "b"]
    assert names(queries.snapshots(engine, "churn", until=moment)) == ["b", "a"]
    assert names(queries.snapshots(engine, "churn", until=moment - 1)) == ["a"]
    state = queries.snapshot(engine, "churn", "tags.update", "a")
    assert state is not None
    assert (state.endpoint, state.scope, state.body) == ("churn", "tags.update", {"name": "a"})
    assert queries.snapshot(engine, "churn", "endpoint", "c") is None
    assert queries.snapshot(engine, "fraud", "endpoint", "a") is None
