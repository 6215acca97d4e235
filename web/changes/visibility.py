"""Which part of the history a person may read: their own changes, and those of endpoints they can manage."""

import threading
import time
from collections.abc import Callable

from web.audit.models import Operation
from web.audit.queries import May
from web.errors import PortalError
from web.identity.person import Caller
from web.workspace import serving

CACHE_S = 60.0
CACHE_SIZE = 5000

_known: dict[tuple[str, str, str], tuple[float, bool]] = {}
_lock = threading.Lock()


def may_see(who: Caller, clock: Callable[[], float] = time.monotonic, *, everything: bool = False) -> May:
    """A judge of operations for one person. Admins and auditors see all (`everything`); a failure to ask denies."""

    def may(operation: Operation) -> bool:
        if everything or who.is_admin or operation.actor == who.email:
            return True
        if not operation.endpoint:
            return False
        return _manages(who, operation.endpoint, operation.endpoint_id, clock)

    return may


def _manages(who: Caller, name: str, endpoint_id: str, clock: Callable[[], float]) -> bool:
    key = (who.workspace.host + who.email, name, endpoint_id)
    with _lock:
        known = _known.get(key)
        if known and known[0] > clock():
            return known[1]
    answer = _ask(who, name, endpoint_id)
    with _lock:
        if len(_known) > CACHE_SIZE:
            _known.clear()
        _known[key] = (clock() + CACHE_S, answer)
    return answer


def _ask(who: Caller, name: str, endpoint_id: str) -> bool:
    """CAN_MANAGE on the very endpoint the operation was about: another one may bear its name now."""
    try:
        live = serving.get_endpoint(who.workspace, name)
    except PortalError:
        return False
    same = not endpoint_id or live.get("id") == endpoint_id
    return same and live.get("permission_level") == "CAN_MANAGE"
