"""Keeping the log of a failed update, and who may read it later."""

import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from web.audit import kept_logs
from web.audit.kept_logs import KeptLog
from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.changes import failed_logs
from web.errors import NotFound, PortalError
from web.features.logs.queries import LogView
from web.identity.person import Caller
from web.workspace import sight

log = logging.getLogger("portal")


@dataclass(frozen=True)
class KeptView:
    """Logs of an operation. `allowed` False: this person may not read the endpoint's logs, so they stay closed.
    `why`: of an update that failed, why there are none."""

    logs: list[KeptLog]
    allowed: bool
    why: str = ""


@dataclass(frozen=True)
class Standing:
    """Of an operation whose update failed: `at`, when its logs were kept, else `why` they were not."""

    at: int | None
    why: str


def keep(ledger: Ledger, raw: dict[str, Any], view: LogView) -> str:
    """Keep the log on the page when it is that of an update that failed; the operation's id, or ""."""
    state = (raw.get("state") or {}).get("config_update")
    if state not in failed_logs.FAILED or view.source is None or not view.source.pending or not view.text.text:
        return ""
    try:
        return kept_logs.keep(ledger, raw, view.source.entity, view.which, view.text.text)
    except SQLAlchemyError:
        log.warning("the log of a failed update could not be kept", exc_info=True)
        return ""


def kept(ledger: Ledger, who: Caller, operation: Operation) -> KeptView:
    """The logs, for people who may manage the endpoint now; of one that is gone, for its author and admins."""
    why = standing(ledger, who, operation).why
    logs = kept_logs.of(ledger.engine, operation.id)
    return KeptView(logs if (allowed := _may_read(who, operation)) else [], allowed, why)


def standing(ledger: Ledger, who: Caller, operation: Operation) -> Standing:
    """Looks at the endpoint, with the rights of whoever asks, when nothing is kept yet."""
    at = kept_logs.kept_at(ledger.engine, operation.id)
    if at is None:
        with suppress(PortalError):
            failed_logs.keep(ledger, who.workspace, sight.endpoint(who.workspace, operation.endpoint))
        at = kept_logs.kept_at(ledger.engine, operation.id)
    return Standing(at, "" if at else failed_logs.why_not(ledger, operation))


def _may_read(who: Caller, operation: Operation) -> bool:
    try:
        raw = sight.endpoint(who.workspace, operation.endpoint)
    except NotFound:
        return who.is_admin or who.email.casefold() == operation.actor.casefold()
    if operation.endpoint_id and raw.get("id") != operation.endpoint_id:
        return who.is_admin or who.email.casefold() == operation.actor.casefold()
    return raw.get("permission_level") in (None, "CAN_MANAGE")
