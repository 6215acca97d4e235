"""The endpoint listing, asked once for everybody who waits for it and kept for a moment; one copy a credential.

A person's listing is what their own credential may see, so copies are never shared between credentials.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from web.errors import Forbidden, PortalError, Unauthenticated, Unavailable
from web.workspace import serving, shared
from web.workspace.client import Workspace
from web.workspace.resting import resting
from web.workspace.rows import EndpointRow, decode_rows

KEPT = 64
KEEP_S = 900.0
PATIENCE_S = 2.5

MOST_PIECES = 600

T = TypeVar("T")


class Pieces:
    """Pieces of a page that depend on a listing alone, kept as long as it: one credential's, so no one else sees them.

    `keep` answers what it was given. At most `most`; then the oldest makes room.
    """

    def __init__(self, most: int = MOST_PIECES) -> None:
        self._kept: dict[Any, Any] = {}
        self._most = most

    def of(self, *key: Any) -> Any:
        """What was kept under this key, else None."""
        return self._kept.get(key)

    def keep(self, piece: T, *key: Any) -> T:
        """Keep it. Pages are drawn in several threads: who comes second overwrites the same with the same."""
        while len(self._kept) >= self._most:
            self._kept.pop(next(iter(list(self._kept))), None)
        self._kept[key] = piece
        return piece


@dataclass(frozen=True)
class Snapshot:
    """A listing as of `at_ms`, ordered by name. `problem` is why it could not be renewed; then it is stale."""

    rows: tuple[EndpointRow, ...]
    at_ms: int
    problem: PortalError | None = None
    _derived: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def stale(self) -> bool:
        """True when the workspace could not be asked again."""
        return self.problem is not None

    def once(self, key: str, build: Callable[["Snapshot"], T]) -> T:
        """What `build` makes of these rows, made once per listing however many pages are drawn from it."""
        if key not in self._derived:
            self._derived[key] = build(self)
        return cast(T, self._derived[key])

    def outdated(self, problem: PortalError) -> "Snapshot":
        """The same rows, marked stale."""
        return Snapshot(self.rows, self.at_ms, problem, self._derived)


@dataclass
class _Shelf:
    """One credential's place: its last listing, and the question that is under way."""

    snapshot: Snapshot | None = None
    digest: bytes = b""
    fresh_until: float = 0.0
    flight: "Future[Snapshot] | None" = None
    generation: int = 0
    touched: float = 0.0


_shelves: "OrderedDict[str, _Shelf]" = OrderedDict()
_lock = threading.Lock()
_pool = ThreadPoolExecutor(8, thread_name_prefix="listing")


def snapshot(ws: Workspace, stale_s: float) -> Snapshot:
    """The caller's endpoints, asked for again when older than `stale_s` seconds.

    When the workspace fails, or takes longer than PATIENCE_S, the last listing is given with `problem` set; without
    one the error is raised. A credential that is refused loses its listing at once (Unauthenticated, Forbidden).
    """
    key = credential(ws)
    with _lock:
        shelf = _shelf(key)
        if shelf.snapshot is not None and time.monotonic() < shelf.fresh_until:
            return shelf.snapshot
        last = shelf.snapshot
        if shelf.flight is None:
            shelf.flight = _pool.submit(_renew, key, ws, stale_s, shelf.generation)
        flight = shelf.flight
    try:
        with resting():
            return flight.result(PATIENCE_S if last else None)
    except NotYet:
        assert last is not None  # noqa: S101 - without one the wait has no end but the read's own
        return last.outdated(Unavailable("The workspace is slow to answer."))


def forget(ws: Workspace) -> None:
    """After a change: the next page asks again. Other people's copies age out by themselves."""
    key = credential(ws)
    shared.forget(key)
    with _lock:
        shelf = _shelves.get(key)
        if shelf is not None:
            shelf.fresh_until = 0.0
            shelf.flight = None
            shelf.generation += 1


def _renew(key: str, ws: Workspace, stale_s: float, generation: int) -> Snapshot:
    try:
        body = ws.get_bytes(serving.ENDPOINTS)
        digest = hashlib.blake2b(body).digest()
        made = _made(key, body, digest)
    except PortalError as error:
        return _failed(key, error, stale_s, generation)
    except BaseException:
        _land(key, None, b"", 0, generation)
        raise
    _land(key, made, digest, stale_s, generation)
    return made


def _made(key: str, body: bytes, digest: bytes) -> Snapshot:
    """The listing of an answer. The same bytes as last time are the same listing, with all that was derived from it."""
    now = time.time_ns() // 1_000_000
    with _lock:
        shelf = _shelf(key)
        if shelf.snapshot is not None and shelf.digest == digest:
            return Snapshot(shelf.snapshot.rows, now, None, shelf.snapshot._derived)
    rows = (row for row in decode_rows(body) if row.name)
    return Snapshot(tuple(sorted(rows, key=lambda row: (row.name.lower(), row.name))), now)


def _failed(key: str, error: PortalError, stale_s: float, generation: int) -> Snapshot:
    """The last listing marked stale, until it is time to ask again; raises when there is none."""
    with _lock:
        shelf = _shelf(key)
        last, digest = None if isinstance(error, Unauthenticated | Forbidden) else shelf.snapshot, shelf.digest
        if last is None:
            _shelves.pop(key, None)
            raise error
    stale = last.outdated(error)
    _land(key, stale, digest, stale_s, generation)
    return stale


def _land(key: str, made: Snapshot | None, digest: bytes, stale_s: float, generation: int) -> None:
    """The answer goes onto the shelf, unless a change was made since the question was asked."""
    with _lock:
        shelf = _shelf(key)
        if shelf.generation != generation:
            return
        shelf.flight = None
        if made is not None:
            shelf.snapshot, shelf.digest, shelf.fresh_until = made, digest, time.monotonic() + stale_s


def _shelf(key: str) -> _Shelf:
    """The place of this credential; others that nobody has asked for in a while are given up."""
    now = time.monotonic()
    shelf = _shelves.setdefault(key, _Shelf())
    shelf.touched = now
    _shelves.move_to_end(key)
    while len(_shelves) > KEPT or next(iter(_shelves.values())).touched < now - KEEP_S:
        _shelves.popitem(last=False)
    return shelf


def credential(ws: Workspace) -> str:
    """The host and a hash of the credential itself: whoever has another credential has another listing."""
    identity = "\0".join((ws.host, ws.label, *(f"{k}={v}" for k, v in sorted(ws.headers().items()))))
    return hashlib.sha256(identity.encode()).hexdigest()
