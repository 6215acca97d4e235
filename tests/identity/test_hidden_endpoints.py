"""An endpoint that somebody may not see is not there for them: each route says the same of it as of one that never was.

What people with a role may do is in test_every_route; here it is the workspace's own grants that decide.
"""

import re
import uuid
from pathlib import Path

import httpx
import pytest

from tests.features.changes.support import writes
from tests.identity.routes import all_routes
from tests.servers import Portal
from web.emulator.server import Emulator
from web.identity.roles import SAFE

HIDDEN, NEVER = "churn", "churm"
PEOPLE = {
    "of another team": {"X-Forwarded-Access-Token": "dapi-charlie", "X-Forwarded-Email": "charlie@example.com"},
}
NOT_OF_IT = re.compile(r"/endpoints/\{name\}/(history.*|restore|.*people)")
"""The portal's own history, which is empty to a stranger; a page that first wants a version; the workspace's people."""


def told(portal: Portal, who: dict[str, str], method: str, pattern: str, name: str) -> tuple[int, str]:
    """Status and words of an answer, with the endpoint's name and what is new each time taken out."""
    path = re.sub(r"\{[^}]+\}", lambda hole: name if "name" in hole[0] else "0" * 8, pattern)
    headers = {**who, "Sec-Fetch-Site": "same-origin", "Idempotency-Key": uuid.uuid4().hex}
    form = None if method in SAFE else {"do": "review", "seen": "x"}
    answer = httpx.request(method, portal.url + path, headers=headers, data=form, timeout=30)
    words = re.sub(
        r'(nonce|content)="[\w-]{22}"|[0-9a-f]{32}|\d\d:\d\d:\d\d[^<]*|\d+ ms', "", answer.text.replace(name, "NAME")
    )
    return answer.status_code, words


@pytest.mark.parametrize("person", PEOPLE)
def test_a_hidden_endpoint_is_like_one_that_never_was(
    portal: Portal, emulator: Emulator, tmp_path: Path, person: str
) -> None:
    routes = [one for one in all_routes(tmp_path) if "{name}" in one[1]]
    assert len(routes) > 50
    who, differs, seen = PEOPLE[person], [], []
    for method, pattern in routes:
        hidden = told(portal, who, method, pattern, HIDDEN)
        if hidden != told(portal, who, method, pattern, NEVER):
            differs.append((method, pattern, hidden[0]))
        if method == "GET" and hidden[0] != 404 and not NOT_OF_IT.fullmatch(pattern):
            seen.append((pattern, hidden[0]))
    assert differs == []
    assert seen == []
    assert writes(emulator) == []
