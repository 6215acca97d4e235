"""Whose history a person may read: their own, all of it as an admin, and that of endpoints they manage right now."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.history import begin
from tests.changes.lost import NAME, live, told
from tests.changes.wire import API, ID, Wire
from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.changes.visibility import CACHE_S, may_see
from web.identity.person import Caller

HERE = f"{API}/{NAME}"
MANAGED = live(permission_level="CAN_MANAGE")
PEOPLE = iter(range(10_000))
"""What was asked is remembered by person: each test has one of its own."""


@pytest.fixture
def theirs(ledger: Ledger) -> Callable[..., Operation]:
    """An operation of somebody else's."""

    def make(**more: Any) -> Operation:
        facts = {"endpoint": NAME, "endpoint_id": ID, "actor": "alice@example.com", **more}
        return told(ledger, begin(ledger, str(next(PEOPLE)), **facts))

    return make


def person(wire: Wire, email: str = "", *, admin: bool = False) -> Caller:
    email = email or f"p{next(PEOPLE)}@example.com"
    return Caller(email, "1", email, (), admin, "app", "", wire.door())


class Hands:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_ones_own_and_all_for_admins_and_auditors_without_asking(wire: Wire, theirs: Any) -> None:
    bob = person(wire, "bob@example.com")
    assert may_see(bob)(theirs(actor="bob@example.com")) is True
    assert may_see(person(wire, admin=True))(theirs()) is True
    assert may_see(bob, everything=True)(theirs()) is True
    assert wire.asked == []
    assert may_see(bob)(theirs(endpoint="")) is False
    assert wire.asked == []


@pytest.mark.parametrize(
    ("now", "recorded", "seen"),
    [
        (MANAGED, ID, True),
        (MANAGED, "", True),
        (MANAGED, "f" * 32, False),
        (live(permission_level="CAN_VIEW"), ID, False),
        (live(permission_level="CAN_VIEW"), "", False),
        (live(), ID, False),
        (None, ID, False),
    ],
)
def test_that_of_an_endpoint_for_those_who_manage_this_very_one(
    wire: Wire, theirs: Any, now: Any, recorded: str, seen: bool
) -> None:
    if now:
        wire.shows(now)
    assert may_see(person(wire))(theirs(endpoint_id=recorded)) is seen


def test_the_answer_holds_for_a_minute_per_person_and_endpoint(wire: Wire, theirs: Any) -> None:
    wire.shows(MANAGED)
    wire.shows(live(permission_level="CAN_VIEW"))
    clock, bob = Hands(), person(wire)
    may = may_see(bob, clock)
    assert (may(theirs()), may(theirs())) == (True, True)
    assert wire.reads(HERE) == 1
    assert may_see(person(wire), clock)(theirs()) is False, "another person"
    clock.now += CACHE_S - 0.5
    assert may(theirs()) is True
    assert wire.reads(HERE) == 2
    clock.now += 0.5
    assert may(theirs()) is False
    assert wire.reads(HERE) == 3
    assert CACHE_S == 60


def test_what_is_remembered_does_not_grow_without_end(wire: Wire, theirs: Any) -> None:
    may = may_see(person(wire), Hands())
    first = theirs()
    assert may(first) is False
    before = len(wire.asked)
    one = Operation.model_validate(first.model_dump())
    for place in range(5002):
        one.endpoint = f"-{place}"  # no endpoint has such a name: nobody is asked
        assert may(one) is False
    assert len(wire.asked) == before
    assert may(first) is False
    assert len(wire.asked) == before + 1, "it was forgotten, and asked again"
