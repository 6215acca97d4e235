"""What lies around every request: its id and its log line, the checks before any handler, a turn, a limit on bodies."""

import asyncio
import json
import logging
import re
from collections.abc import Coroutine, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests import loops
from tests.identity.asgi import answers, ask, reached
from web.config import Settings
from web.limits import DRAINING
from web.middleware import BODY_LIMIT, BodyLimit, Fair, RequestLog, SameOrigin, TooLarge, TooSlow, install, log
from web.telemetry import Telemetry
from web.turns import Turns
from web.workspace.resting import resting

MIB = 1024 * 1024
BOB, ALICE = ({"x-forwarded-access-token": name} for name in ("dapi-bob", "dapi-alice"))
LIFE: Scope = {"type": "lifespan"}
T = TypeVar("T")


def finish(work: Coroutine[Any, Any, T]) -> T:
    """What comes of it, soon: nothing here waits for anybody."""
    return loops.finish(work, 5)


def logged(app: ASGIApp, metrics: bool = False) -> RequestLog:
    return RequestLog(app, Telemetry(metrics))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    """What is logged of requests."""
    log.disabled = False  # a library that another test used may have switched it off
    caplog.set_level(logging.INFO, log.name)
    found: list[Any] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(record.msg)  # type: ignore[method-assign]
    log.addHandler(handler)
    yield found
    log.removeHandler(handler)


def test_every_answer_bears_an_id_and_headers_unless_the_app_says_otherwise() -> None:
    first, second = (finish(ask(logged(answers(cache_control="private")))) for _ in range(2))
    assert re.fullmatch("[0-9a-f]{32}", first.headers["x-request-id"])
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.scope["state"]["request_id"] == first.headers["x-request-id"]
    assert first.scope["state"]["send"] is first.scope["sends"]
    assert first.headers["cache-control"] == "private"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert finish(ask(logged(answers()))).headers["cache-control"] == "no-store"
    same = finish(ask(logged(answers(304))))
    assert set(same.headers) == {"x-request-id"}, "what the browser has kept keeps what it said"


def test_a_request_is_one_line_that_names_its_route_and_its_person(lines: list[Any]) -> None:
    who = {"caller": SimpleNamespace(email="bob@e.com")}
    route = SimpleNamespace(path="/endpoints/{name}")
    answer = finish(ask(logged(answers(201)), "/endpoints/churn", "POST", route=route, state=who))
    (line,) = lines
    assert re.fullmatch(r"\d+(\.\d)?", str(line.pop("ms")))
    assert line == {
        "request_id": answer.headers["x-request-id"],
        "method": "POST",
        "route": "/endpoints/{name}",
        "status": 201,
        "actor": "bob@e.com",
    }
    finish(ask(logged(answers()), "/" + "x" * 300))
    assert (lines[1]["route"], lines[1]["actor"]) == ("/" + "x" * 199, "")
    assert lines[1]["ms"] < 900
    for path in ("/static/app.css", "/healthz", "/readyz"):
        finish(ask(logged(answers()), path))
    assert len(lines) == 2, "what is asked all the time is not logged"


def test_a_request_that_fails_is_logged_as_500_and_fails(lines: list[Any]) -> None:
    with pytest.raises(ConnectionError):
        finish(ask(logged(reached)))
    assert lines[0]["status"] == 500


def test_figures_name_the_pattern_of_a_route_and_never_a_path() -> None:
    app = logged(answers(201), metrics=True)
    finish(ask(app, "/endpoints/churn", "POST", route=SimpleNamespace(path="/endpoints/{name}")))
    finish(ask(app, "/nowhere"))
    text = app.telemetry.text().decode()
    assert 'portal_requests_total{method="POST",route="/endpoints/{name}",status="201"} 1.0' in text
    assert 'portal_requests_total{method="GET",route="unknown",status="201"} 1.0' in text
    took = re.search(r'portal_request_seconds_sum\{method="GET",route="unknown"\} (\S+)', text)
    assert took
    assert 0 <= float(took[1]) < 10
    assert "churn" not in text


