"""Another site, a sibling app on the same site and a page without an origin make a signed-in browser ask for things.

All of it is refused before any handler runs, and no GET has an effect that would make asking worth while.
"""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Page

from tests.audit.test_vault import until
from tests.browser.fixtures import visit
from tests.features.changes.support import writes
from tests.identity.routes import OPEN, address, all_routes
from tests.servers import Portal
from web.emulator.front_door import FrontDoor
from web.identity.roles import SAFE

if TYPE_CHECKING:
    from web.emulator.server import Emulator

ATTACK = """async ([door, paths]) => {
  const types = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"];
  const body = '{"change": {"kind": "endpoint.delete", "endpoint": "churn", "body": {}}}';
  const tries = paths.flatMap((path) => types.map((type) =>
    fetch(door + path, { method: "POST", mode: "no-cors", credentials: "include", body,
      headers: { "Content-Type": type } }).catch(() => null)));
  tries.push(...paths.map((path) => fetch(door + path, { method: "POST", credentials: "include", body,
    headers: { "Content-Type": "application/json", "X-HTTP-Method-Override": "DELETE", "Idempotency-Key": "evil" } })
    .catch(() => null)));
  await Promise.all(tries);
}"""
FORM = """([door, path, type]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: door + path, enctype: type });
  form.append(Object.assign(document.createElement("input"), { name: "draft", value: "x" }));
  document.body.append(form);
  setTimeout(() => form.submit());
}"""
SANDBOXED = "<iframe sandbox='allow-scripts allow-forms' src='/inner'></iframe>"


class Sibling(BaseHTTPRequestHandler):
    """A page of somebody else."""

    def do_GET(self) -> None:
        """An empty page, or one with a frame that has no origin."""
        body = SANDBOXED if self.path == "/framed" else "<p>Win a prize"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Say nothing."""


@pytest.fixture
def sibling() -> Iterator[int]:
    """The port of another server on this machine: 127.0.0.1 is the portal's site, localhost is another one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sibling)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def unsafe(folder: Path) -> list[str]:
    """The paths of every route that is not a plain read."""
    return sorted({address(path) for method, path in all_routes(folder) if method not in SAFE} | {"/connect/leave"})


def posts(portal: Portal, after: int) -> list[tuple[str, int]]:
    """(route, status) of every POST the portal has logged after the first `after` bytes of its log."""
    lines = portal.log.read_bytes()[after:].decode().splitlines()
    rows = [json.loads(line) for line in lines if '"portal.requests"' in line]
    return [(row["route"], row["status"]) for row in rows if row["method"] == "POST"]


@pytest.mark.expects_browser_errors
@pytest.mark.parametrize(
    ("place", "same_site"), [("127.0.0.1:{}/", 1), ("127.0.0.1:{}/framed", 0), ("localhost:{}/", 0)]
)
def test_no_foreign_page_makes_the_browser_change_anything(
    open_page: Callable[..., Page],
    door: FrontDoor,
    portal: Portal,
    emulator: "Emulator",
    sibling: int,
    tmp_path: Path,
    place: str,
    same_site: int,
) -> None:
    page, paths = open_page("bob"), unsafe(tmp_path)
    assert len(paths) > 15
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    before = len(portal.log.read_bytes())
    visit(page, "http://" + place.format(sibling))
    page.frames[-1].evaluate(ATTACK, [door.url, paths])
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
        other = page.context.new_page()
        visit(other, "http://" + place.format(sibling))
        with other.expect_request(lambda request: request.method == "POST"):
            other.frames[-1].evaluate(FORM, [door.url, "/changes", kind])
    # A cookie that says Lax does not even go along from another site or a frame without origin; a sibling sends it.
    until(lambda: len(posts(portal, before)) >= (3 * len(paths) + 3) * same_site)
    answered = posts(portal, before)
    assert len(asked) >= 3 * len(paths)
    assert [one for one in answered if one[1] != 403] == []
    assert writes(emulator) == []


def test_no_get_changes_anything(bob: httpx.Client, emulator: "Emulator", tmp_path: Path) -> None:
    reads = [path for method, path in all_routes(tmp_path) if method == "GET" and "/patterns" not in path]
    assert len(reads) > 60
    for path in [*reads, *OPEN]:
        if path == "/favicon.ico":  # the one answer that is the same for everybody
            continue
        with bob.stream("GET", address(path), params={"_method": "DELETE", "do": "apply", "draft": "x"}) as answer:
            assert answer.status_code < 500, path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["Cache-Control"].startswith(("no-store", "no-cache", "private, no-cache")), path
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), path
    assert writes(emulator) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "SAME-SITE", "Origin": "{door}"},
        {"Origin": "null"},
        {"Origin": "https://evil.invalid"},
        {"Origin": "{door}.evil.invalid"},
        {"Referer": "{door}/endpoints"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "XMLHttpRequest"},
        {"Content-Type": "application/json; charset=utf-8", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_whatever_a_request_says_of_where_it_comes_from(
    bob: httpx.Client, door: FrontDoor, emulator: "Emulator", tmp_path: Path, headers: dict[str, str]
) -> None:
    said = {name: value.format(door=door.url) for name, value in headers.items()}
    del bob.headers["Sec-Fetch-Site"]
    let_in = [path for path in unsafe(tmp_path) if bob.post(path, headers=said, content=b"draft=x").status_code != 403]
    assert let_in == []
    assert writes(emulator) == []
