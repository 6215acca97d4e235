"""Every read that a page makes, failing in every way: the page answers in time and in words, and recovers by itself.

`make test` takes some by PORTAL_SEED, `make soak` takes all: about 90 reads of 40 pages × 15 faults.
"""

import os
import random
import re
import time
from collections.abc import Callable, Iterator
from html import unescape

import httpx
import pytest

from tests.servers import Portal
from web.emulator.faults import Fault
from web.emulator.server import Emulator

SOAK = bool(os.environ.get("PORTAL_SOAK"))
SEED = int(os.environ.get("PORTAL_SEED", "11"))
SOME = 40
READ_S, WITHIN_S = 2.5, 6.0
BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com"}
OF_ONE = (
    "", "/entities", "/status", "/failure", "/run-as", "/config", "/traffic", "/traffic/update", "/gateway", "/history",
    "/permissions", "/permissions/summary", "/permissions/people?q=a", "/permissions/why?who=alice@example.com",
    "/integrate", "/integrate/snippets", "/logs", "/logs/more", "/logs/text", "/metrics", "/metrics/data",
    "/metrics/raw", "/metrics/text", "/playground", "/schema", "/settings", "/telemetry", "/delete",
)  # fmt: skip
OTHERS = (
    "/endpoints", "/endpoints/table", "/attention", "/endpoints/new?kind=custom", "/endpoints/new?kind=external",
    "/endpoints/new/pick/model?q=main", "/endpoints/new/pick/people?q=a", "/endpoints/new/pick/secret?q=a",
    "/endpoints/new/check?name=free-name", "/playground", "/usage", "/audit", "/changes/queue", "/about",
    "/api/v1/endpoints", "/readyz",
)  # fmt: skip
API_OF_ONE = ("", "/openapi", "/metrics", "/permissions", "/permissions/levels")
CRASHES = ("Traceback", "The portal made a mistake", "Internal Server Error")
FRESH = httpx.Limits(max_keepalive_connections=0)


def faults() -> list[Fault]:
    """What can become of one read."""
    refused = [Fault("status", status=status) for status in (400, 401, 403, 404, 500, 502)]
    busy = [Fault("status", status=status, headers={"Retry-After": "3600"}) for status in (429, 503)]
    odd = [Fault("status", status=200, body=body) for body in ("null", "[]", "{}", '"x"', '{"endpoints": 3, "id": 7}')]
    page = Fault("status", status=503, body="<html>a proxy's page")
    rest = [Fault("reset"), Fault("garbage"), Fault("truncate"), Fault("delay", delay_s=READ_S * 1.5)]
    return [*refused, *busy, *odd, page, *rest]


def named(fault: Fault) -> str:
    return " ".join(str(part) for part in (fault.kind, fault.status, fault.body or "") if part)


class Desk:
    """Bob in front of a portal that waits READ_S for a read at most."""

    def __init__(self, portal: Portal, emulator: Emulator) -> None:
        self.emulator, self.portal = emulator, portal
        self.who = httpx.Client(base_url=portal.url, headers=BOB, timeout=60, trust_env=False, limits=FRESH)
        self.slowest = 0.0

    def reads(self, page: str) -> list[str]:
        """The paths that this page asks the workspace for."""
        self.emulator.world.requests.entries.clear()
        assert self.who.get(page).status_code < 500, page
        return sorted({e.path for e in self.emulator.world.requests.entries if e.method == "GET" and e.user})

    def open(self, page: str) -> httpx.Response:
        """The page's answer, which came in time."""
        began = time.monotonic()
        answer = self.who.get(page)
        took = time.monotonic() - began
        self.slowest = max(self.slowest, took)
        assert took < WITHIN_S, f"{page}: {took:.1f} s"
        return answer

    def under(self, fault: Fault, *paths: str, page: str) -> str:
        """What the page says while reads of these paths fail."""
        made = [Fault(**{**vars(fault), "path": path, "method": "GET"}) for path in paths]
        self.emulator.world.faults.ordered = made
        try:
            answer = self.open(page)
        finally:
            self.emulator.world.faults.ordered = []
        where = f"{page} with {paths} {named(fault)}: {answer.status_code}"
        said = words(answer.text)
        assert not any(crash in answer.text for crash in CRASHES), f"{where}\n{self.portal.said()}"
        assert answer.status_code in (200, 303, 400, 401, 403, 404, 429, 500, 502, 503, 504), where
        assert answer.status_code == 200 or len(said) > 20 or answer.has_redirect_location, f"{where}: {said}"
        return f"{answer.status_code} {said}"


def words(html: str) -> str:
    """What a person reads."""
    text = re.sub(r"(?s)<(script|style|template).*?</\1>|<[^>]*>", " ", html)
    return " ".join(unescape(text).split())


@pytest.fixture
def desk(start_portal: Callable[..., Portal], emulator: Emulator) -> Iterator[Desk]:
    found = Desk(start_portal(PORTAL_READ_TIMEOUT_S=str(READ_S)), emulator)
    while found.who.get("/readyz").status_code != 200:
        time.sleep(0.05)
    yield found
    found.who.close()


def pages(desk: Desk) -> list[str]:
    """All pages of bob's endpoints of different kinds, and of none."""
    listed = desk.who.get("/api/v1/endpoints").json()["endpoints"]
    kinds: dict[str, str] = {e["kind"]: e["name"] for e in listed if e["creator"] == "bob@example.com"}
    of_one = [f"/endpoints/{name}{rest}" for name in kinds.values() for rest in OF_ONE]
    api = [f"/api/v1/endpoints/{name}{rest}" for name in kinds.values() for rest in API_OF_ONE]
    return [*OTHERS, *of_one, *api]


def test_whichever_read_of_a_page_fails_the_page_says_so_in_time_and_recovers(desk: Desk) -> None:
    dice = random.Random(SEED)  # noqa: S311 - a seed, no secret
    every = [(page, path, fault) for page in pages(desk) for path in desk.reads(page) for fault in faults()]
    chosen = every if SOAK else dice.sample([case for case in every if case[2].kind != "delay"], SOME)
    for page, path, fault in chosen:
        try:
            said = desk.under(fault, path, page=page)
            print("CASE", page, path, named(fault), said)
            assert desk.open(page).status_code < 500, f"{page} after {path} {named(fault)}"
        except AssertionError as e:
            print("FAILED", page, path, named(fault), str(e)[:6000])
    print(f"seed {SEED}: {len(chosen)} of {len(every)} cases, slowest {desk.slowest:.2f} s")
