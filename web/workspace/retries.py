"""How long to wait before a read is tried again, and how often reads may be tried again at all (reference §3.2)."""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

BASE_S = 0.4
SHARE = 0.1
AT_FIRST = 5.0
MOST = 10.0
SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


@dataclass(frozen=True)
class Timing:
    """Where time and chance come from. `now` is monotonic, `wall` seconds since 1970 UTC."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    wall: Callable[[], float] = time.time
    dice: random.Random = field(default_factory=random.Random)


class Budget:
    """Retries of one workspace by everybody together: at most a tenth of the requests, so that a workspace in trouble
    is not asked three times as much. A quiet portal has AT_FIRST of them, one that saved has MOST."""

    def __init__(self) -> None:
        self._left = AT_FIRST
        self._lock = threading.Lock()

    def earn(self) -> None:
        """A read was asked for the first time."""
        with self._lock:
            self._left = min(MOST, self._left + SHARE)

    def spend(self) -> bool:
        """Whether one more retry may be made, which is then counted."""
        with self._lock:
            if self._left < 1:
                return False
            self._left -= 1
            return True


def retry_after_s(header: str | None, wall: float) -> float | None:
    """Seconds that a Retry-After asks to wait, at least 0; None where there is none, or nobody can tell what it means.

    It is a number of seconds or a date (RFC 9110 §10.2.3); a fraction is understood too.
    """
    text = (header or "").strip()
    if SECONDS.fullmatch(text):
        return float(text)
    try:
        date = parsedate_to_datetime(text)
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - wall)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None


def pause_s(attempt: int, wanted: float | None, dice: random.Random) -> float:
    """Seconds before the try after this one (0: the first): as `wanted` and a little more, so that not all who were
    told the same come back at once; else anywhere up to a bound that doubles (full jitter)."""
    if wanted is not None:
        return wanted + dice.uniform(0, BASE_S)
    return dice.uniform(0, BASE_S * 2**attempt)
