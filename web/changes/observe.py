"""What an endpoint looked like over time: after each change made here, and whenever somebody looks and it is different.

A difference that no operation of this portal explains was made elsewhere.
"""

from typing import Any

from sqlmodel import Session, desc, select

from web.audit.ledger import Ledger
from web.audit.models import Snapshot
from web.changes.diff import fingerprint
from web.changes.fields import current_config, editable
from web.errors import PortalError

ENDPOINT = "endpoint"
PORTAL, SEEN, FAILED, ADOPTED = "portal", "seen", "update failed", "adopted"


def heading_for(live: dict[str, Any]) -> dict[str, Any]:
    """The endpoint with the config it is on its way to: an update that runs counts as made."""
    pending = live.get("pending_config")
    runs = (live.get("state") or {}).get("config_update") == "IN_PROGRESS"
    return {**live, "config": pending} if runs and pending else live


def state_hash(live: dict[str, Any]) -> str:
    """A hash of everything that can be edited, of the config it is heading for."""
    return fingerprint({k: v for k, v in editable(heading_for(live)).items() if k != "suspended"})


def after_change(ledger: Ledger, live: dict[str, Any], op_id: str) -> None:
    """Keep what was read back after a change made here."""
    _append(ledger, live, PORTAL, op_id)


def look(ledger: Ledger, live: dict[str, Any]) -> None:
    """Keep what somebody sees, if it differs from what was kept last. Endpoints without an id are not ours to watch."""
    name = str(live.get("name") or "")
    if not live.get("id") or not name:
        return
    recent = latest(ledger, name, 2)
    digest = state_hash(live)
    if recent and recent[0].hash == digest:
        return
    back = len(recent) == 2 and recent[1].hash == digest
    failed = (live.get("state") or {}).get("config_update") in ("UPDATE_FAILED", "UPDATE_CANCELED")
    _append(ledger, live, FAILED if back and failed else SEEN, "")


def latest(ledger: Ledger, name: str, count: int = 1) -> list[Snapshot]:
    """The newest states kept of an endpoint, newest first."""
    query = select(Snapshot).where(Snapshot.endpoint == name, Snapshot.scope == ENDPOINT)
    with Session(ledger.engine) as session:
        return list(session.exec(query.order_by(desc(Snapshot.seq)).limit(count)))


def adopt(ledger: Ledger, name: str, seq: int, who: str) -> None:
    """Mark a state that was reached elsewhere as meant, by `who`. Other states stay as they are."""
    with ledger.writing() as session:
        row = session.get(Snapshot, seq)
        if row is not None and row.endpoint == name and row.source == SEEN:
            row.source, row.op_id = ADOPTED, who
            session.add(row)


def _append(ledger: Ledger, live: dict[str, Any], source: str, op_id: str) -> None:
    """Never stops what it belongs to: a history that cannot be written has refused the change already."""
    target = heading_for(live)
    row = Snapshot(
        endpoint=str(live.get("name")),
        scope=ENDPOINT,
        source=source,
        op_id=op_id,
        hash=state_hash(live),
        config_version=current_config(target).get("config_version"),
        at=ledger.clock(),
        body=ledger.redact({k: v for k, v in target.items() if k != "pending_config"}),
    )
    try:
        with ledger.writing() as session:
            session.add(row)
    except PortalError:
        return
