"""At most 50 create and update calls per 5 minutes and workspace (§3.3)."""

from __future__ import annotations

from collections import deque

from web.emulator.wire import ApiError, Call

CALLS, WINDOW_MS = 50, 5 * 60 * 1000


class Quota:
    """The moments (virtual ms) of the create and update calls that were let through."""

    def __init__(self) -> None:
        self.moments: deque[int] = deque()

    def take(self, now_ms: int) -> bool:
        """Count one call; False when the window is full."""
        while self.moments and self.moments[0] <= now_ms - WINDOW_MS:
            self.moments.popleft()
        if len(self.moments) >= CALLS:
            return False
        self.moments.append(now_ms)
        return True


def spend(call: Call) -> None:
    """Count a create or update call. Raises 429 when there were too many."""
    if call.world.switches.enforce_quota and not call.world.quota.take(call.world.clock.now_ms()):
        message = f"REQUEST_LIMIT_EXCEEDED: Exceeded workspace rate limit for {call.request.url.path}."
        raise ApiError(429, "REQUEST_LIMIT_EXCEEDED", message, headers={"Retry-After": "5"})
