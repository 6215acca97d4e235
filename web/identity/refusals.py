"""One log line for each refused sign-in: who was claimed, never the token. Of many alike, one a minute says how many.

They are no operations: whoever is not known must not be able to make the history grow.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

log = logging.getLogger("portal.identity")
ALIKE_S = 60.0
LINES = 60
REMEMBERED = 1000


class Refusals:
    """Writes at most LINES lines a minute. Safe from any thread; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._held = 0
        self._minute, self._written = 0.0, 0

    def note(self, claimed: str, why: str, **more: str) -> None:
        """`claimed`: the e-mail that came with the request, as it came; `more`: what else the line shall say."""
        held = self._take((claimed[:200], why))
        if held is not None:
            line = {"event": "sign_in_refused", "claimed": claimed[:200], "why": why, **more, "not_written": held}
            log.warning(line)

    def _take(self, key: tuple[str, str]) -> int | None:
        """How many were not written since the last line; None when this one is not to be either."""
        now = self._clock()
        with self._lock:
            if now - self._minute >= ALIKE_S:
                self._minute, self._written = now, 0
            if self._until.get(key, now) > now or self._written >= LINES:
                self._held += 1
                return None
            self._until[key] = now + ALIKE_S
            self._until.move_to_end(key)
            while len(self._until) > REMEMBERED:
                self._until.popitem(last=False)
            self._written += 1
            held, self._held = self._held, 0
            return held
