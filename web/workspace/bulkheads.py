"""One slow family of the API cannot take every worker: each has its own places, the others keep answering."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from web.errors import Unavailable

PLACES = 16
WAIT_S = 2.0


class Bulkheads:
    """Places for reads under way, by the family of their path: serving-endpoints, unity-catalog, secrets …"""

    def __init__(self, places: int = PLACES, wait_s: float = WAIT_S) -> None:
        self.places, self.wait_s = places, wait_s
        self._lock = threading.Lock()
        self._by_family: dict[str, threading.Semaphore] = {}

    @contextmanager
    def place(self, path: str) -> Iterator[None]:
        """Hold a place. Raises Unavailable when none gets free in time: this part of the workspace is slow now."""
        family = family_of(path)
        with self._lock:
            semaphore = self._by_family.setdefault(family, threading.Semaphore(self.places))
        if not semaphore.acquire(timeout=self.wait_s):
            raise Unavailable(
                f"The workspace answers slowly just now ({family}).",
                code="WORKSPACE_BUSY",
                hint="Other parts of the portal work. Try again in a moment.",
            )
        try:
            yield
        finally:
            semaphore.release()


def family_of(path: str) -> str:
    """The part of the API a path belongs to: `/api/2.0/serving-endpoints/x` is serving-endpoints."""
    parts = path.split("?")[0].strip("/").split("/")
    return parts[2] if len(parts) > 2 and parts[0] == "api" else parts[0]
