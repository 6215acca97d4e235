"""Every route × every role × every grant, asked over HTTP and held against matrix.txt.

All that decide something, and of the others a seeded share; PORTAL_SOAK=1 asks each."""

import json
import os
import random
import re
import uuid
from collections.abc import Iterator
from datetime import date
from itertools import zip_longest
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from tests.identity import matrix
from tests.identity.cast import GROUPS, NEVER, ROLES, Cast, draft, endpoint, mail
from tests.identity.matrix import NOBODY, Cell
from tests.identity.offers import offers
from tests.identity.routes import OPEN, all_routes
from tests.identity.test_journeys import BACKGROUND
from tests.servers import Portal
from web.assets.build import ensure
from web.emulator.server import Emulator

AT_LEAST = 3000
SOAK = os.environ.get("PORTAL_SOAK") == "1"
SEED = int(os.environ.get("PORTAL_SEED") or date.today().toordinal())
SHARE = 0.2
QUESTIONS = re.compile(r"/invocations|/sql/statements|/external-function")
"""Posts to the workspace that alter nothing."""
WHY_NOT = re.compile(r"CAN_MANAGE; you have|needs? CAN_MANAGE|Changes are for members of")
NEW_EACH_TIME = re.compile(r'(nonce|content)="[\w-]{22}"|[0-9a-f]{32}|\d\d:\d\d:\d\d[^<]*|\d+ ms|/queue/\d+/')


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A portal with groups for each role before a workspace of its own; nothing else asks it anything."""
    ensure()
    emulator = Emulator(seed="demo", speed=2000, port=0)
    emulator.start()
    settings = {**ROLES, "PORTAL_LOOK_EVERY_S": "0", "PORTAL_WAREHOUSE_ID": "8f3a2b1c9d4e5f60"}
    portal = Portal(emulator.url, tmp_path_factory.mktemp("matrix"), settings).start()
    yield Cast(portal, emulator)
    portal.stop()
    emulator.stop()


def test_the_table_names_every_route_and_no_other(tmp_path: Path) -> None:
    named = [(row.method, row.pattern) for row in matrix.rows()]
    there = {(method, re.sub(r"\{draft_id\}", "{draft}", path)) for method, path in all_routes(tmp_path)}
    opened = {(method, path) for method, path in named if path in OPEN}
    assert len(named) == len(set(named))
    assert {path for _, path in opened} == OPEN
    assert set(named) - opened == there
    assert {row.kind for row in matrix.rows()} == {kind for kind, _ in matrix.classes()}
    assert len(matrix.cells()) >= AT_LEAST


@pytest.mark.parametrize("person", [*GROUPS, NOBODY])
def test_each_cell_is_answered_as_declared(cast: Cast, person: str) -> None:
    cells = asked_today(person)
    httpx.delete(f"{cast.emulator.url}/_emulator/requests", timeout=10)
    token = {} if person == NOBODY else {"X-Forwarded-Access-Token": f"dapi-{person}"}
    said: dict[tuple[str, str, str], str] = {}
    wrong: list[str] = []
    with httpx.Client(base_url=cast.portal.url, headers={**token, "Sec-Fetch-Site": "same-origin"}, timeout=30) as who:
        for cell in cells:
            answer = ask(who, cast, cell)
            wrong += [f"{called(cell)}: {why}" for why in differs(cast, cell, answer)]
            if cell.answer.listed is None and cell.whose == person:
                said[cell.row.method, cell.row.pattern, cell.acl] = f"{answer.status_code} {told(answer, cell.acl)}"
    wrong += tells_apart(said, cells)
    assert wrong == [], "\n".join([f"with PORTAL_SEED={SEED}:", *wrong])
    assert sent(cast, person) == sorted(endpoint(cell.acl) for cell in cells if cell.answer.writes)


def asked_today(person: str) -> list[Cell]:
    """A person's cells: all that decide something, and a share of those that are like another's."""
    chance = random.Random(f"{SEED} {person}")  # noqa: S311 - a sample, not a secret
    mine = [cell for cell in matrix.cells() if cell.person == person]
    return [cell for cell in mine if SOAK or _decides(cell) or chance.random() < SHARE]


def _decides(cell: Cell) -> bool:
    """Lists and writes; what is hidden beside what never was; the forms, pages and posts of who may and who may not."""
    if cell.answer.listed is not None or cell.answer.writes:
        return True
    if cell.person in ("other-team", NOBODY):
        return cell.acl in (NEVER, "manage")
    return cell.person in ("viewer", "operator") and (cell.row.method != "GET" or bool(cell.answer.control))


def called(cell: Cell) -> str:
    """A cell in words."""
    return f"{cell.row.method} {cell.row.pattern} for {cell.person}, {cell.acl} of {cell.whose}"


def ask(who: httpx.Client, cast: Cast, cell: Cell) -> httpx.Response:
    """The question of a cell."""
    use = {"draft-apply": "apply", "draft-decide": "resolve", "draft-wait": "join"}.get(cell.row.kind, "review")
    line = "queued-" + cell.row.pattern.rpartition("/")[2]
    holder = next(iter(GROUPS)) if cell.whose == NOBODY else cell.whose
    holes = {
        "name": endpoint(cell.acl),
        "entity": "churn-3",
        "op_id": cast.operations[cell.acl],
        "state": str(cast.states[cell.acl]),
        "draft": draft(holder, cell.acl, use),
        "seq": str(cast.queued.get(draft(holder, cell.acl, line), 0)),
        "example": "endpoint",
        "person": cell.person,
        "once": uuid.uuid4().hex[:8],
    }
    who.cookies.clear()
    path, body = (re.sub(r"\{(\w+)\}", lambda hole: holes[hole[1]], text) for text in (cell.row.pattern, cell.row.sent))
    key = {"Idempotency-Key": uuid.uuid4().hex}
    if body.startswith("{"):
        return who.request(cell.row.method, path, json=json.loads(body), headers=key)
    fields = dict(parse_qsl(body, keep_blank_values=True))
    if cell.row.method == "GET":
        return who.get(f"{path}?{urlencode(fields)}" if fields else path)
    return who.request(cell.row.method, path, data=fields, headers=key)


def differs(cast: Cast, cell: Cell, answer: httpx.Response) -> Iterator[str]:
    """How an answer is not the declared one."""
    if answer.status_code != cell.answer.status:
        yield f"{answer.status_code} instead of {cell.answer.status}"
    if cell.answer.listed is not None:
        mark = cast.operations[cell.acl] if cell.row.kind == "list-history" else endpoint(cell.acl)
        if (mark in answer.text) != cell.answer.listed:
            yield f"is {'not ' if cell.answer.listed else ''}on the list"
    if "text/html" not in answer.headers.get("content-type", ""):
        return
    offered = offers(answer.text, answer.request.url.path)
    refused = {path for path in offered if _answer_to(cell, path) in (401, 403, 404)}
    if refused:
        yield f"offers what is refused: {sorted(refused)}"
    if cell.answer.control == "offered" and not offered:
        yield "offers nothing"
    if cell.answer.control == "explained" and (offered or not WHY_NOT.search(answer.text)):
        yield f"offers {sorted(offered)}" if offered else "does not say why"


def _answer_to(cell: Cell, path: str) -> int:
    """What is declared for the person who presses a control on their page; 200 where it depends on what is typed."""
    row = matrix.declared_for("POST", path)
    assert row is not None, f"{path} is no route"
    if row.kind == "outside" and cell.person not in ("viewer", "auditor"):
        return 200
    answers = matrix.classes()[row.kind, cell.person]
    return answers[matrix.ACLS.index(matrix.held(cell.person, cell.acl)) if len(answers) > 1 else 0].status


def told(answer: httpx.Response, acl: str) -> str:
    """The words of an answer without what differs each time."""
    return NEW_EACH_TIME.sub("", answer.text.replace(endpoint(acl), "NAME"))


def tells_apart(said: dict[tuple[str, str, str], str], cells: list[Cell]) -> Iterator[str]:
    """Where a hidden endpoint is told of in other words than one that never was, though both are to be absent."""
    by_place = {(cell.row.method, cell.row.pattern, cell.acl): cell for cell in cells}
    for (method, pattern, acl), words in said.items():
        cell = by_place[method, pattern, acl]
        absent = by_place.get((method, pattern, NEVER))
        if absent is None:
            continue
        hidden = (
            acl != NEVER
            and cell.person != "auditor"
            and matrix.held(cell.person, acl) == "none"
            and cell.answer == absent.answer
        )
        if hidden and words != said[method, pattern, NEVER]:
            where = next(
                place
                for place, (one, other) in enumerate(zip_longest(words, said[method, pattern, NEVER]))
                if one != other
            )
            yield f"{called(cell)}: told apart from one that never was at {words[max(0, where - 80) : where + 80]!r}"


def sent(cast: Cast, person: str) -> list[str]:
    """The endpoints that writes were about; every call was made as the person."""
    log = httpx.get(f"{cast.emulator.url}/_emulator/requests", timeout=10).json()["requests"]
    others = {f"{row['method']} {row['path']}" for row in log if row["user"] != mail(person)}
    assert [one for one in others if not BACKGROUND.fullmatch(one)] == []
    asked = [row for row in log if row["method"] != "GET" and not QUESTIONS.search(row["path"])]
    return sorted(row["path"].split("/")[4] for row in asked if row["user"] == mail(person))
