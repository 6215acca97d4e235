"""A workspace in trouble is asked little, waited for briefly and left alone when it keeps failing. Time is virtual."""

import random
import time
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate

import pytest

from tests.workspace.conftest import Backdoor
from tests.workspace.test_serving_reads import CUSTOM
from web.emulator.faults import Fault
from web.errors import PortalError, Unavailable
from web.workspace.breaker import FAILURES, Breakers
from web.workspace.client import Workspace
from web.workspace.errors import error_from
from web.workspace.retries import Budget, Timing, pause_s, retry_after_s
from web.workspace.transport import OPEN_S, Transport, Unanswered

API = "/api/2.0/serving-endpoints"
NOW = 1_800_000_000.0
PAST, SOON = formatdate(NOW - 60, usegmt=True), formatdate(NOW + 3, usegmt=True)


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    at: float = 0.0

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.at += seconds


def door(backdoor: Backdoor, clock: Clock, *, read_timeout_s: float = 10, open_s: float = OPEN_S) -> Workspace:
    """Bob's, in virtual time."""
    timing = Timing(lambda: clock.at, clock.sleep, lambda: NOW + clock.at, random.Random(3))  # noqa: S311 - jitter
    transport = Transport(
        backdoor.url, "tests", read_timeout_s=read_timeout_s, write_timeout_s=5, open_s=open_s, timing=timing
    )
    return Workspace(transport, lambda: {"Authorization": "Bearer dapi-bob"}, label="tests")


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("0", 0), ("1", 1), (" 30 ", 30), ("1.5", 1.5), ("3600", 3600), ("999999999", 999999999),
        (PAST, 0), (SOON, 3), ("Wed, 21 Oct 2037 07:28:00 GMT", 339722880),
        (None, None), ("", None), ("-1", None), ("soon", None), ("\u00b2", None), ("1e9", None), ("nan", None),
        ("inf", None), ("0x10", None), ("9" * 4000, None), ("Wed, 99 Oct 2037 07:28:00 GMT", None), ("1 2", None),
    ],
)  # fmt: skip
def test_a_retry_after_is_seconds_or_a_date_or_nothing(header: str | None, wanted: float | None) -> None:
    assert retry_after_s(header, NOW) == wanted


def test_a_retry_after_of_any_form_is_told_in_seconds() -> None:
    for header, told in ((formatdate(time.time() + 100, usegmt=True), " s."), ("7", "7 s."), ("\u00b2", "")):
        hint = error_from(429, b"", {"Retry-After": header}).hint
        assert ("asks to wait" in hint) == bool(told)
        assert hint.endswith(told)


def test_pauses_without_a_word_from_the_workspace_are_spread_over_all_of_a_growing_bound() -> None:
    dice = random.Random(1)  # noqa: S311 - jitter
    for attempt, most in ((0, 0.4), (1, 0.8)):
        pauses = [pause_s(attempt, None, dice) for _ in range(500)]
        assert 0 <= min(pauses) < 0.05 * most
        assert 0.95 * most < max(pauses) <= most


def test_all_retries_together_are_a_tenth_of_the_requests() -> None:
    budget, retries = Budget(), 0
    for _ in range(1000):
        budget.earn()
        retries += sum(budget.spend() for _ in range(2))
    assert 90 <= retries <= 0.1 * (1000 + retries)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("header", ["0", "1", "3600", SOON, PAST, "soon", "-1"])
def test_every_answer_comes_in_time_whatever_the_workspace_asks_to_wait(
    backdoor: Backdoor, status: int, header: str
) -> None:
    clock = Clock()
    ws = door(backdoor, clock)
    backdoor.fault("status", API, times=9, status=status, headers={"Retry-After": header})
    with pytest.raises(PortalError) as told:
        ws.get(API)
    assert told.value.status == status
    assert clock.at <= 10
    assert len(backdoor.requests()) == (1 if header == "3600" else 3), "what is worth waiting for is waited for"
    if header in ("1", SOON):
        assert clock.at >= 2 * 1


