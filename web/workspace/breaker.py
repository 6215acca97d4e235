"""What fails again and again is left alone for a while: reads of it are refused at once, until one has tried it.

Two sizes of what can fail: a *subject* is one address (the metrics of one endpoint), a *family* the part of the API
that it is in. A subject is left alone after FAILURES reads of it in a row, a family after failures of as many different
subjects with no success in between: one endpoint's failing metrics close nothing but themselves.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from web.errors import Unavailable
from web.workspace.bulkheads import family_of

FAILURES = 5
FORGOTTEN_S = 60.0
KEPT = 500


@dataclass
class _Streak:
    """Failures in a row. `until`: it is left alone up to then; `tried`: by a read that is under way."""

    count: int = 0
    subjects: set[str] = field(default_factory=set)
    at: float = 0.0
    until: float = 0.0
    tried: bool = False
    why: str = ""


class Breakers:
    """`enter(path)` before a read; then exactly one of `well`, `failed`, `unsure`. `open_s` 0: nothing is refused."""

    def __init__(self, open_s: float, now: Callable[[], float]) -> None:
        self.open_s = open_s
        self._now = now
        self._lock = threading.Lock()
        self._streaks: dict[str, _Streak] = {}

    def enter(self, path: str) -> None:
        """Raises Unavailable while this is left alone. Nobody was asked then."""
        if not self.open_s or not self._streaks:
            return
        with self._lock:
            now = self._now()
            found = [streak for name in _names(path) if (streak := self._streaks.get(name)) and streak.until]
            for streak in found:
                if streak.tried or now < streak.until:
                    raise _left_alone(family_of(path), max(1.0, streak.until - now), streak.why)
            for streak in found:
                streak.tried = True

    def well(self, path: str) -> None:
        """It answered: whatever was counted of it is over."""
        if self._streaks:
            with self._lock:
                for name in _names(path):
                    self._streaks.pop(name, None)

    def failed(self, path: str, why: str) -> None:
        """It did not answer, or said that it cannot."""
        if not self.open_s:
            return
        with self._lock:
            now = self._now()
            subject, family = (self._streak(name, now) for name in _names(path))
            subject.count += 1
            if path not in family.subjects and family.count < FAILURES:
                family.subjects.add(path)
                family.count += 1
            for streak in (subject, family):
                streak.at, streak.why = now, why
                if streak.tried or (streak.count >= FAILURES and not streak.until):
                    streak.until, streak.tried = now + self.open_s, False

    def unsure(self, path: str) -> None:
        """The read ended in a way that says nothing of the workspace: the next one may try."""
        if self._streaks:
            with self._lock:
                for name in _names(path):
                    if name in self._streaks:
                        self._streaks[name].tried = False

    def _streak(self, name: str, now: float) -> _Streak:
        """What is counted under this name; from nothing when the last failure was long ago."""
        if len(self._streaks) >= KEPT:
            self._streaks = {n: s for n, s in self._streaks.items() if now - s.at < FORGOTTEN_S}
        found = self._streaks.get(name)
        if found is None or (now - found.at >= FORGOTTEN_S and not found.tried):
            found = self._streaks[name] = _Streak()
        return found


def _names(path: str) -> tuple[str, str]:
    """The subject and the family of a path."""
    return path, f"family {family_of(path)}"


def _left_alone(family: str, wait_s: float, why: str) -> Unavailable:
    return Unavailable(
        f"The workspace keeps failing here ({family}), so it is left alone for a moment.",
        code="WORKSPACE_FAILING",
        hint=f"It is asked again in {wait_s:.0f} s. The last time: {why}. Other parts of the portal work.",
    )
