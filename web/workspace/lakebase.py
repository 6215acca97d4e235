"""The password of a Lakebase Postgres: a token of the app's own principal, minted for one login (reference §4.2)."""

import json
import os
import threading
import time
from collections.abc import Callable

from web.errors import Unavailable
from web.workspace.client import Workspace, decode
from web.workspace.errors import raise_for
from web.workspace.transport import NotSent, Unanswered

CREDENTIALS = "/api/2.0/postgres/credentials"
KEEP_S = 1800.0  # a token lives an hour and is checked only at login


class Passwords:
    """Hands out a password for each new connection, the same one for half an hour. Safe from any thread."""

    def __init__(self, as_app: Callable[[], Workspace], clock: Callable[[], float] = time.monotonic) -> None:
        self._as_app = as_app
        self._clock = clock
        self._lock = threading.Lock()
        self._known = ("", 0.0)

    def __call__(self, fresh: bool = False) -> str:
        """A password that is valid now, a new one when `fresh`. Raises PortalError when the workspace gives none."""
        with self._lock:
            token, until = self._known
            if fresh or not token or until <= self._clock():
                token = mint(self._as_app(), os.environ.get("LAKEBASE_ENDPOINT", ""))
                self._known = (token, self._clock() + KEEP_S)
            return token


def mint(ws: Workspace, endpoint: str) -> str:
    """A token for the Lakebase `endpoint` (projects/…/endpoints/…); without one the app's own OAuth token serves."""
    if not endpoint:
        return dict(ws.headers())["Authorization"].removeprefix("Bearer ")
    try:
        reply = ws.transport.send("POST", CREDENTIALS, ws.headers, json.dumps({"endpoint": endpoint}).encode())
    except (NotSent, Unanswered) as error:
        raise Unavailable(f"No password for the database could be had ({error}).") from error
    raise_for(reply.status, reply.body, reply.headers)
    answer = decode(reply.body)
    if not isinstance(answer, dict) or not answer.get("token"):
        raise Unavailable("The workspace gave no password for the database.", code="BAD_ANSWER")
    return str(answer["token"])
