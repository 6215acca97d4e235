"""Keeps what an update that failed has printed, with the change that led to it, as soon as the portal sees it fail.

Whoever sees it, a person's page or the app's own look, reads with rights of their own; why
nothing could be kept stays too.
"""

import logging
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from web.audit import kept_logs
from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.errors import Forbidden, PortalError
from web.workspace import entity_logs, serving
from web.workspace.client import Workspace
from web.workspace.entity_state import BROKEN

log = logging.getLogger("portal")
FAILED = ("UPDATE_FAILED", "UPDATE_CANCELED")
MOST_ENTITIES = 3
MANAGERS = (None, "CAN_MANAGE")
NO_CONTAINER = "This kind of model has no container, so nothing was printed."
NOT_ALLOWED = "Reading logs needs CAN_MANAGE on the endpoint, and nobody who has it has looked yet."
NO_ENTITY = "The workspace named no served entity that failed."
EMPTY = "Nothing was printed before it failed."
MOVED_ON = "The endpoint was changed again before anybody who may read its logs looked."


def keep(ledger: Ledger, ws: Workspace, raw: dict[str, Any]) -> str:
    """Keep the logs of the update that `raw` has failed, once; the id of the change that led to it, or "".

    Asks nothing of the workspace unless an update failed that was made here and whose logs are not kept. Never raises
    for what the workspace or the history refuses.
    """
    if (raw.get("state") or {}).get("config_update") not in FAILED:
        return ""
    try:
        operation = kept_logs.behind(ledger.engine, raw)
        if operation is None or kept_logs.kept_at(ledger.engine, operation.id):
            return operation.id if operation else ""
        if why := _read(ledger, ws, raw):
            kept_logs.missed(ledger, raw, operation, why)
    except SQLAlchemyError:
        log.warning("the log of a failed update could not be kept", exc_info=True)
        return ""
    return operation.id


def _read(ledger: Ledger, ws: Workspace, raw: dict[str, Any]) -> str:
    """Why there is nothing to keep; "" once something is kept."""
    if serving.kind_of(raw) in entity_logs.NO_CONTAINER:
        return NO_CONTAINER
    if raw.get("permission_level") not in MANAGERS:
        return NOT_ALLOWED
    pending = raw["pending_config"]
    entities = [one for one in pending.get("served_entities") or [] if isinstance(one, dict)]
    broken = [one for one in entities if (one.get("state") or {}).get("deployment") in BROKEN][:MOST_ENTITIES]
    why, kept = EMPTY if broken else NO_ENTITY, False
    for entity in broken:
        name, message = str(entity.get("name")), str(entity["state"].get("deployment_state_message") or "")
        try:
            texts = entity_logs.of(ws, str(raw["name"]), name, message, pending.get("config_version"))
        except Forbidden:
            return NOT_ALLOWED
        except PortalError as error:
            why = f"The log could not be read: {error.message}"
            continue
        for which, text in texts.items():
            kept = bool(kept_logs.keep(ledger, raw, name, which, text)) or kept
    return "" if kept else why


def why_not(ledger: Ledger, operation: Operation) -> str:
    """Why no log is kept of the failed update that `operation` led to; "" when it is not known to have failed."""
    if why := kept_logs.why_not(ledger.engine, operation.id):
        return why
    return MOVED_ON if kept_logs.fell_back(ledger.engine, operation) else ""
