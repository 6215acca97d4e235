"""An operation of which a step is missing: what is left to do, as a change to review like any other."""

from typing import Any

from web.audit.models import Operation
from web.changes.grants import direct_grants
from web.changes.kinds import Change, Kind
from web.changes.lockouts import PRINCIPALS
from web.errors import Conflict
from web.workspace import behalf, sight
from web.workspace.client import Workspace


def missing_grants(operation: Operation) -> list[dict[str, Any]]:
    """The grants of a create whose endpoint was made and whose permissions were not granted; else none."""
    if operation.kind != Kind.CREATE or operation.outcome not in ("refused", "failed") or len(operation.calls) < 2:
        return []
    made, granted = (call.get("status") == "done" for call in operation.calls[:2])
    body = operation.calls[1].get("body") or {}
    return list(body.get("access_control_list") or []) if made and not granted else []


def grant_the_rest(ws: Workspace, operation: Operation) -> tuple[Change, dict[str, Any], list[dict[str, Any]]]:
    """(the change, the live endpoint, its direct grants now): those grants kept, the missing ones added.

    Raises Conflict when nothing is missing or another endpoint has the name, Forbidden where they cannot be read.
    """
    wanted = missing_grants(operation)
    live = sight.endpoint(ws, operation.endpoint)
    if not wanted or (operation.endpoint_id and live.get("id") != operation.endpoint_id):
        raise Conflict("No grants of this operation are missing.", hint="Nothing was sent.")
    have = direct_grants(behalf.permissions(ws, live)[0])
    theirs = {_who(grant) for grant in wanted}
    body = {"access_control_list": [*(grant for grant in have if _who(grant) not in theirs), *wanted]}
    return Change(kind=Kind.PERMISSIONS, endpoint=operation.endpoint, body=body), live, have


def _who(grant: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(grant.get(kind) for kind in PRINCIPALS)
