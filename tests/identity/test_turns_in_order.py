"""Whose turn it is, step by step, with a clock that the test turns: nobody waits here but by the rules."""

import asyncio
from collections.abc import Coroutine

import pytest

from tests.identity.test_limits import Clock, clock
from tests.loops import finish
from web.limits import TooMany
from web.turns import Turns

__all__ = ["clock"]


TENTH = 1 / 8  # of a second, nearly, and without a rest in binary


class Play:
    """Requests of people before their turn. Who has to wait waits for as long as the play lasts."""

    def __init__(self, turns: Turns, clock: Clock) -> None:
        self.turns, self.clock = turns, clock
        self.tasks: set[asyncio.Task[None]] = set()

    async def enter(self, person: str) -> "asyncio.Task[None]":
        """A request, as far as it comes by itself."""
        task = asyncio.create_task(self.turns.enter(person))
        self.tasks.add(task)
        await self.settle()
        return task

    async def asks(self, person: str, times: int = 1) -> None:
        """Requests of a tenth of a second, one after the other."""
        for _ in range(times):
            assert (await self.enter(person)).done(), f"{person} had to wait"
            self.clock.now += TENTH
            self.turns.leave(person)
        await self.settle()

    async def settle(self) -> None:
        """Let everybody go on who can."""
        for _ in range(6):
            await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0))})


def play(work: Coroutine[None, None, None]) -> None:
    async def whole() -> None:
        await work
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    finish(whole(), within_s=10)


def among(clock: Clock, most: int = 24) -> Play:
    return Play(Turns(most, within_s=60, turn_s=60, back_s=0, clock=clock), clock)


def test_somebody_is_alone_again_five_seconds_after_the_last_other(clock: Clock) -> None:
    async def bobs_second_waits(later: float) -> bool:
        scene = among(clock)
        await scene.asks("alice")
        clock.now += later - TENTH
        assert (await scene.enter("bob")).done()
        return not (await scene.enter("bob")).done()

    async def tell() -> None:
        assert await bobs_second_waits(0)
        assert await bobs_second_waits(5)
        assert not await bobs_second_waits(5.1)

    play(tell())


