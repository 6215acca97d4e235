"""How much one person may ask for at once: changes a minute, streams and pages at a time. Others are not slowed."""

import asyncio
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from web.errors import PortalError

WINDOW_S = 60.0
REMEMBERED = 5000
UNDER_WAY = 24
"""Requests of one person that may be under way: twenty open tabs, and room to go on. More wait for a place."""
PLACE_WITHIN_S = 3.0
TURN_WITHIN_S = 0.5
OTHERS_WITHIN_S = 5.0
MUCH_MORE = 4
HALVED_AFTER_S = 2.5

DRAINING = threading.Event()
"""Set at SIGTERM for the whole process: no new changes from then on."""


class TooMany(PortalError):
    """A person asks for more than the portal gives one person."""

    status, code = 429, "TOO_MANY_REQUESTS"


class Limits:
    """Per person, in memory. Safe from any thread; `clock` in seconds."""

    def __init__(self, changes_per_minute: int, streams: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.changes_per_minute, self.streams = changes_per_minute, streams
        self._clock = clock
        self._lock = threading.Lock()
        self._changes: OrderedDict[str, deque[float]] = OrderedDict()
        self._open: dict[str, int] = {}

    def change(self, person: str) -> None:
        """Count a change about to be sent. Raises TooMany, then nothing is counted."""
        now = self._clock()
        with self._lock:
            times = self._changes.setdefault(person, deque())
            self._changes.move_to_end(person)
            while len(self._changes) > REMEMBERED:
                self._changes.popitem(last=False)
            while times and times[0] <= now - WINDOW_S:
                times.popleft()
            if len(times) >= self.changes_per_minute:
                wait = int(times[0] + WINDOW_S - now) + 1
                raise TooMany(
                    f"You made {len(times)} changes within a minute. Nothing was sent.", hint=f"Try again in {wait} s."
                )
            times.append(now)

    @contextmanager
    def stream(self, person: str) -> Iterator[None]:
        """Hold a place for one invocation under way. Raises TooMany when all of this person's are taken."""
        with self._lock:
            if self._open.get(person, 0) >= self.streams:
                raise TooMany(
                    f"{self.streams} of your requests to models are still being answered.",
                    hint="Stop one, or wait until one has ended.",
                )
            self._open[person] = self._open.get(person, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._open[person] -= 1
                if not self._open[person]:
                    del self._open[person]


@dataclass
class _Waiting:
    """A request before its turn. `given`: the turn is its own."""

    loop: asyncio.AbstractEventLoop
    called: "asyncio.Future[None]"
    given: bool = False

    def call(self) -> None:
        """From any thread."""
        with suppress(RuntimeError):  # its loop may be closed by now
            self.loop.call_soon_threadsafe(self._go)

    def _go(self) -> None:
        if not self.called.done():
            self.called.set_result(None)


@dataclass
class _Asker:
    """One person's requests: under way, of them computing, and before their turn."""

    under_way: int = 0
    computing: int = 0
    waiting: deque[_Waiting] = field(default_factory=deque)


class Turns:
    """While several people ask, one request of each computes at a time, and the next when it waits for the workspace
    or has ended: Python computes one thing at a time, so nobody is slower alone, and who asks much does not crowd out
    who asks little. Who asked MUCH_MORE times as much lately lets the others' requests go first. A turn comes after
    TURN_WITHIN_S at the latest. Of UNDER_WAY requests none begins another. `clock` in seconds: when who asked last."""

    def __init__(
        self,
        most: int = UNDER_WAY,
        within_s: float = PLACE_WITHIN_S,
        turn_s: float = TURN_WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.most, self.within_s, self.turn_s = most, within_s, turn_s
        self._clock = clock
        self._lock = threading.Lock()
        self._askers: dict[str, _Asker] = {}
        self._latest, self._before = ("", 0.0), ("", 0.0)
        self._asked: Counter[str] = Counter()
        self._halved = clock()

    async def enter(self, person: str) -> None:
        """Wait for a turn, then hold it until `leave`. Raises TooMany when the person has too much under way."""
        with self._lock:
            asker = self._askers.setdefault(person, _Asker())
            self._seen(person)
            if not asker.waiting and self._free(person, asker):
                asker.under_way += 1
                asker.computing += 1
                return
            loop = asyncio.get_running_loop()
            mine = _Waiting(loop, loop.create_future())
            asker.waiting.append(mine)
        try:
            await asyncio.wait({mine.called}, timeout=self.turn_s)
            if not self._anyhow(asker, mine):
                await asyncio.wait({mine.called}, timeout=self.within_s)
        except asyncio.CancelledError:
            if mine.given:
                self.leave(person)
            raise
        finally:
            self._stop_waiting(person, asker, mine)
        if not mine.given:
            raise TooMany(f"{self.most} of your requests are still being answered.", hint="Try again in 2 s.")

    def leave(self, person: str) -> None:
        """The request has ended."""
        with self._lock:
            asker = self._askers[person]
            asker.under_way -= 1
            asker.computing -= 1
            self._next(person, asker)

    @contextmanager
    def rest(self, person: str) -> Iterator[None]:
        """Around a wait of a request that goes on; from any thread."""
        with self._lock:
            asker = self._askers.get(person, _Asker())
            asker.computing -= 1
            self._next(person, asker)
        try:
            yield
        finally:
            with self._lock:
                asker.computing += 1

    def _seen(self, person: str) -> None:
        if self._latest[0] != person:
            self._before = self._latest
        self._latest = (person, now := self._clock())
        if now - self._halved > HALVED_AFTER_S:
            self._halved = now
            self._asked = Counter({name: count // 2 for name, count in self._asked.items() if count > 1})
        self._asked[person] += 1

    def _free(self, person: str, asker: _Asker) -> bool:
        if asker.under_way >= self.most:
            return False
        other = self._before if self._latest[0] == person else self._latest
        if other[1] < self._clock() - OTHERS_WITHIN_S:
            return True
        return asker.computing < 1 and not self._yields(person)

    def _yields(self, person: str) -> bool:
        """Whether somebody computes who asked for much less lately."""
        share = self._asked[person] / MUCH_MORE
        return any(one.computing > 0 and self._asked[name] < share for name, one in self._askers.items())

    def _next(self, person: str, asker: _Asker) -> None:
        while asker.waiting and self._free(person, asker):
            _give(asker, asker.waiting.popleft())
        if not asker.under_way and not asker.waiting:
            self._askers.pop(person, None)
        for name, other in self._askers.items():
            if other.waiting and self._free(name, other):
                _give(other, other.waiting.popleft())

    def _anyhow(self, asker: _Asker, mine: _Waiting) -> bool:
        """The turn without waiting any longer, where there is a place."""
        with self._lock:
            if not mine.given and asker.under_way < self.most:
                asker.waiting.remove(mine)
                _give(asker, mine)
            return mine.given

    def _stop_waiting(self, person: str, asker: _Asker, mine: _Waiting) -> None:
        with self._lock:
            if not mine.given:
                asker.waiting.remove(mine)
                self._next(person, asker)


def _give(asker: _Asker, one: _Waiting) -> None:
    asker.under_way += 1
    asker.computing += 1
    one.given = True
    one.call()
