"""A request that has waited for the workspace waits for its turn again, before those that have not begun."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.identity.test_limits import Clock, clock
from tests.identity.test_turns_in_order import TENTH, Play, play
from web.turns import Turns

__all__ = ["clock"]


class Away:
    """A request of a person that waits for the workspace in a thread, until `answered`."""

    def __init__(self, turns: Turns, person: str) -> None:
        self.turns, self.person = turns, person
        self.loop = asyncio.get_running_loop()
        self.gone, self.answer = asyncio.Event(), asyncio.Event()
        self.back = asyncio.create_task(asyncio.to_thread(self._wait))

    def _wait(self) -> None:
        with self.turns.rest(self.person):
            self.loop.call_soon_threadsafe(self.gone.set)
            asyncio.run_coroutine_threadsafe(self.answer.wait(), self.loop).result(10)

    async def returns(self, within_s: float) -> bool:
        """Whether it computes again that soon after the answer."""
        self.answer.set()
        done, _ = await asyncio.wait({self.back}, timeout=within_s)
        return bool(done)


@asynccontextmanager
async def away(scene: Play, person: str) -> AsyncIterator[Away]:
    one = Away(scene.turns, person)
    await one.gone.wait()
    await scene.settle()
    try:
        yield one
    finally:
        one.answer.set()
        await one.back


def among(clock: Clock, back_s: float = 8) -> Play:
    return Play(Turns(within_s=60, turn_s=60, back_s=back_s, clock=clock), clock)


def test_who_comes_back_goes_on_at_once_when_no_other_of_theirs_computes(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        async with away(scene, "bob") as waits:
            assert await waits.returns(5)
        assert not (await scene.enter("bob")).done(), "it computes again"

    play(tell())


def test_who_comes_back_waits_while_another_of_theirs_computes_and_goes_before_a_new_one(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("alice")
        await scene.enter("bob")
        async with away(scene, "bob") as waits:
            assert (await scene.enter("bob")).done()
            new = await scene.enter("bob")
            assert not await waits.returns(0.05)
            scene.turns.leave("bob")
            assert await waits.returns(5)
            await scene.settle()
            assert not new.done()
            scene.turns.leave("bob")
            await scene.settle()
            assert new.done()

    play(tell())


def test_who_computed_much_lets_others_go_first_when_they_come_back_too(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("bob", 4)
        await scene.enter("bob")
        async with away(scene, "bob") as waits:
            await scene.enter("alice")
            assert not await waits.returns(0.05)
            scene.turns.leave("alice")
            assert await waits.returns(5)

    play(tell())


def test_who_comes_back_goes_on_anyhow_after_a_while_and_is_counted(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock, back_s=0.01)
        await scene.asks("alice")
        await scene.enter("bob")
        async with away(scene, "bob") as waits:
            assert (await scene.enter("bob")).done()
            assert await waits.returns(5)
            scene.turns.leave("bob")
            assert not (await scene.enter("bob")).done()
        scene.turns.leave("bob")

    play(tell())


def test_one_that_was_given_up_while_it_waited_takes_nothing_from_the_next(clock: Clock) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.enter("bob")
        async with away(scene, "bob") as waits:
            scene.turns.leave("bob")
            assert (await scene.enter("bob")).done()
            assert await waits.returns(5)
        scene.turns.leave("bob")
        assert (await scene.enter("bob")).done()

    play(tell())


@pytest.mark.parametrize("holds", [True, False])
def test_what_computes_next_to_nothing_waits_for_a_turn_and_holds_none(clock: Clock, holds: bool) -> None:
    async def tell() -> None:
        scene = among(clock)
        await scene.asks("bob", 4)
        await scene.asks("alice")
        if holds:
            await scene.enter("alice")
        passes = asyncio.create_task(scene.turns.pass_by("bob"))
        await scene.settle()
        assert passes.done() is not holds
        if holds:
            scene.turns.leave("alice")
        await asyncio.wait_for(passes, 5)
        for _ in range(2):
            await asyncio.wait_for(scene.turns.pass_by("bob"), 5)
        assert (await scene.enter("bob")).done()

    play(tell())


def test_what_computes_next_to_nothing_needs_no_place_and_waits_for_its_turn_not_for_ever(clock: Clock) -> None:
    async def tell() -> None:
        scene = Play(Turns(1, within_s=60, turn_s=0.01, clock=clock), clock)
        await scene.asks("alice")
        await scene.enter("bob")
        await asyncio.wait_for(scene.turns.pass_by("bob"), 5)
        given_up = asyncio.create_task(Turns.pass_by(scene.turns, "bob"))
        await scene.settle()
        given_up.cancel()
        await scene.settle()
        scene.turns.leave("bob")
        clock.now += TENTH
        assert (await scene.enter("bob")).done()

    play(tell())