def test_the_other_is_the_last_one_who_is_not_oneself(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        clock.now += 2
        await scene.asks("bob", 2)
        assert (await scene.enter("bob")).done()
        waits = await scene.enter("bob")
        assert not waits.done(), "alice asked two seconds ago, whoever asked last"
        assert (await scene.enter("alice")).done()
        scene.turns.leave("bob")
        await scene.settle()
        assert waits.done()

    play(tell())


@pytest.mark.parametrize(("times", "waits"), [(2, False), (3, True)])
def test_who_computed_more_than_twice_as_long_lets_the_other_go_first(clock: Clock, times: int, waits: bool) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.asks("bob", times)
        assert (await scene.enter("alice")).done()
        yields = await scene.enter("bob")
        assert yields.done() is not waits
        assert (await scene.enter("charlie")).done(), "who did nothing yet waits for nobody"
        for person in ("alice", "charlie"):
            scene.turns.leave(person)
        await scene.settle()
        assert yields.done(), "nobody computes any more who computed for less"

    play(tell())


def test_requests_at_the_same_time_count_for_all_of_them(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        for _ in range(3):
            assert (await scene.enter("bob")).done(), "nobody else has asked"
        clock.now += TENTH
        for _ in range(3):
            scene.turns.leave("bob")
        await scene.asks("alice")
        await scene.enter("alice")
        assert not (await scene.enter("bob")).done()

    play(tell())


def test_a_wait_for_the_workspace_is_no_computing(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        with scene.turns.rest("bob"):
            clock.now += 2
        scene.turns.leave("bob")
        await scene.enter("alice")
        assert (await scene.enter("bob")).done()

    play(tell())


@pytest.mark.parametrize(("later", "waits"), [(2.0, True), (2.1, False)])
def test_what_was_computed_a_while_ago_counts_half(clock: Clock, later: float, waits: bool) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("bob", 4)
        clock.now += later
        await scene.asks("alice")
        assert (await scene.enter("alice")).done()
        assert (await scene.enter("bob")).done() is not waits

    play(tell())


def test_a_wait_for_the_workspace_lets_the_next_go_on_and_then_counts_again(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        second, third = await scene.enter("bob"), await scene.enter("bob")
        assert not second.done()
        assert (await scene.enter("charlie")).done(), "others have turns of their own"
        with scene.turns.rest("bob"):
            await scene.settle()
            assert (second.done(), third.done()) == (True, False)
        scene.turns.leave("bob")
        await scene.settle()
        assert not third.done(), "the one that waited computes again"
        scene.turns.leave("bob")
        await scene.settle()
        assert third.done()
        with scene.turns.rest("nobody"):
            pass

    play(tell())


def test_a_request_that_was_given_up_before_its_turn_takes_none(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        gone, next_one = await scene.enter("bob"), await scene.enter("bob")
        gone.cancel()
        await scene.settle()
        assert gone.cancelled()
        assert not next_one.done()
        scene.turns.leave("bob")
        await scene.settle()
        assert next_one.done()

    play(tell())


def test_a_request_that_is_given_up_with_its_turn_passes_it_on(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        gone, next_one = await scene.enter("bob"), await scene.enter("bob")
        scene.turns.leave("bob")
        gone.cancel()  # its turn was given, and it does not know yet
        await scene.settle()
        assert gone.cancelled()
        assert next_one.done()

    play(tell())


def test_past_the_last_place_one_waits_even_alone_and_the_turn_comes_with_a_place(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock, most=2)
        assert (await scene.enter("bob")).done()
        assert (await scene.enter("bob")).done()
        third, fourth = await scene.enter("bob"), await scene.enter("bob")
        assert not third.done()
        scene.turns.leave("bob")
        await scene.settle()
        assert (third.done(), fourth.done()) == (True, False)

    play(tell())


def test_a_turn_comes_anyhow_after_a_while_and_not_without_a_place(clock: Clock) -> None:
    async def tell() -> None:
        scene = Play(Turns(2, within_s=0.01, turn_s=0.01, clock=clock), clock)
        await scene.asks("alice")
        await asyncio.wait_for(scene.turns.enter("bob"), 5)
        await asyncio.wait_for(scene.turns.enter("bob"), 5)
        with pytest.raises(TooMany, match="2 of your requests are still being answered") as told:
            await asyncio.wait_for(scene.turns.enter("bob"), 5)
        assert told.value.hint == "Try again in 2 s."
        for _ in range(2):
            scene.turns.leave("bob")
        await scene.asks("bob")

    play(tell())


def test_a_turn_that_is_free_is_offered_to_others_who_wait(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("bob", 8)
        await scene.enter("alice")
        bobs = await scene.enter("bob")
        assert not bobs.done()
        with scene.turns.rest("alice"):
            await scene.settle()
            assert bobs.done()

    play(tell())


def test_who_waits_without_a_place_gets_the_first_that_is_free_within_a_while(clock: Clock) -> None:
    async def tell() -> None:
        scene = Play(Turns(1, within_s=5, turn_s=0.001, clock=clock), clock)
        await scene.enter("bob")
        second = await scene.enter("bob")
        await asyncio.wait({second}, timeout=0.03)
        assert not second.done(), "its turn is long due, and there is no place"
        scene.turns.leave("bob")
        await asyncio.wait_for(second, 1)

    play(tell())


def test_who_has_nothing_under_way_is_not_lost_when_one_of_their_requests_is_given_up(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("bob", 8)
        await scene.enter("alice")
        gone, stays = await scene.enter("bob"), await scene.enter("bob")
        gone.cancel()
        await scene.settle()
        assert not stays.done()
        scene.turns.leave("alice")
        await scene.settle()
        assert stays.done()

    play(tell())
