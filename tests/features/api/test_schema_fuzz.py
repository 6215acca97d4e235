"""schemathesis asks everything that the OpenAPI document describes, rightly and wrongly: no 5xx, no answer that the
document does not have, no wrong request that is taken. `make fuzz` asks 50,000 times.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.features.changes.support import custom, make
from tests.servers import Portal

if TYPE_CHECKING:
    from tests.features.api.fuzz import Case, Fuzz
    from web.emulator.server import Emulator

SOAK = os.environ.get("PORTAL_SOAK") == "1"
PARTS = 2 if SOAK else 1
CASES = 50_000 // PARTS if SOAK else 150
AT_ONCE = 1000
GROWTH_MIB = 64


@pytest.fixture
def fuzz(portal: Portal, emulator: "Emulator", bob: httpx.Client) -> "Iterator[Fuzz]":
    from tests.features.api.fuzz import Fuzz

    made = make(bob, custom("fuzzed"))
    fuzz = Fuzz(portal, str(made.json()["operation"]["id"]))
    yield fuzz
    fuzz.session.close()


def resident_mib(pid: int) -> float:
    """What the process holds in memory; 0 where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def rounds(fuzz: "Fuzz", first: int) -> Iterator[Callable[[], None]]:
    """Functions that ask some hundred each, never the same, until there were CASES."""
    drawn = fuzz.cases()
    for number in itertools.count(first):
        if fuzz.asked >= CASES:
            return

        @seed(number)
        @settings(
            max_examples=min(AT_ONCE, CASES),
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=drawn)
        def ask(case: "Case") -> None:
            fuzz.ask(case)

        yield ask


@pytest.mark.parametrize("part", range(PARTS))
def test_the_document_says_what_the_api_does(fuzz: "Fuzz", part: int) -> None:
    begun = grown = 0.0
    for ask in rounds(fuzz, 20261127 + 1000 * part):
        ask()
        begun = begun or resident_mib(fuzz.portal.pid)
        grown = resident_mib(fuzz.portal.pid) - begun
        print(f"{fuzz.figures()}; {grown:+.0f} MiB", flush=True)
        assert not fuzz.wrong, fuzz.told()
    assert grown < GROWTH_MIB
    assert {200, 404, 422} <= set(fuzz.statuses)


def test_every_edge_the_document_draws(fuzz: "Fuzz") -> None:
    for case in fuzz.edges():
        fuzz.ask(case)
    assert not fuzz.wrong, fuzz.told()
    assert fuzz.asked > 100
