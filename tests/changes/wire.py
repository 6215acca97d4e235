"""A workspace that answers as the test says, over HTTP: every request is kept, and nothing happens by itself."""

import json
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from web.workspace.behalf import Behalf
from web.workspace.client import Workspace
from web.workspace.transport import Transport

API = "/api/2.0/serving-endpoints"
ACL = "/api/2.0/permissions/serving-endpoints"
ME = "/api/2.0/preview/scim/v2/Me"
ID = "0123456789abcdef0123456789abcdef"
CUT = "the connection is cut before a reply"
ABSENT = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "There is none."}


@dataclass(frozen=True)
class Asked:
    """One request. `who` is the token it came with."""

    method: str
    path: str
    body: Any
    who: str


class Wire:
    """`says(method, path, body, status)` before, `asked` and `sent` (the writes among them) afterwards."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[tuple[str, str], list[tuple[int, Any]]] = {}
        self._during: dict[str, Callable[[], None]] = {}
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.wire = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def says(self, method: str, path: str, body: Any = None, status: int = 200) -> None:
        """The answer to this request; a second one follows it, the last one stays. `body`: JSON, bytes, or CUT."""
        self._answers.setdefault((method, path), []).append((status, {} if body is None else body))

    def shows(self, live: dict[str, Any], grants: list[dict[str, Any]] | None = None) -> None:
        """An endpoint, and the direct grants on it; again for what it is the next time."""
        self.says("GET", f"{API}/{live['name']}", live)
        if grants is not None:
            self.says("GET", f"{ACL}/{live['id']}", permissions(grants))

    def while_asked(self, method: str, call: Callable[[], None]) -> None:
        """Do this whenever such a request has come, before it is answered."""
        self._during[method] = call

    def forget(self) -> None:
        """As it was at first."""
        self.asked.clear()
        self._answers.clear()
        self._during.clear()

    @property
    def sent(self) -> list[tuple[str, str, Any]]:
        """(method, path, body) of each write, in order."""
        return [(one.method, one.path, one.body) for one in self.asked if one.method != "GET"]

    def reads(self, path: str) -> int:
        """How often this was read."""
        return sum(one.method == "GET" and one.path == path for one in self.asked)

    def door(self, who: str = "bob", behalf: Behalf | None = None, url: str = "") -> Workspace:
        """Somebody's door to it."""
        transport = Transport(url or self.url, "tests", read_timeout_s=5, write_timeout_s=5)
        return Workspace(transport, lambda: {"Authorization": f"Bearer {who}"}, label="tests", behalf=behalf)

    def answer(self, asked: Asked) -> tuple[int, Any]:
        """What it says to this, having noted it."""
        self.asked.append(asked)
        if during := self._during.get(asked.method):
            during()
        known = self._answers.get((asked.method, asked.path))
        if not known:
            return 404, ABSENT
        return known.pop(0) if len(known) > 1 else known[0]

    def stop(self) -> None:
        """Nobody answers any more."""
        self._server.shutdown()
        self._server.server_close()


def permissions(grants: list[dict[str, Any]], *, inherited: bool = False) -> dict[str, Any]:
    """The permissions object that shows these grants."""
    entries = []
    for grant in grants:
        who = {k: v for k, v in grant.items() if k != "permission_level"}
        level = {"permission_level": grant["permission_level"], "inherited": inherited}
        entries.append({**who, "all_permissions": [level]})
    return {"object_id": "/serving-endpoints/1", "access_control_list": entries}


class Handler(BaseHTTPRequestHandler):
    """One request, answered in one piece."""

    wbufsize = -1
    server: "Server"

    def respond(self) -> None:
        """Whatever the method."""
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        who = str(self.headers.get("Authorization") or "").removeprefix("Bearer ")
        path = self.path.partition("?")[0]
        status, answer = self.server.wire.answer(Asked(self.command, path, body, who))
        if answer == CUT:
            return
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class Server(socketserver.ThreadingTCPServer):
    """Its port is free again at once."""

    allow_reuse_address = True
    daemon_threads = True
    wire: Wire
