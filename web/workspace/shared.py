"""Identical reads under way at once are one read: a person's tabs that watch the same thing ask the workspace once.

Shared while it runs, never kept: what is answered is as new as if asked alone. One credential's reads are never
another's, and a read begun before a change of that credential is not joined after it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from web.workspace.resting import resting

_lock = threading.Lock()
_flights: dict[tuple[str, str], "Future[bytes]"] = {}


def read(credential: str, path: str, ask: Callable[[], bytes]) -> bytes:
    """What `ask` answers or raises; where this credential is reading that path already, what that read does."""
    key = (credential, path)
    with _lock:
        flight = _flights.get(key)
        first = flight is None
        if flight is None:
            flight = _flights[key] = Future()
    if first:
        _fly(key, flight, ask)
    with resting():
        return flight.result()


def forget(credential: str) -> None:
    """After a change: whoever asks from now on joins nothing that began before."""
    with _lock:
        for key in [key for key in _flights if key[0] == credential]:
            del _flights[key]


def _fly(key: tuple[str, str], flight: "Future[bytes]", ask: Callable[[], bytes]) -> None:
    """Ask in the caller's own thread; everybody else waits as long as that read may take."""
    try:
        flight.set_result(ask())
    except BaseException as error:
        flight.set_exception(error)
        raise
    finally:
        with _lock:
            if _flights.get(key) is flight:
                del _flights[key]
