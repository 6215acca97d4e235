"""One slow family of the API, or one slow endpoint in it, cannot take every worker: the others keep answering."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from web.errors import Unavailable

PLACES = 16
OF_ONE = 8
WAIT_S = 2.0
ENDPOINTS = "serving-endpoints"


class Bulkheads:
    """Places for reads under way, by the family of their path: serving-endpoints, unity-catalog, secrets … Of them,
    `of_one` at most for one endpoint."""

    def __init__(self, places: int = PLACES, wait_s: float = WAIT_S, of_one: int = OF_ONE) -> None:
        self.places, self.wait_s, self.of_one = places, wait_s, of_one
        self._free = threading.Condition()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def place(self, path: str, most_s: float = WAIT_S) -> Iterator[None]:
        """Hold a place. Raises Unavailable when none gets free in time, `most_s` at most: this part is slow now."""
        family = family_of(path)
        held = [family, *one_of(path)]
        with self._free:
            if not self._free.wait_for(lambda: self._room(*held), min(self.wait_s, most_s)):
                raise Unavailable(
                    f"The workspace answers slowly just now ({family}).",
                    code="WORKSPACE_BUSY",
                    hint="Other parts of the portal work. Try again in a moment.",
                )
            self._taken.update(held)
        try:
            yield
        finally:
            with self._free:
                for name in held:
                    self._taken[name] -= 1
                    if not self._taken[name]:
                        del self._taken[name]
                self._free.notify_all()

    def _room(self, family: str, one: str = "") -> bool:
        return self._taken[family] < self.places and (not one or self._taken[one] < self.of_one)


def family_of(path: str) -> str:
    """The part of the API a path belongs to: `/api/2.0/serving-endpoints/x` is serving-endpoints."""
    return _parts(path)[0]


def one_of(path: str) -> list[str]:
    """The one endpoint that a path is about: `serving-endpoints/x`; none for a list, and in other families."""
    parts = _parts(path)
    return ["/".join(parts[:2])] if len(parts) > 1 and parts[0] == ENDPOINTS else []


def _parts(path: str) -> list[str]:
    parts = path.split("?")[0].strip("/").split("/")
    return parts[2:] if len(parts) > 2 and parts[0] == "api" else parts
