"""The caller of one request: a person the workspace vouches for, with the door that carries their credential."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from web.workspace import iam
from web.workspace.client import Workspace

Mode = Literal["app", "profile", "environment"]
CACHE_S = 60.0
CACHE_SIZE = 200


@dataclass(frozen=True)
class Caller:
    """`email` and `id` as the workspace says them; `workspace` sends this person's credential and no other."""

    email: str
    id: str
    display_name: str
    groups: tuple[str, ...]
    is_admin: bool
    mode: Mode
    label: str
    workspace: Workspace


class WhoIs:
    """Asks the workspace who a credential is; remembers the answer for a minute, by a hash of the credential, and of
    the `most` credentials that were asked about last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = CACHE_SIZE) -> None:
        self._clock, self._most = clock, most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, iam.Me]] = OrderedDict()

    def known(self, credential: str, workspace: Workspace) -> iam.Me | None:
        """Who this is, if the workspace said so within the last minute."""
        with self._lock:
            found = self._known.get(_key(credential, workspace))
        return found[1] if found and found[0] > self._clock() else None

    def ask(self, credential: str, workspace: Workspace) -> iam.Me:
        """Who this is. Raises what the workspace says of a credential that is not good."""
        known = self.known(credential, workspace)
        if known is not None:
            return known
        me, key = iam.me(workspace), _key(credential, workspace)
        with self._lock:
            self._known[key] = (self._clock() + CACHE_S, me)
            self._known.move_to_end(key)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return me


def _key(credential: str, workspace: Workspace) -> str:
    return hashlib.sha256(f"{workspace.host}\0{credential}".encode()).hexdigest()


def caller(me: iam.Me, workspace: Workspace, mode: Mode, label: str) -> Caller:
    """A Caller from what the workspace said."""
    return Caller(
        email=me.user_name,
        id=me.id,
        display_name=me.display_name,
        groups=me.groups,
        is_admin=me.is_admin,
        mode=mode,
        label=label,
        workspace=workspace,
    )
