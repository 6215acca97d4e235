"""What schemathesis makes of the OpenAPI document, sent to a portal. Importing it takes seconds: do so in a fixture."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi

from tests.features.api.odd import BOB, change
from tests.servers import Portal

REJECTION = openapi.negative_data_rejection
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    REJECTION,
    openapi.missing_required_header,
    openapi.unsupported_method,
    openapi.allow_header_conformance,
]
"""Left out: positive_data_acceptance (a well-formed change of an endpoint that is not there is rightly refused);
ignored_auth (the proxy before the portal takes the credentials; tests/identity asks every route without); the stateful
ones, use_after_free and ensure_resource_availability (the document links no call to another)."""
BOTH = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
REAL = {
    "name": ("churn", "fuzzed", "databricks-meta-llama-3-3-70b-instruct"),
    "entity": ("churn-1", "churn-2", "current"),
}
EMPTY = re.compile(r"[?&]\w+=(&|$)")
"""A parameter without a value counts as none, whatever schemathesis meant by it."""
Case = schemathesis.Case[Any]


class Fuzz:
    """Asks the portal and keeps what is wrong with its answers: `wrong` by call and kind, `statuses`, `refusals_ms`.

    `operation` is the id of one that exists.
    """

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
        judged = [one for one in CHECKS if one is not REJECTION or not EMPTY.search(answer.request.url or "")]
        try:
            case.validate_response(answer, checks=judged)
        except FailureGroup as found:
            for each in found.exceptions:
                said = f"{each}\n{case.as_curl_command()}\n{answer.text[:400]}"
                self.wrong.setdefault((case.operation.label, type(each).__name__), said)

    def told(self) -> str:
        """One example of everything that is wrong."""
        return "\n\n".join(f"{call}: {kind}\n{said}" for (call, kind), said in self.wrong.items())

    def figures(self) -> str:
        """How it went so far."""
        late = sorted(self.refusals_ms)[int(len(self.refusals_ms) * 0.99)]
        return f"{self.asked} asked, {dict(self.statuses)}; refused within {late:.0f} ms (p99)"

    def cases(self) -> st.SearchStrategy[Case]:
        """Any call, right or wrong, those with a body more often; what it names is real every other time."""
        open_to = [one for one in self.calls if one.body or one.path_parameters or one.query]
        often = [one for one in self.calls if one.body] * 3
        drawn = [one.as_strategy(generation_mode=GenerationMode.POSITIVE) for one in (*self.calls, *often)]
        drawn += [one.as_strategy(generation_mode=GenerationMode.NEGATIVE) for one in (*open_to, *often)]

        @st.composite
        def some(draw: st.DrawFn) -> Case:
            case = draw(drawn[draw(st.integers(0, len(drawn) - 1))])
            chance = draw(st.integers(0, 9))
            for place, real in self.real.items():
                if place in (case.path_parameters or {}) and chance < 5:
                    case.path_parameters[place] = real[chance % len(real)]
            if case.path.startswith("/api/v1/changes") and isinstance(case.body, dict) and chance < 4:
                case.body = {**case.body, "change": _sendable(draw(change), draw(st.sampled_from(("", *REAL["name"]))))}
            return case

        return some()

    def edges(self) -> Iterator[Case]:
        """What a reader of the document would try: each limit, each missing part, each other method."""
        for call in self.calls:
            config = self.schema.config.generation_for(operation=call)
            yield from self.schema.iter_coverage_cases(call, generation_modes=BOTH, generation_config=config)


def _sendable(wanted: dict[str, Any], endpoint: str) -> Any:
    """The change without half characters and NaN, which no JSON text has; of this endpoint, if any."""
    named = {**wanted, "endpoint": endpoint} if endpoint else wanted
    text = json.dumps(named, ensure_ascii=False).encode(errors="replace")
    return json.loads(text, parse_constant=lambda _: 0)
