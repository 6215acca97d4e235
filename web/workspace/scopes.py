"""What a person's token reaches: Databricks Apps gives it the scopes of the app, not all that the person may do.

Each family of calls is probed with one read, which tells only whether a scope is lacking, not what the person may do.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from web.errors import Forbidden, PortalError
from web.workspace.client import Workspace

CACHE_S = 300.0
CACHE_SIZE = 200
State = Literal["ok", "missing", "unknown"]


@dataclass(frozen=True)
class Family:
    """One family of calls: its name, the scope it needs, what the portal does with it, and a read that changes nothing.
    `grantable`: whether an app can ask for the scope at all (reference: scopes of user authorization)."""

    key: str
    scope: str
    use: str
    probe: str
    grantable: bool = True


@dataclass(frozen=True)
class Reach:
    """What one probe found. `reason` is the workspace's sentence, "" when the family is reached."""

    family: Family
    state: State
    reason: str = ""


FAMILIES = (
    Family(
        "model-serving",
        "model-serving",
        "See, change and query endpoints, read logs and metrics",
        "/api/2.0/serving-endpoints",
    ),
    Family(
        "permissions",
        "permissions",
        "Read and change who may use an endpoint",
        "/api/2.0/permissions/serving-endpoints/0",
        grantable=False,
    ),
    Family("apps", "apps", "List apps and attach an endpoint to one", "/api/2.0/apps?page_size=1", grantable=False),
    Family(
        "catalog",
        "catalog.catalogs:read",
        "Pick registered models and inference tables",
        "/api/2.1/unity-catalog/catalogs",
    ),
    Family("sql", "sql", "Read usage and inference tables", "/api/2.0/sql/warehouses"),
    Family("files", "files", "Look at volumes", "/api/2.0/fs/directories/Volumes"),
    Family("secrets", "secrets", "Suggest secret scopes and keys", "/api/2.0/secrets/scopes/list", grantable=False),
)


def lacks_scope(error: PortalError) -> bool:
    """Whether this is a refusal for want of a scope, and not for want of a permission."""
    return isinstance(error, Forbidden) and "required scopes" in error.message.lower()


class Scopes:
    """Asks once per credential and remembers it, by a hash, for five minutes. Unclear answers are not remembered."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, tuple[Reach, ...]]] = OrderedDict()

    def of(self, ws: Workspace) -> tuple[Reach, ...]:
        """One answer a family, in the order of FAMILIES. Never raises."""
        key = hashlib.sha256(f"{ws.host} {sorted(ws.headers().items())}".encode()).hexdigest()
        with self._lock:
            at, known = self._known.get(key, (0.0, ()))
            if known and self._clock() - at < CACHE_S:
                return known
        with ThreadPoolExecutor(max_workers=len(FAMILIES)) as pool:
            found = tuple(pool.map(lambda family: _probe(ws, family), FAMILIES))
        if all(one.state != "unknown" for one in found):
            self._keep(key, found)
        return found

    def _keep(self, key: str, found: tuple[Reach, ...]) -> None:
        with self._lock:
            self._known[key] = (self._clock(), found)
            self._known.move_to_end(key)
            while len(self._known) > CACHE_SIZE:
                self._known.popitem(last=False)


def _probe(ws: Workspace, family: Family) -> Reach:
    try:
        ws.get_bytes(family.probe)
    except PortalError as error:
        if lacks_scope(error):
            return Reach(family, "missing", error.message[:300])
        answered = 400 <= error.status < 500 and error.status not in (401, 429)
        return Reach(family, "ok") if answered else Reach(family, "unknown", error.message[:300])
    return Reach(family, "ok")
