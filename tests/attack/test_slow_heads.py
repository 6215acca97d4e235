"""Connections that say what they want one byte a second are closed in time, and hold nobody else up."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator

import anyio
import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from tests.servers import Portal, free_port
from web.doorway import HEAD_WITHIN_S, Patience

SOAK = os.environ.get("PORTAL_SOAK") == "1"
CONNECTIONS = 50
ANSWER = b"HTTP/1.1 200 OK"


class Hasty(Patience):
    """The same, with less of it."""

    head_within_s = 0.6


async def says_yes(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that takes its time on /slow."""
    if scope["path"] == "/slow":
        with anyio.move_on_after(Hasty.head_within_s * 2):
            await anyio.Event().wait()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
    await send({"type": "http.response.body", "body": b"yes"})


@pytest.fixture
def port() -> Iterator[int]:
    port = free_port()
    config = uvicorn.Config(says_yes, port=port, http=Hasty, lifespan="off", log_config=None, timeout_keep_alive=30)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield port
    server.should_exit = True
    thread.join()


def drip(port: int, first: bytes, then: bytes, every_s: float, within_s: float) -> float:
    """Seconds until the server hangs up on a connection that sends `first`, then `then` again and again."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.settimeout(every_s)
        one.sendall(first)
        while time.monotonic() - began < within_s:
            try:
                if one.recv(4096) == b"":
                    return time.monotonic() - began
                one.sendall(then)
            except TimeoutError:
                one.sendall(then)
            except OSError:
                return time.monotonic() - began
    raise AssertionError(f"{first!r}, {then!r}: still open after {within_s} s")


def all_at_once(jobs: list[Callable[[], float]]) -> tuple[list[threading.Thread], list[float]]:
    took: list[float] = []
    threads = [threading.Thread(target=lambda job=job: took.append(job())) for job in jobs]
    for thread in threads:
        thread.start()
    return threads, took


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (b"", b"\r\n"),
        (b"GET / HT", b""),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ", b"a"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-A: a\r\n"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\r\nX-A: "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n", b"a"),
    ],
    ids=["nothing", "blank lines", "half a line", "one value", "many headers", "after one", "a second", "a late body"],
)
def test_a_head_that_never_ends_is_given_up(port: int, first: bytes, then: bytes) -> None:
    assert drip(port, first, then, every_s=0.1, within_s=5) >= Hasty.head_within_s - 0.05


def test_a_head_without_measure_is_cut_off_at_once(port: int) -> None:
    line = b"X-A: " + b"a" * 16_000 + b"\r\n"
    assert drip(port, b"GET / HTTP/1.1\r\n", line, every_s=0.01, within_s=5) < Hasty.head_within_s
    body = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999\r\n\r\n" + b"a" * 200_000
    assert drip(port, body, b"", every_s=0.1, within_s=5) >= Hasty.head_within_s - 0.05


def test_an_answer_may_take_longer_and_a_connection_may_be_used_again(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        for path in (b"/", b"/slow", b"/"):
            one.sendall(b"GET " + path + b" HTTP/1.1\r\nHo")
            time.sleep(0.2)  # a head in two pieces, in time
            one.sendall(b"st: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"yes"):
                more = one.recv(4096)
                assert more
                answer += more
            assert answer.startswith(ANSWER)


@pytest.mark.skipif(not SOAK, reason="it takes as long as the portal is patient")
def test_fifty_of_them_hold_nobody_up(portal: Portal) -> None:
    head = b"GET /endpoints HTTP/1.1\r\nHost: x\r\nX-A: "
    patience = HEAD_WITHIN_S + 5
    threads, took = all_at_once([lambda: drip(portal.port, head, b"a", 1.0, patience) for _ in range(CONNECTIONS)])
    while any(thread.is_alive() for thread in threads):
        assert httpx.get(f"{portal.url}/healthz", timeout=5).status_code == 200
        time.sleep(0.2)
    assert len(took) == CONNECTIONS
