"""A body that is too long, too slow, too wide or no text at all is refused on every route, and costs nobody else."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from tests.features.changes.support import writes
from tests.identity.routes import address, all_routes
from tests.loops import finish
from tests.servers import Portal
from web.identity.roles import SAFE
from web.middleware import BODY_LIMIT, BodyLimit, TooSlow

if TYPE_CHECKING:
    from web.emulator.server import Emulator

BOB = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "bob@example.com", "Sec-Fetch-Site": "same-origin"}
FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
QUICK_S = 8.0
NESTED = b'{"a":' * 900 + b"1" + b"}" * 900
BODIES = {
    "ten thousand fields": (FORM, b"&".join(b"served_entities[%d].name=a" % n for n in range(9_000))),
    "one field, ten thousand deep": (FORM, b"served_entities" + b"[0]" * 10_000 + b".name=a"),
    "JSON tabs as deep as Python reads": (FORM, b"tab=json&do=review&name=x&kind=custom&json=" + NESTED),
    "hidden JSON as deep as Python reads": (FORM, b"do=review&name=x&kind=custom&extra=" + NESTED
        + b"&served_entities[0].extra=" + NESTED),
    "a place far away": (FORM, b"served_entities[999999999].name=a&served_entities[-1].name=b"),
    "a place with digits of another script": (FORM, "served_entities[²].name=a&served_entities[٣].name=b".encode()),
    "bytes that are no text": (FORM, b"name=\xff\xfe&kind=%ff%fe&\xc3(=1&draft=%00"),
    "parts that are no text": (PARTS, PART % (b"name", b"\xff\xfe\x00") + PART % (b"\xff", b"1") + b"--x--"),
    "parts without an end": (PARTS, PART % (b"name", b"a" * 9000)),
    "a boundary that never comes": (PARTS, b"a" * 9000),
    "no boundary": ("multipart/form-data", b"--x--"),
    "a file for a field": (PARTS, PART % (b'name"; filename="../x', b"a") + b"--x--"),
    "a charset nobody knows": ("application/x-www-form-urlencoded; charset=evil", b"name=a"),
    "JSON with half a character": ("application/json", b'{"a": "\\ud800"}'),
    "JSON that is no text": ("application/json", b'{"a": "\xff"}'),
    "a wide list": ("application/json", b'{"change": {"kind": "config.update", "endpoint": "churn", "body": {"a": ['
                    + b"1," * 9_999 + b"1]}}}"),
}  # fmt: skip


@pytest.fixture
def client(portal: Portal) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=portal.url, headers=BOB, timeout=30, trust_env=False) as bob:
        yield bob


def unsafe(folder: Path) -> list[str]:
    return sorted({address(path) for method, path in all_routes(folder) if method not in SAFE})


@pytest.mark.parametrize("what", BODIES)
def test_no_form_fails_on_it(client: httpx.Client, emulator: "Emulator", tmp_path: Path, what: str) -> None:
    kind, body = BODIES[what]
    wrong = []
    for path in unsafe(tmp_path):
        began = time.monotonic()
        answer = client.post(path, content=body, headers={"Content-Type": kind, "Idempotency-Key": "x"})
        slow = time.monotonic() - began > QUICK_S
        if answer.status_code >= 500 or slow or ("Traceback" in answer.text and "invocations" not in path):
            wrong.append((path, answer.status_code, slow))
    assert wrong == []
    assert writes(emulator) == []


def test_a_body_without_a_length_ends_at_the_limit(client: httpx.Client, tmp_path: Path) -> None:
    passed = []
    for path in unsafe(tmp_path):
        drops = (b"a" * 8192 for _ in range(BODY_LIMIT // 8192 + 2))
        answer = client.post(path, content=drops, headers={"Content-Type": FORM})
        # Some need no body, and answer before they have read one.
        if answer.status_code not in (303, 400, 404, 413):
            passed.append((path, answer.status_code))
    assert [path for path, _ in passed if "invocations" not in path] == []


def test_a_body_in_drops_is_given_up() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await receive()

    async def try_(pause: float, drops: int) -> None:
        left = drops

        async def receive() -> Message:
            nonlocal left
            left -= 1
            arrived = asyncio.Event()
            asyncio.get_running_loop().call_later(pause if left >= 0 else 0.3, arrived.set)
            await arrived.wait()
            return {"type": "http.request", "body": b"a", "more_body": left > 0}

        async def send(_: Message) -> None:
            raise AssertionError("nothing is answered here")

        scope = {"type": "http", "method": "POST", "path": "/changes", "headers": []}
        await BodyLimit(app, within_s=0.2)(scope, receive, send)

    with pytest.raises(TooSlow):
        finish(try_(pause=0.05, drops=1000))
    finish(try_(pause=0, drops=3))  # once it is there, waiting for the person to leave has no end