def test_half_of_all_answers_failing_costs_a_tenth_more_requests_and_no_write_is_repeated(backdoor: Backdoor) -> None:
    clock, dice, slowest = Clock(), random.Random(5), 0.0  # noqa: S311 - a seed, no secret
    ws = door(backdoor, clock)
    log, sent, retries = backdoor.world.requests.entries, 0, 0
    for _ in range(600):
        log.clear()
        backdoor.world.faults.ordered = [Fault("status", API, status=503, times=1) for _ in range(dice.randrange(2))]
        began = clock.at
        with suppress(Unavailable):
            ws.get(API)
        slowest = max(slowest, clock.at - began)
        clock.at += 1
        sent, retries = sent + len(log), retries + max(0, len(log) - 1)
    assert sent > 300
    assert 0.05 * sent < retries <= 0.1 * sent
    assert slowest <= 10
    for kind in ("status", "reset", "drop_reply", "garbage", "truncate"):
        backdoor.forget()
        backdoor.world.faults.ordered = [Fault(kind, API, status=503, headers={"Retry-After": "0"})]
        with suppress(Unanswered):
            ws.transport.send("POST", API, ws.headers, b"{}")
        assert len(backdoor.requests()) == 1


def test_what_keeps_failing_is_left_alone_then_tried_once_then_open_to_all(backdoor: Backdoor) -> None:
    clock = Clock()
    ws = door(backdoor, clock)
    name = backdoor.endpoint("plain", CUSTOM)["name"]
    backdoor.fault("status", f"{API}/{name}/metrics", times=99, status=503, headers={"Retry-After": "60"})
    backdoor.forget()
    for _ in range(FAILURES):
        with pytest.raises(Unavailable):
            ws.get_text(f"{API}/{name}/metrics")
    for _ in range(20):
        with pytest.raises(Unavailable) as alone:
            ws.get_text(f"{API}/{name}/metrics")
        assert alone.value.code == "WORKSPACE_FAILING"
        assert "asked again in 15 s" in alone.value.hint
        assert "503" in alone.value.hint
    assert len(backdoor.requests()) == FAILURES
    assert ws.get(f"{API}/{name}")["name"] == name, "nothing else of the endpoint is closed"
    clock.at += OPEN_S
    for _ in range(2):
        with pytest.raises(Unavailable):
            ws.get_text(f"{API}/{name}/metrics")
    assert len(backdoor.requests()) == FAILURES + 2, "one read tried it"
    backdoor.world.faults.ordered = []
    clock.at += OPEN_S
    for _ in range(2):
        assert ws.get_text(f"{API}/{name}/metrics")


def test_refusals_are_answers_and_close_nothing(backdoor: Backdoor) -> None:
    ws = door(backdoor, Clock())
    for status in (400, 401, 403, 404, 429, 500):
        backdoor.fault("status", API, times=3 * FAILURES, status=status, headers={"Retry-After": "60"})
        for _ in range(2 * FAILURES):
            with pytest.raises(PortalError) as told:
                ws.get(API)
            assert told.value.status == status
        backdoor.world.faults.ordered = []


def test_a_family_is_left_alone_when_many_of_it_fail_and_none_answers() -> None:
    clock = Clock()
    breakers = Breakers(15, lambda: clock.at)
    for place in range(FAILURES):
        breakers.enter(f"{API}/e-{place}")
        breakers.failed(f"{API}/e-{place}", "no answer")
    with pytest.raises(Unavailable):
        breakers.enter(f"{API}/never-asked")
    breakers.enter("/api/2.1/unity-catalog/models")
    clock.at += 15
    breakers.enter(f"{API}/one")
    with pytest.raises(Unavailable):
        breakers.enter(f"{API}/another")
    breakers.unsure(f"{API}/one")
    breakers.enter(f"{API}/another")
    breakers.well(f"{API}/another")
    for place in range(FAILURES * 3):
        breakers.enter(f"{API}/e-{place}")
        breakers.failed(f"{API}/e-{place}", "no answer")
        breakers.well(f"{API}/fine")


def test_failures_that_lie_far_apart_are_no_row() -> None:
    clock = Clock()
    breakers = Breakers(15, lambda: clock.at)
    for _ in range(3 * FAILURES):
        breakers.enter(API)
        breakers.failed(API, "no answer")
        clock.at += 61


def test_an_answer_that_drips_is_given_up_in_time_and_so_is_a_page_whose_time_is_over(backdoor: Backdoor) -> None:
    ws = door(backdoor, Clock(), read_timeout_s=1)
    backdoor.fault("drip", API, delay_s=0.2)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        ws.get(API)
    assert time.monotonic() - began < 1.5
    backdoor.forget()
    ws.until = 0.0
    with pytest.raises(Unavailable):
        ws.get(API)
    assert backdoor.requests() == []
