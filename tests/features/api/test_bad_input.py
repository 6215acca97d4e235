"""Whatever is sent to the JSON API: never a 5xx, never a traceback, always the error's shape.

PORTAL_SOAK=1 tries thousands instead of hundreds.
"""

import json
import os
import socket
import time
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.features.api.odd import BOB, ODD, body, names
from tests.servers import Portal

SOAK = os.environ.get("PORTAL_SOAK") == "1"
CASES = 4000 if SOAK else 250


def routes(portal: Portal) -> list[tuple[str, str, list[str]]]:
    """(method, path, names of its query parameters) of every route of the OpenAPI document but invocations."""
    spec = httpx.get(f"{portal.url}/api/openapi.json", headers=BOB, timeout=20).json()
    return [
        (method.upper(), path, [p["name"] for p in what.get("parameters", []) if p["in"] == "query"])
        for path, verbs in spec["paths"].items()
        for method, what in verbs.items()
        if "invocations" not in path
    ]


def raw(text: Any) -> bytes:
    return json.dumps(text).encode()


def fine(answer: httpx.Response) -> None:
    """Not a 5xx, no traceback, and an error is one of ours."""
    said = f"{answer.request.method} {answer.request.url} {answer.request.content[:800]!r}: {answer.text[:800]}"
    assert answer.status_code < 500, said
    assert "Traceback" not in answer.text, said
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) >= {"code", "message", "hint"}, said


def test_no_body_or_parameter_makes_the_api_fail(portal: Portal) -> None:
    known = routes(portal)
    assert len(known) > 8
    filters = ["endpoint", "actor", "kind", "outcome", "since", "until", "q", "cursor", "limit", "format"]

    @seed(20261126)
    @settings(max_examples=CASES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        route=st.sampled_from(known),
        what=body,
        place=names,
        query=st.dictionaries(
            st.sampled_from(filters),
            st.sampled_from([*ODD, "0001-01-01", "9999-12-31T23:59:59-23:59", "9" * 18]),
            max_size=3,
        ),
    )
    def one(route: tuple[str, str, list[str]], what: Any, place: str, query: dict[str, str]) -> None:
        method, path, parameters = route
        filled = "/".join(_quoted(place) if part.startswith("{") else part for part in path.split("/"))
        sent = {k: v.encode("utf-8", "surrogatepass") for k, v in query.items()} | dict.fromkeys(parameters, b"x")
        headers = {**BOB, "Content-Type": "application/json", "Idempotency-Key": str(time.monotonic_ns())}
        content = raw(what) if method != "GET" else None
        text = "&".join(f"{k}={_quoted(v.decode('utf-8', 'surrogatepass'))}" for k, v in sent.items())
        answer = client.request(method, f"{filled}?{text}", content=content, headers=headers)
        if not (answer.status_code in (404, 307, 405) and filled != path):
            fine(answer)
        assert answer.status_code < 500

    with httpx.Client(base_url=portal.url, timeout=30, trust_env=False) as client:
        one()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"change": {"kind": "tags.update", "endpoint": "churn", "body": ' + b'{"add":' * 900 + b"1" + b"}" * 902,
        b'{"change": {"kind": "tags.update", "endpoint": "churn", "body": ' + b"9" * 5000 + b"}}",
        b'{"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"a": NaN, "b": Infinity}}}}',
        b'{"change": {"kind": "tags.update", "endpoint": "churn", "body": {"add": {"a": "\\ud800"}}}}',
        b'{"change": {"kind": "config.update", "endpoint": "churn", "body": {"served_entities": ['
        + b"{}," * 9999
        + b"{}]}}}",
        b"\xff\xfe{}",
        b"",
        b"null",
        b" " * 10_000_000,
    ],
    ids=["deep", "deep-objects", "deep-change", "number", "nan", "surrogate", "wide", "bytes", "none", "null", "10MB"],
)
@pytest.mark.parametrize("path", ["/api/v1/changes/plan", "/api/v1/changes"])
def test_a_body_made_to_hurt_is_refused(portal: Portal, path: str, content: bytes) -> None:
    headers = {**BOB, "Content-Type": "application/json", "Idempotency-Key": str(time.monotonic_ns())}
    answer = httpx.post(portal.url + path, content=content, headers=headers, timeout=30)
    fine(answer)
    assert answer.status_code >= 400, answer.text[:300]


def test_a_body_that_never_ends_holds_nobody_else_up(portal: Portal) -> None:
    head = "POST /api/v1/changes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"
    token = "X-Forwarded-Access-Token: dapi-bob\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", portal.port)) for _ in range(50)]
    for connection in slow:
        connection.sendall((head + token + "{").encode())
    try:
        other = BOB | {"X-Forwarded-Access-Token": "dapi-alice", "X-Forwarded-Email": "alice@example.com"}
        assert httpx.get(f"{portal.url}/api/v1/endpoints", headers=other, timeout=5).status_code == 200
    finally:
        for connection in slow:
            connection.close()
