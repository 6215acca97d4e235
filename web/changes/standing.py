"""How an endpoint stands: which update runs and who began it, who waits in line, and what changed elsewhere."""

from dataclasses import dataclass
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.models import Operation, QueuedChange, Snapshot
from web.audit.queries import Filter
from web.changes import observe, queue
from web.changes.kinds import Kind

ROLLING = (Kind.CONFIG, Kind.TRAFFIC, Kind.STOP, Kind.START, Kind.RESTORE)


@dataclass(frozen=True)
class Update:
    """The update in progress. `operation` made it, None: somebody outside this portal did. `since` in ms."""

    operation: Operation | None
    since: int | None
    version: int | None


@dataclass(frozen=True)
class Standing:
    """Each None where there is nothing. `outside` is the newest state reached elsewhere that nobody adopted."""

    update: Update | None = None
    queued: QueuedChange | None = None
    outside: Snapshot | None = None


def standing(ledger: Ledger, host: str, live: dict[str, Any]) -> Standing:
    """The standing of an endpoint that was just read."""
    name = str(live.get("name") or "")
    if not live.get("id"):
        return Standing()
    return Standing(update(ledger, live), queue.waiting_on(ledger, host, name), observe.outside(ledger, name))


def update(ledger: Ledger, live: dict[str, Any] | None) -> Update | None:
    """Who began the update in progress, as far as the history tells. None when none runs."""
    if not live or not updating(live):
        return None
    pending = live.get("pending_config") or {}
    version = pending.get("config_version")
    recent = queries.page(ledger.engine, Filter(endpoint=str(live.get("name")), limit=20), lambda _: True).operations
    made = next((o for o in recent if _made(o, live, version)), None)
    return Update(made, made.at if made else pending.get("start_time"), version)


def updating(live: dict[str, Any]) -> bool:
    """Whether a config update is in progress."""
    return (live.get("state") or {}).get("config_update") == "IN_PROGRESS"


def _made(operation: Operation, live: dict[str, Any], version: int | None) -> bool:
    after = operation.after or {}
    pending = after.get("pending_config") or {}
    return after.get("id") == live.get("id") and bool(version) and pending.get("config_version") == version
