"""Ordered faults, the request log, the clock, reset."""

from __future__ import annotations

import hashlib
import json
import socket
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import InternalError

from tests.emulator.control_support import ENDPOINTS, Caller, new
from web.emulator.server import Emulator


def _order(workspace: Emulator, kind: str, method: str = "POST", path: str = ENDPOINTS, **more: Any) -> None:
    order = {"match": {"method": method, "path": path}, "fault": kind, "times": 1, **more}
    body = json.dumps([order]).encode()
    with urllib.request.urlopen(f"{workspace.url}/_emulator/faults", body, timeout=10) as answer:
        assert answer.status == 200


def _raw(workspace: Emulator, name: str) -> tuple[bytes, bool]:
    """The bytes that come back for a create, and whether the connection was reset."""
    body = json.dumps({"name": name}).encode()
    head = (
        f"POST {ENDPOINTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer dapi-bob\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    found = b""
    with socket.create_connection(("127.0.0.1", workspace.port), timeout=5) as client:
        client.sendall(head.encode() + body)
        try:
            while part := client.recv(65536):
                found += part
        except ConnectionResetError:
            return found, True
    return found, False


def test_reset_cuts_before_anything_happens(workspace: Emulator) -> None:
    _order(workspace, "reset")
    assert _raw(workspace, "cut") == (b"", True)
    assert "cut" not in workspace.world.endpoints
    assert workspace.world.requests.entries[-1].status is None


def test_drop_reply_cuts_after_it_happened(workspace: Emulator) -> None:
    _order(workspace, "drop_reply")
    assert _raw(workspace, "applied") == (b"", True)
    assert "applied" in workspace.world.endpoints
    assert workspace.world.requests.entries[-1].status == 200


def test_truncate_sends_half_an_answer(workspace: Emulator) -> None:
    _order(workspace, "truncate")
    found, _ = _raw(workspace, "half")
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert 0 < len(body) < length
    assert "half" in workspace.world.endpoints


def test_garbage_says_it_is_json(workspace: Emulator, bob: Caller) -> None:
    _order(workspace, "garbage", "GET")
    answer = bob("GET", ENDPOINTS)
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(ValueError, match=r"."):
        answer.json()


def test_a_status_comes_with_headers_and_body_as_often_as_ordered(workspace: Emulator, bob: Caller) -> None:
    more = {"status": 429, "headers": {"Retry-After": "30"}, "times": 2}
    _order(workspace, "status", "PUT", "/api/2.0/serving-endpoints/*/config", **more)
    answers = [bob("PUT", f"{ENDPOINTS}/ghost/config", {}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 404]
    assert answers[0].headers["retry-after"] == "30"
    assert answers[0].json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
    _order(workspace, "status", "GET", status=418, body={"teapot": True})
    assert bob("GET", ENDPOINTS).json() == {"teapot": True}


def test_the_sdk_sees_the_ordered_error(workspace: Emulator, sdk: Callable[[str], WorkspaceClient]) -> None:
    _order(workspace, "status", "GET", f"{ENDPOINTS}/churn", status=500)
    with pytest.raises(InternalError):
        sdk("bob").serving_endpoints.get("churn")
    assert sdk("bob").serving_endpoints.get("churn").name == "churn"


def test_a_delay_delays(workspace: Emulator, bob: Caller) -> None:
    _order(workspace, "delay", "GET", delay_s=0.3)
    began = time.monotonic()
    assert bob("GET", ENDPOINTS).status_code == 200
    assert time.monotonic() - began >= 0.3


def test_faults_are_listed_and_withdrawn(workspace: Emulator, bob: Caller) -> None:
    _order(workspace, "status", "GET", status=503)
    (listed,) = bob("GET", "/_emulator/faults").json()["faults"]
    assert (listed["fault"], listed["times"], listed["match"]["method"]) == ("status", 1, "GET")
    bob("DELETE", "/_emulator/faults")
    assert bob("GET", ENDPOINTS).status_code == 200
    assert bob("POST", "/_emulator/faults", {"fault": "explode"}).status_code == 400


def test_the_log_says_who_sent_what(workspace: Emulator, bob: Caller, nobody: Caller) -> None:
    bob("DELETE", "/_emulator/requests")
    sent = bob("POST", ENDPOINTS, new("seen"), a="b")
    nobody("GET", ENDPOINTS)
    first, second = bob("GET", "/_emulator/requests").json()["requests"]
    assert (first["method"], first["path"], first["query"]) == ("POST", ENDPOINTS, "a=b")
    assert (first["user"], first["auth"], first["status"]) == ("bob@example.com", "pat", 200)
    assert first["body_hash"] == hashlib.sha256(sent.request.content).hexdigest()
    assert first["request_id"] == sent.headers["x-request-id"]
    assert (second["user"], second["auth"], second["status"]) == (None, "none", 401)


def test_errors_carry_the_request_id(bob: Caller) -> None:
    answer = bob("GET", f"{ENDPOINTS}/ghost")
    (info,) = answer.json()["details"]
    assert info["@type"].endswith("RequestInfo")
    assert info["request_id"] == answer.headers["x-request-id"]
    assert answer.json()["message"] == "Endpoint with name 'ghost' does not exist."


def test_an_unknown_path_is_no_endpoint(bob: Caller) -> None:
    for method, path in (
        ("GET", "/api/2.0/nothing"),
        ("PATCH", f"{ENDPOINTS}/churn"),
        ("GET", f"{ENDPOINTS}/a%2Fb/config"),
    ):
        answer = bob(method, path)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_the_clock_moves_forward_only(workspace: Emulator, bob: Caller) -> None:
    before = bob("GET", "/_emulator/clock").json()["now_ms"]
    assert bob("POST", "/_emulator/clock", {"advance_s": 600}).json()["now_ms"] >= before + 600_000
    assert bob("POST", "/_emulator/clock", {"advance_s": -1}).status_code == 400


def test_reset_brings_the_seed_back(workspace: Emulator, bob: Caller) -> None:
    bob("DELETE", f"{ENDPOINTS}/churn")
    bob("PATCH", "/_emulator/switches", {"hidden_endpoint_status": 404})
    bob("POST", "/_emulator/reset")
    assert bob("GET", f"{ENDPOINTS}/churn").status_code == 200
    assert bob("GET", "/_emulator/switches").json()["hidden_endpoint_status"] == 403
    assert bob("PATCH", "/_emulator/switches", {"no_such": 1}).status_code == 400
