"""Names that try to be paths, in every address and every body: what the workspace is asked for is what was meant.

PORTAL_SOAK=1 tries every trick in every place; without it each place has some of them.
"""

import http.client
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from tests.features.changes.support import writes
from tests.identity.routes import all_routes
from tests.servers import Portal
from web.app import create_app
from web.changes.kinds import Kind
from web.config import Settings

if TYPE_CHECKING:
    from web.emulator.server import Emulator

SOAK = os.environ.get("PORTAL_SOAK") == "1"
AT_ONCE = 99 if SOAK else 1
BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com", "Sec-Fetch-Site": "same-origin"}
TRICKS = (
    "../evil", "..", ".", "../../evil", "churn/../evil", "churn/evil", "churn/config", "churn%2f..%2fevil",
    "%2e%2e%2fevil", "..;/evil", "churn;evil=1", "churn?evil=1", "churn#evil", "churn&evil=1", "churn\\..\\evil",
    "churn\x00evil", "churn\r\nX-Evil: 1", "\u2025/evil", "\uff0e\uff0e\uff0fevil", "churn\u2044..\u2044evil",
    "\u212aevil", " churn", "churn\n", "a" * 5000, "//evil.invalid", "http://evil.invalid/", "@evil.invalid", "-evil",
)  # fmt: skip
"""Where one could be taken for a way to something else, that is called evil; or it is no name at all."""
PLAIN = {"name": "churn", "entity": "churn-1", "seq": "1", "example": "x"}


def raw(text: str) -> str:
    """Every byte as %XX: the portal gets exactly these characters."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def as_typed(text: str) -> str:
    """As a careless program writes it: what a server may take for structure stays as it is."""
    return quote(text, safe="/.;@:&=%\\", encoding="utf-8")


class Asker:
    """Sends addresses exactly as they are given, as bob."""

    def __init__(self, portal: Portal) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)

    def __call__(self, method: str, path: str, body: Any = None) -> int:
        sent = None if method == "GET" else json.dumps(body if body is not None else {})
        headers = BOB | ({"Content-Type": "application/json", "Idempotency-Key": "x" + str(id(body))} if sent else {})
        self.connection.request(method, path, sent, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


@pytest.fixture
def ask(portal: Portal) -> Iterator[Asker]:
    asker = Asker(portal)
    yield asker
    asker.connection.close()


def asked_for(emulator: "Emulator") -> set[str]:
    """The paths the workspace was asked for since last time."""
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=30).json()["requests"]
    httpx.delete(f"{emulator.url}/_emulator/requests", timeout=30)
    return {str(row["path"]) for row in log}


def some(place: int) -> list[str]:
    """The tricks of this place."""
    return [TRICKS[(place * AT_ONCE + n) % len(TRICKS)] for n in range(min(AT_ONCE, len(TRICKS)))]


def fill(pattern: str, place: str = "", trick: str = "") -> str:
    return re.sub(r"\{(\w+)\}", lambda found: trick if found[1] == place else PLAIN.get(found[1], "0" * 32), pattern)


def test_no_address_leads_astray(ask: Asker, emulator: "Emulator", tmp_path: Path) -> None:
    routes = [(method, path) for method, path in all_routes(tmp_path) if "{" in path]
    for method, path in routes:
        ask(method, fill(path))
    meant = asked_for(emulator)
    assert len(meant) > 10
    wrong = []
    for number, (method, path) in enumerate(routes):
        for place in re.findall(r"\{(\w+)\}", path):
            for trick in some(number):
                for written in (raw(trick), as_typed(trick)):
                    status = ask(method, fill(path, place, written))
                    wrong += [(method, path, place, trick, status)] if status >= 500 else []
    assert wrong == []
    assert sorted(asked_for(emulator) - meant) == []
    assert writes(emulator) == []


def parameters(folder: Path) -> list[tuple[str, list[str]]]:
    """(path, names of its query parameters) of every read that has some."""
    app = create_app(Settings(data_dir=folder, patterns=True))  # type: ignore[call-arg]
    found = [
        (str(route.path), [field.alias for field in route.route.dependant.query_params])
        for route in iter_route_contexts(app.routes)
        if isinstance(route.route, APIRoute) and "GET" in (route.methods or ())
    ]
    return [(path, names) for path, names in found if names]


def test_no_parameter_leads_astray(ask: Asker, emulator: "Emulator", tmp_path: Path) -> None:
    wrong, known = [], parameters(tmp_path)
    assert len(known) > 10
    for number, (path, names) in enumerate(known):
        for trick in some(number):
            status = ask("GET", f"{fill(path)}?" + "&".join(f"{name}={raw(trick)}" for name in names))
            wrong += [(path, trick, status)] if status >= 500 else []
    assert wrong == []
    assert [path for path in asked_for(emulator) if re.search(r"evil|\.\.|//|\\|;|[?#&\x00-\x20]", path)] == []
    assert writes(emulator) == []


def bodies(trick: str) -> Iterator[dict[str, Any]]:
    """A change for every kind with the name, and those with other names that become parts of paths."""
    for kind in Kind:
        yield {"kind": kind.value, "endpoint": trick[:200], "body": {}}
    entity = {"entity_name": trick, "entity_version": trick, "workload_size": "Small", "scale_to_zero_enabled": True}
    config = {"served_entities": [{"name": trick, **entity}]}
    yield {"kind": "endpoint.create", "endpoint": "fine", "body": {"config": config}}
    yield {"kind": "config.update", "endpoint": "churn", "body": config}
    yield {"kind": "traffic.update", "endpoint": "churn", "body": {"routes": {trick: 100}}}
    app = {"app": trick, "resource_key": trick, "permission": "CAN_QUERY"}
    yield {"kind": "app.attach", "endpoint": "churn", "body": app}
    yield {"kind": "app.detach", "endpoint": "churn", "body": app}


def test_no_body_leads_astray(ask: Asker, emulator: "Emulator") -> None:
    taken: list[tuple[str, object, int]] = []
    for trick in TRICKS if SOAK else TRICKS[::4]:
        for wanted in bodies(trick):
            for path in ("/api/v1/changes/plan", "/api/v1/changes"):
                status = ask("POST", path, {"change": wanted})
                if status >= 500 or (path.endswith("changes") and status < 400):
                    taken.append((path, wanted, status))
        for path in ("/api/v1/http-request", "/changes", "/changes/resolve", "/connect"):
            fields = ("connection_name", "endpoint", "draft", "profile")
            status = ask("POST", path, {**dict.fromkeys(fields, trick), "method": "GET", "path": "/"})
            taken += [(path, trick, status)] if not 400 <= status < 500 else []
        status = ask("POST", f"/api/v1/endpoints/churn/invocations?served_entity={raw(trick)}", {"inputs": [1]})
        taken += [("invocations", trick, status)] if not 400 <= status < 500 else []
    assert taken == []
    assert [path for path in asked_for(emulator) if re.search(r"evil|\.\.|//|\\|;|[?#&\x00-\x20]", path)] == []
    assert writes(emulator) == []
