"""schemathesis asks everything that the OpenAPI document describes, rightly and wrongly: no 5xx, no answer that the
document does not have, no wrong request that is taken. `make fuzz` asks 50,000 times.
"""

import itertools
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as openapi

from tests.features.api.odd import BOB, change
from tests.features.changes.support import custom, make
from tests.servers import Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

CASES = 50_000 if os.environ.get("PORTAL_SOAK") == "1" else 200
AT_ONCE = 1000
GROWTH_MIB = 64
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.missing_required_header,
    openapi.unsupported_method,
    openapi.allow_header_conformance,
]
"""Left out: positive_data_acceptance (a well-formed change of an endpoint that is not there is rightly refused);
ignored_auth (the proxy before the portal takes the credentials; tests/identity asks every route without); the stateful
ones, use_after_free and ensure_resource_availability (the document links no call to another)."""
Case = schemathesis.Case[Any]
REAL = {
    "name": ("churn", "fuzzed", "databricks-meta-llama-3-3-70b-instruct"),
    "entity": ("churn-1", "churn-2", "current"),
}
PLACES = ("name", "entity", "op_id")


class Fuzz:
    """Asks the portal and keeps what is wrong with its answers: `wrong` by call and kind, `statuses`, `refusals_ms`."""

    def __init__(self, portal: Portal, operation: str) -> None:
        self.portal = portal
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({**BOB, "Sec-Fetch-Site": "same-origin"})
        document = self.session.get(f"{portal.url}/api/openapi.json", timeout=20).json()
        del document["security"]  # the proxy before the portal asks for it
        self.schema = schemathesis.openapi.from_dict(document)
        self.schema.config.update(base_url=portal.url)
        self.calls = [found.ok() for found in self.schema.get_all_operations() if isinstance(found, Ok)]
        self.real = {**REAL, "op_id": (operation,)}
        self.statuses: Counter[int] = Counter()
        self.refusals_ms: list[float] = []
        self.wrong: dict[tuple[str, str], str] = {}
        self.asked = 0

    def ask(self, case: Case) -> None:
        """Send it, judge the answer."""
        began = time.perf_counter()
        answer = case.call(session=self.session, timeout=30)
        self.asked += 1
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 400:
            self.refusals_ms.append((time.perf_counter() - began) * 1000)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as found:
            for each in found.exceptions:
                said = f"{each}\n{case.as_curl_command()}\n{answer.text[:400]}"
                self.wrong.setdefault((case.operation.label, type(each).__name__), said)

    def told(self) -> str:
        """One example of everything that is wrong."""
        return "\n\n".join(f"{call}: {kind}\n{said}" for (call, kind), said in self.wrong.items())

    def cases(self) -> st.SearchStrategy[Case]:
        """Any call, right or wrong; the names in its path and its change are real ones every other time."""
        open_to = [one for one in self.calls if one.body or one.path_parameters or one.query]
        often = [one for one in self.calls if one.body] * 3
        drawn = [one.as_strategy(generation_mode=GenerationMode.POSITIVE) for one in (*self.calls, *often)]
        drawn += [one.as_strategy(generation_mode=GenerationMode.NEGATIVE) for one in (*open_to, *often)]

        @st.composite
        def some(draw: st.DrawFn) -> Case:
            case = draw(drawn[draw(st.integers(0, len(drawn) - 1))])
            return self._closer(case, draw(st.randoms(use_true_random=False)), draw(change))

        return some()

    def _closer(self, case: Case, chance: Random, wanted: dict[str, Any]) -> Case:
        for place in PLACES:
            if place in (case.path_parameters or {}) and chance.random() < 0.5:
                case.path_parameters[place] = chance.choice(self.real[place])
        if case.path.startswith("/api/v1/changes") and isinstance(case.body, dict) and chance.random() < 0.4:
            named = {"endpoint": chance.choice(REAL["name"])} if chance.random() < 0.7 else {}
            sendable = json.loads(json.dumps(wanted), parse_constant=lambda _: 0)
            case.body = {**case.body, "change": {**sendable, **named}}
        return case


@pytest.fixture
def fuzz(portal: Portal, emulator: "Emulator", bob: httpx.Client) -> Iterator[Fuzz]:
    made = make(bob, custom("fuzzed"))
    fuzz = Fuzz(portal, str(made.json()["operation"]["id"]))
    yield fuzz
    fuzz.session.close()


def resident_mib(pid: int) -> float:
    """What the process holds in memory."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def rounds(fuzz: Fuzz, cases: int) -> Iterator[Callable[[], None]]:
    """Functions that ask some hundred each, never the same, until there were `cases`."""
    drawn = fuzz.cases()
    for number in itertools.count():
        if fuzz.asked >= cases:
            return

        @seed(20261127 + number)
        @settings(
            max_examples=min(AT_ONCE, cases),
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=drawn)
        def one(case: Case) -> None:
            fuzz.ask(case)

        yield one


def test_the_document_says_what_the_api_does(fuzz: Fuzz) -> None:
    begun = 0.0
    for ask in rounds(fuzz, CASES):
        ask()
        begun = begun or resident_mib(fuzz.portal.pid)
    grown = resident_mib(fuzz.portal.pid) - begun
    late = sorted(fuzz.refusals_ms)[int(len(fuzz.refusals_ms) * 0.99)]
    print(f"{fuzz.asked} asked, {dict(fuzz.statuses)}; refused within {late:.0f} ms (p99); {grown:+.0f} MiB")
    assert not fuzz.wrong, fuzz.told()
    assert grown < GROWTH_MIB
    assert {200, 404, 422} <= set(fuzz.statuses)


def test_every_edge_the_document_draws(fuzz: Fuzz) -> None:
    """The cases that a reader of the document would think of: each limit, each missing part, each other method."""
    for call in fuzz.calls:
        config = fuzz.schema.config.generation_for(operation=call)
        for case in fuzz.schema.iter_coverage_cases(
            call, generation_modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE], generation_config=config
        ):
            fuzz.ask(case)
    assert not fuzz.wrong, fuzz.told()
    assert fuzz.asked > 100
