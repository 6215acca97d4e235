"""Whose request computes next, so that nobody's page waits for somebody else's many."""

import asyncio
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from web.limits import TooMany

UNDER_WAY = 24
"""Requests of one person that may be under way: twenty open tabs, and room to go on. More wait for a place."""
PLACE_WITHIN_S = 3.0
TURN_WITHIN_S = 0.5
BACK_WITHIN_S = 0.25
OTHERS_WITHIN_S = 5.0
MUCH_MORE = 2
HALVED_AFTER_S = 2.5


@dataclass
class _Waiting:
    """A request before its turn. `given`: the turn is its own, and `call` tells it so, from any thread."""

    call: Callable[[], None]
    given: bool = False


@dataclass
class _Asker:
    """One person's requests: under way, of them computing `since` when, before their first turn (`waiting`), and back
    from a wait for somebody else (`returning`)."""

    under_way: int = 0
    computing: int = 0
    since: float = 0.0
    waiting: deque[_Waiting] = field(default_factory=deque)
    returning: deque[_Waiting] = field(default_factory=deque)


class Turns:
    """While several people ask, one request of each computes at a time, and the next when it waits for the workspace
    or has ended: Python computes one thing at a time, so nobody is slower alone, and who asks much does not crowd out
    who asks little. Who computed MUCH_MORE times as long lately lets the others' requests go first. A turn comes after
    `turn_s` at the latest, after a wait for the workspace after `back_s`. Of `most` requests none begins another.
    `clock` in seconds: when who asked last, and how long they computed."""

    def __init__(
        self,
        most: int = UNDER_WAY,
        within_s: float = PLACE_WITHIN_S,
        turn_s: float = TURN_WITHIN_S,
        back_s: float = BACK_WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most, self.within_s, self.turn_s, self.back_s = most, within_s, turn_s, back_s
        self._clock = clock
        self._lock = threading.Lock()
        self._askers: dict[str, _Asker] = {}
        self._latest, self._before = ("", 0.0), ("", 0.0)
        self._used: defaultdict[str, float] = defaultdict(float)  # seconds of computing lately, by person
        self._halved = clock()

    async def enter(self, person: str) -> None:
        """Wait for a turn, then hold it until `leave`. Raises TooMany when the person has too much under way."""
        loop = asyncio.get_running_loop()
        called = loop.create_future()
        with self._lock:
            asker = self._askers.setdefault(person, _Asker())
            self._seen(person)
            if not asker.waiting and self._free(person, asker):
                self._begin(person, asker)
                return
            mine = _Waiting(lambda: _call(loop, called))
            asker.waiting.append(mine)
        try:
            await asyncio.wait({called}, timeout=self.turn_s)
            if not self._anyhow(person, asker, mine):
                await asyncio.wait({called}, timeout=self.within_s)
        except asyncio.CancelledError:
            if mine.given:
                self.leave(person)
            raise
        finally:
            self._stop_waiting(person, asker, mine)
        if not mine.given:
            raise TooMany(f"{self.most} of your requests are still being answered.", hint="Try again in 2 s.")

    async def pass_by(self, person: str) -> None:
        """Wait for a turn, at most `turn_s`, and hold nothing: for a request that computes next to nothing."""
        loop = asyncio.get_running_loop()
        called = loop.create_future()
        with self._lock:
            self._seen(person)
            asker = self._askers.get(person)
            if asker is None and not self._yields(person):
                return
            asker = self._askers.setdefault(person, _Asker())
            mine = _Waiting(lambda: _call(loop, called))
            asker.returning.append(mine)
            self._next(person, asker)
        try:
            if not mine.given:
                await asyncio.wait({called}, timeout=self.turn_s)
        finally:
            with self._lock:
                if mine.given:
                    self._count(person, asker, -1)
                else:
                    asker.returning.remove(mine)
                self._next(person, asker)

    def leave(self, person: str) -> None:
        """The request has ended."""
        with self._lock:
            asker = self._askers[person]
            asker.under_way -= 1
            self._count(person, asker, -1)
            self._next(person, asker)

    @contextmanager
    def rest(self, person: str) -> Iterator[None]:
        """Around a wait of a request that goes on; in a thread, which then waits for its turn again."""
        with self._lock:
            asker = self._askers.get(person, _Asker())
            self._count(person, asker, -1)
            self._next(person, asker)
        try:
            yield
        finally:
            self._come_back(person, asker)

    def _come_back(self, person: str, asker: _Asker) -> None:
        back = threading.Event()
        mine = _Waiting(back.set)
        with self._lock:
            asker.returning.append(mine)
            self._next(person, asker)
        if not mine.given:
            back.wait(self.back_s)
        with self._lock:
            if not mine.given:
                asker.returning.remove(mine)
                self._count(person, asker, 1)

    def _count(self, person: str, asker: _Asker, more: int) -> None:
        """So many more of this person's requests compute from now on; what they computed until now is noted."""
        now = self._clock()
        self._used[person] += max(0, asker.computing) * (now - asker.since)
        asker.computing += more
        asker.since = now

    def _begin(self, person: str, asker: _Asker) -> None:
        asker.under_way += 1
        self._count(person, asker, 1)

    def _seen(self, person: str) -> None:
        if self._latest[0] != person:
            self._before = self._latest
        self._latest = (person, now := self._clock())
        if now - self._halved > HALVED_AFTER_S:
            self._halved = now
            lately = {name: used / 2 for name, used in self._used.items() if used > 0.001}
            self._used = defaultdict(float, lately)

    def _free(self, person: str, asker: _Asker) -> bool:
        return asker.under_way < self.most and self._turn(person, asker)

    def _turn(self, person: str, asker: _Asker) -> bool:
        other = self._before if self._latest[0] == person else self._latest
        if other[1] < self._clock() - OTHERS_WITHIN_S:
            return True
        return asker.computing < 1 and not self._yields(person)

    def _yields(self, person: str) -> bool:
        """Whether somebody computes who computed much less lately."""
        share = self._used[person] / MUCH_MORE
        return any(one.computing > 0 and self._used[name] < share for name, one in self._askers.items())

    def _next(self, person: str, asker: _Asker) -> None:
        for name, one in ((person, asker), *self._askers.items()):
            while one.returning and self._turn(name, one):
                self._count(name, one, 1)
                _give(one.returning.popleft())
            while one.waiting and self._free(name, one):
                self._begin(name, one)
                _give(one.waiting.popleft())
        # Of a request that was given up while it rested, another asker may have come in its place.
        if self._askers.get(person) is asker and not (asker.under_way or asker.waiting or asker.returning):
            del self._askers[person]

    def _anyhow(self, person: str, asker: _Asker, mine: _Waiting) -> bool:
        """The turn without waiting any longer, where there is a place."""
        with self._lock:
            if not mine.given and asker.under_way < self.most:
                asker.waiting.remove(mine)
                self._begin(person, asker)
                _give(mine)
            return mine.given

    def _stop_waiting(self, person: str, asker: _Asker, mine: _Waiting) -> None:
        with self._lock:
            if not mine.given:
                asker.waiting.remove(mine)
                self._next(person, asker)


def _give(one: _Waiting) -> None:
    one.given = True
    one.call()


def _call(loop: asyncio.AbstractEventLoop, called: "asyncio.Future[None]") -> None:
    def go() -> None:
        if not called.done():
            called.set_result(None)

    with suppress(RuntimeError):  # its loop may be closed by now
        loop.call_soon_threadsafe(go)
