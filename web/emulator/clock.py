"""The workspace's clock: real time plus whatever was advanced, and a speed at which long things happen."""

from __future__ import annotations

import time


class Clock:
    """Virtual time in milliseconds since 1970. `speed` divides the durations of the real thing, never the clock."""

    def __init__(self, speed: float = 20.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be positive")
        self.speed = speed
        self.advanced_ms = 0

    def now_ms(self) -> int:
        """The present moment, milliseconds."""
        return time.time_ns() // 1_000_000 + self.advanced_ms

    def advance(self, seconds: float) -> None:
        """Move the present forward by `seconds` of virtual time (not divided by the speed)."""
        if seconds < 0:
            raise ValueError("time cannot be turned back")
        self.advanced_ms += round(seconds * 1000)

    def span_ms(self, seconds: float) -> int:
        """How many milliseconds something takes here that takes `seconds` on the real service."""
        return round(seconds * 1000 / self.speed)


def whole_second(ms: int) -> int:
    """Milliseconds rounded down to a whole second, as the API gives its time stamps."""
    return ms // 1000 * 1000