async def cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that is stopped before it answers, or after."""
    if scope["path"].endswith("/begun"):
        await send({"type": "http.response.start", "status": 200, "headers": []})
    raise asyncio.CancelledError


def test_who_waits_when_the_portal_stops_is_told_so(lines: list[Any]) -> None:
    with pytest.raises(BaseException) as ended:  # noqa: PT011 - it is no Exception, and no name of its own
        finish(ask(logged(cancelled)))
    assert "Cancelled" in type(ended.value).__name__
    DRAINING.set()
    try:
        told = finish(ask(logged(cancelled), "/api/v1/endpoints"))
        begun = finish(ask(logged(cancelled), "/api/begun"))
    finally:
        DRAINING.clear()
    error = json.loads(told.body)["error"]
    assert (told.status, error["code"]) == (503, "PORTAL_STOPPING")
    assert "restarted before the workspace answered" in error["message"]
    assert "its record says what became of it" in error["hint"]
    assert "x-request-id" in told.headers
    assert (begun.status, begun.body) == (200, b"")
    assert [line["status"] for line in lines] == [500, 503, 200]


@pytest.mark.parametrize("make", [lambda app: SameOrigin(app, ""), logged, BodyLimit, lambda app: Fair(app, Turns())])
def test_what_is_no_request_passes(make: Any) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nobody speaks here")

    finish(make(app)(LIFE, nothing, nothing))
    assert seen == [LIFE]


def test_a_request_of_another_site_does_not_reach_the_app() -> None:
    app = SameOrigin(reached, "https://portal.example")
    told = finish(ask(app, "/api/v1/changes", "POST", {"sec-fetch-site": "cross-site"}))
    error = json.loads(told.body)["error"]
    assert (told.status, error["code"]) == (403, "CROSS_ORIGIN")
    assert "Open the portal itself" in error["hint"]
    page = finish(ask(app, "/changes", "POST", {"origin": "https://evil.example", "host": "evil.example"}))
    assert page.status == 403
    assert page.headers["content-type"].startswith("text/html")
    assert "retry-after" not in page.headers
    for method, headers in (("POST", {"origin": "https://portal.example"}), ("GET", {"sec-fetch-site": "cross-site"})):
        with pytest.raises(ConnectionError):
            finish(ask(app, "/changes", method, headers))


def test_a_person_past_their_places_is_refused_and_others_are_not() -> None:
    async def tell() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/slow":
                begun.set()
                await go_on.wait()
            await answers()(scope, receive, send)

        fair = Fair(app, Turns(1, within_s=0.01, turn_s=0.01))
        slow = asyncio.create_task(ask(fair, "/slow", headers=BOB))
        await begun.wait()
        refused = await ask(fair, "/api/v1/endpoints", headers=BOB)
        assert (refused.status, refused.headers["retry-after"]) == (429, "2")
        assert json.loads(refused.body)["error"]["code"] == "TOO_MANY_REQUESTS"
        for path in ("/healthz", "/static/app.css", "/readyz", "/api/v1/endpoints/churn/invocations"):
            assert (await ask(fair, path, headers=BOB)).status == 200, path
        assert (await ask(fair, headers=ALICE)).status == 200
        assert (await ask(fair)).status == 200, "who is nobody yet has no places"
        go_on.set()
        assert (await slow).status == 200
        assert (await ask(fair, headers=BOB)).status == 200

    finish(tell())


def test_a_request_that_fails_gives_its_place_back() -> None:
    async def tell() -> None:
        fair = Fair(reached, Turns(1, within_s=0.01, turn_s=0.01))
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await ask(fair, headers=BOB)

    finish(tell())


def test_while_a_request_waits_for_the_workspace_the_persons_next_one_goes_on() -> None:
    async def tell() -> None:
        waiting, go_on = asyncio.Event(), asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/waits":
                with resting():
                    waiting.set()
                    await go_on.wait()
            await answers()(scope, receive, send)

        fair = Fair(app, Turns(turn_s=60))
        await ask(fair, headers=ALICE)
        waits = asyncio.create_task(ask(fair, "/waits", headers=BOB))
        await waiting.wait()
        assert (await asyncio.wait_for(ask(fair, headers=BOB), 2)).status == 200
        go_on.set()
        assert (await waits).status == 200

    finish(tell())


@pytest.mark.parametrize(
    ("path", "limit", "said"),
    [("/changes", 256 * 1024, "256 KiB"), ("/api/v1/endpoints/churn/invocations", 16 * MIB, "16384 KiB")],
)
def test_a_body_may_be_as_long_as_its_route_takes(path: str, limit: int, said: str) -> None:
    app = BodyLimit(answers())
    half = b"a" * (limit // 2)
    assert finish(ask(app, path, "POST", body=(half, half))).body == str(limit).encode()
    for method in ("POST", "PUT", "DELETE"):
        with pytest.raises(TooLarge, match=f"larger than {said}") as refused:
            finish(ask(app, path, method, body=(half, half, b"a")))
        assert (refused.value.status, refused.value.code) == (413, "REQUEST_TOO_LARGE")


def test_a_length_past_the_limit_is_refused_before_a_byte_is_read() -> None:
    app = BodyLimit(reached)
    told = finish(ask(app, "/api/v1/changes", "POST", {"content-length": str(BODY_LIMIT + 1)}))
    assert (told.status, json.loads(told.body)["error"]["code"]) == (413, "REQUEST_TOO_LARGE")
    assert "256 KiB" in json.loads(told.body)["error"]["message"]
    for length in (str(BODY_LIMIT), "-1", "x", "²"):
        with pytest.raises(ConnectionError):
            finish(ask(app, "/changes", "POST", {"content-length": length}))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_look_has_no_body_to_count(method: str) -> None:
    long = {"content-length": str(BODY_LIMIT + 1)}
    assert finish(ask(BodyLimit(answers()), "/changes", method, long, body=(b"a" * (BODY_LIMIT + 1),))).status == 200


def test_a_body_that_does_not_come_is_given_up_and_what_came_whole_is_waited_upon() -> None:
    def after(*came: Message) -> Receive:
        left = list(came)

        async def receive() -> Message:
            if not left:
                await asyncio.Event().wait()
            return left.pop(0)

        return receive

    async def waits(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        _, waiting = await asyncio.wait({leaves := asyncio.ensure_future(receive())}, timeout=0.2)
        assert waiting == {leaves}, "no limit on how long the answer takes"

    async def send(message: Message) -> None:
        return

    scope = {"type": "http", "method": "POST", "path": "/changes", "headers": []}
    for came in ((), ({"type": "http.request", "body": b"a", "more_body": True},)):
        with pytest.raises(TooSlow, match=r"did not arrive within 0\.05 s") as refused:
            finish(BodyLimit(answers(), within_s=0.05)(scope, after(*came), send))
        assert (refused.value.status, refused.value.code) == (408, "REQUEST_TIMEOUT")
    for last in ({"type": "http.request", "body": b"a", "more_body": False}, {"type": "http.request"}):
        finish(BodyLimit(waits, within_s=0.05)(scope, after(last), send))


@pytest.mark.parametrize("name", ["serving-portal", ""])
def test_the_id_is_outermost_and_turns_are_for_people_of_the_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DATABRICKS_APP_NAME", name)
    app = FastAPI()
    app.state.telemetry = Telemetry(False)
    chosen: dict[str, Any] = {"data_dir": tmp_path, "public_origin": "https://portal.example"}
    install(app, Settings(**chosen))
    kinds: list[Any] = [layer.cls for layer in app.user_middleware]
    assert kinds == [RequestLog, SameOrigin, BodyLimit, *([Fair] if name else [])]
    assert app.user_middleware[1].kwargs == {"public_origin": "https://portal.example"}
