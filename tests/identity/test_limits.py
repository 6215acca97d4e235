"""How many changes a minute and streams at a time one person may make, with a clock that the test turns."""

import pytest

from web.limits import REMEMBERED, Limits, TooMany


class Clock:
    """The time in seconds."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refused(limits: Limits, person: str) -> str:
    """The hint with which a change is refused; '' when it is not."""
    try:
        limits.change(person)
    except TooMany as error:
        return error.hint
    return ""


def test_changes_within_any_minute_are_counted_and_refused_ones_are_not(clock: Clock) -> None:
    limits = Limits(3, 1, clock)
    for now in (1000, 1001, 1020):
        clock.now = now
        assert not refused(limits, "bob")
    assert not refused(limits, "alice"), "each person has a count of their own"
    assert refused(limits, "bob") == "Try again in 41 s."
    clock.now = 1059.5
    assert refused(limits, "bob") == "Try again in 1 s."
    with pytest.raises(TooMany, match="3 changes within a minute") as told:
        limits.change("bob")
    assert (told.value.status, told.value.code) == (429, "TOO_MANY_REQUESTS")
    clock.now = 1060
    assert not refused(limits, "bob")
    assert refused(limits, "bob") == "Try again in 2 s."
    clock.now = 1081
    assert not refused(limits, "bob")
    assert not refused(limits, "bob")
    assert refused(limits, "bob") == "Try again in 40 s."


def test_who_asked_longest_ago_is_forgotten_past_five_thousand_people(clock: Clock) -> None:
    limits = Limits(1, 1, clock)
    assert REMEMBERED == 5000
    for number in range(REMEMBERED):
        limits.change(str(number))
    assert refused(limits, "0")
    limits.change("one more")
    assert refused(limits, "0"), "who asked again is not forgotten"
    assert not refused(limits, "1")
    assert refused(limits, "one more")


def test_a_person_has_so_many_streams_at_a_time(clock: Clock) -> None:
    limits = Limits(1, 2, clock)
    with limits.stream("bob"):
        with limits.stream("bob"):
            with pytest.raises(TooMany, match="2 of your requests to models are still being answered") as told:
                limits.stream("bob").__enter__()
            assert told.value.hint == "Stop one, or wait until one has ended."
            with limits.stream("alice"), limits.stream("alice"):
                pass
        with limits.stream("bob"), pytest.raises(TooMany):
            limits.stream("bob").__enter__()
        with pytest.raises(ValueError, match="hung up"), limits.stream("bob"):
            raise ValueError("hung up")
        with limits.stream("bob"):
            pass
    with limits.stream("bob"), limits.stream("bob"):
        pass
    with Limits(1, 1, clock).stream("bob"):
        pass
