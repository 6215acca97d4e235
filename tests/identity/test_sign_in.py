"""A sign-in that is refused is on record without its token; one that ends in the middle of a change ends as itself."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.features.changes.support import change, custom, fault, until_ready, writes
from tests.identity.test_journeys import BACKGROUND
from tests.servers import Portal
from web.emulator.people import OAuthToken
from web.emulator.server import Emulator
from web.identity.refusals import ALIKE_S, LINES, REMEMBERED, Refusals, log

ALICE = {"X-Forwarded-Access-Token": "dapi-alice", "X-Forwarded-Email": "alice@example.com"}
NOT_SIGNED_IN = {"error_code": "UNAUTHENTICATED", "message": "Credential was not sent or was of an unsupported type"}


def lines(portal: Portal) -> list[dict[str, Any]]:
    """What the portal logged of refused sign-ins."""
    said = [json.loads(line) for line in portal.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in said if line.get("event") == "sign_in_refused"]


def test_who_was_claimed_is_logged_once_a_minute_and_the_token_never(
    start_portal: Callable[..., Portal], emulator: Emulator
) -> None:
    portal = start_portal()
    bob_as_alice = {"X-Forwarded-Access-Token": "dapi-bob", "X-Forwarded-Email": "alice@example.com"}
    with httpx.Client(base_url=portal.url, timeout=20) as who:
        for _ in range(20):
            assert who.get("/endpoints/churn", headers={**bob_as_alice, "X-Real-Ip": "10.1.2.3"}).status_code == 401
        for _ in range(3):
            assert who.get("/audit", headers={"X-Forwarded-Email": "bob@example.com"}).status_code == 401
    seen = [(line["claimed"], line["route"], line["ip_claimed"], line["not_written"]) for line in lines(portal)]
    assert seen == [
        ("alice@example.com", "GET /endpoints/{name}", "10.1.2.3", 0),
        ("bob@example.com", "GET /audit", "", 19),
    ]
    assert "somebody else" in lines(portal)[0]["why"]
    assert lines(portal)[0]["request_id"]
    assert not re.search("dapi-(bob|alice)", portal.log.read_text())


def test_a_flood_of_names_does_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    log.disabled = False  # a library that another test used may have switched it off
    caplog.set_level(logging.WARNING, log.name)
    now = [1000.0]
    refusals = Refusals(clock=lambda: now[0])
    for number in range(10 * LINES):
        refusals.note(f"{number}@example.com", "no token")
    assert len(caplog.messages) == LINES == 60
    now[0] += ALIKE_S
    refusals.note("late@example.com", "no token")
    last: Any = caplog.records[-1].msg
    assert last["not_written"] == 9 * LINES


def test_of_refusals_alike_one_a_minute_is_written_and_says_how_many(caplog: pytest.LogCaptureFixture) -> None:
    log.disabled = False
    caplog.set_level(logging.WARNING, log.name)
    now = [1000.0]
    refusals = Refusals(clock=lambda: now[0])

    def note(claimed: str, why: str = "no token") -> Any:
        """The line that was written, None when there is none."""
        caplog.clear()
        refusals.note(claimed, why, route="/x")
        return caplog.records[0].msg if caplog.records else None

    assert note("bob") == {
        "event": "sign_in_refused", "claimed": "bob", "why": "no token", "route": "/x", "not_written": 0,
    }  # fmt: skip
    now[0] += ALIKE_S - 0.1
    assert note("bob") is None
    assert note("bob", "somebody else")["not_written"] == 1
    now[0] += 0.1
    assert note("bob")["not_written"] == 0
    assert note("x" * 300)["claimed"] == "x" * 200
    assert note("x" * 200) is None, "alike as far as it is written"


def test_of_a_thousand_names_the_newest_are_still_known_to_be_alike(caplog: pytest.LogCaptureFixture) -> None:
    log.disabled = False
    caplog.set_level(logging.WARNING, log.name)
    now = [1000.0]
    refusals = Refusals(clock=lambda: now[0])
    refusals.note("first", "no token")
    for number in range(REMEMBERED - 1):
        now[0] += 0 if number % (LINES - 1) else ALIKE_S
        refusals.note(f"{number}", "no token")
    now[0] += ALIKE_S
    caplog.clear()
    for claimed in ("first", "newest", "first", "newest"):
        refusals.note(claimed, "no token")
    assert [record.msg["claimed"] for record in caplog.records] == ["first", "newest"]  # type: ignore[index]


def test_a_sign_in_that_ends_within_a_change_leaves_it_as_far_as_it_came(portal: Portal, emulator: Emulator) -> None:
    """The endpoint is made, the token ends, the grants are refused: said so, and nobody finishes it but the person."""
    fault(emulator, "PATCH", "/api/2.0/permissions/serving-endpoints/*", "status", status=401, body=NOT_SIGNED_IN)
    name = f"ends-{uuid.uuid4().hex[:6]}"
    wanted = custom(name, permissions=[{"group_name": "users", "permission_level": "CAN_VIEW"}])
    with httpx.Client(base_url=portal.url, headers=ALICE, timeout=30) as alice:
        answer = alice.post("/api/v1/changes", json={"change": wanted}, headers={"Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code == 401
        operation = answer.json()["operation"]
        assert operation["outcome"] == "refused"
        assert "sign in again" in operation["error"]["hint"]
        assert "1 of 2 calls" in operation["error"]["partial"]
        until_ready(alice, name)
        assert "were not granted" in alice.get(f"/audit/{operation['id']}").text
    assert {row["user"] for row in writes(emulator)} == {"alice@example.com"}


def test_a_token_that_expires_is_nobodys_afterwards(portal: Portal, emulator: Emulator) -> None:
    """The portal still knows whose it was; the workspace does not take it any more, and no other goes in its place."""
    alice, token = emulator.world.people.by_name["alice@example.com"], f"eyJ{uuid.uuid4().hex}"
    emulator.world.people.issued[token] = OAuthToken(alice, emulator.world.clock.now_ms() + 3_600_000)
    headers = {"X-Forwarded-Access-Token": token, "X-Forwarded-Email": "alice@example.com"}
    with httpx.Client(base_url=portal.url, headers=headers, timeout=30) as who:
        assert who.get("/endpoints/churn").status_code == 200
        emulator.world.people.issued[token].expires_ms = 0
        httpx.delete(f"{emulator.url}/_emulator/requests", timeout=10)
        began = time.monotonic()
        page = who.get("/endpoints/churn")
        assert page.status_code == 401
        assert "sign in again" in page.text
        wanted = {"change": change("tags.update", "churn", add={"a": "b"})}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        assert who.post("/api/v1/changes", json=wanted, headers=key).status_code == 401
        assert time.monotonic() - began < 20
    log = httpx.get(f"{emulator.url}/_emulator/requests", timeout=10).json()["requests"]
    as_others = {f"{row['method']} {row['path']}" for row in log if row["user"]}
    assert [one for one in as_others if not BACKGROUND.fullmatch(one)] == []
    assert writes(emulator) == []
