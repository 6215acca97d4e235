"""How much one person may ask for at once: changes a minute and streams at a time."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from web.errors import PortalError

WINDOW_S = 60.0
REMEMBERED = 5000

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
