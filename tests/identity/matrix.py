"""matrix.txt as cells: who asks what of which endpoint, and the answer that is declared for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from tests.identity.cast import GRANTED, GROUPS, NEVER, STRANGER

FILE = Path(__file__).with_name("matrix.txt")
NOBODY = "nobody"
ACLS = (NEVER, *GRANTED)
PARTIES = {
    NOBODY: (NOBODY,),
    "lookers": ("viewer", "auditor"),
    "changers": ("operator", "portal-admin", "admin", "other-team"),
    **{person: (person,) for person in GROUPS},
}
Control = Literal["offered", "explained", ""]


@dataclass(frozen=True)
class Row:
    """One route, as the table has it. `sent`: a query, form fields or JSON, with the holes of the pattern."""

    method: str
    pattern: str
    kind: str
    sent: str


@dataclass(frozen=True)
class Answer:
    """What is declared. `listed`: whether the endpoint is on the list that the answer is; None for what is no list."""

    status: int
    control: Control = ""
    writes: bool = False
    listed: bool | None = None


@dataclass(frozen=True)
class Cell:
    """One question. `acl` is the grant of the endpoint it is about, `whose` the person whose draft or place it is."""

    row: Row
    person: str
    acl: str
    whose: str
    answer: Answer


def _lines() -> Iterator[list[str]]:
    for line in FILE.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield [part.strip() for part in line.split("|", 2)]


@cache
def rows() -> list[Row]:
    """The routes of the table, in its order."""
    split = [(first.split(), kind, sent) for first, kind, sent in _lines() if " /" in first]
    return [Row(method, pattern, kind, sent) for (method, pattern), kind, sent in split]


@cache
def classes() -> dict[tuple[str, str], list[Answer]]:
    """(class, person) → one answer, or one for each grant and perhaps one for what is another's."""
    found: dict[tuple[str, str], list[Answer]] = {}
    for kind, who, answers in _lines():
        if " /" in kind:
            continue
        for person in (person for party in who.split() for person in PARTIES[party]):
            assert (kind, person) not in found, f"{kind} is declared twice for {person}"
            found[kind, person] = [_answer(word) for word in answers.split()]
    return found


def _answer(word: str) -> Answer:
    if word in ("in", "out"):
        return Answer(200, listed=word == "in")
    control: Control = "offered" if word[3:] == "+" else "explained" if word[3:] == "-" else ""
    return Answer(int(word[:3]), control, writes=word[3:] == "!")


def held(person: str, acl: str) -> str:
    """The column of a person: by what the endpoint's grant comes to for them."""
    if acl == NEVER:
        return NEVER
    return {"admin": "manage", "other-team": "none"}.get(person, acl)


@cache
def cells() -> list[Cell]:
    """Every question there is, with its answer. Raises KeyError for a class without an answer for somebody."""
    declared, found = classes(), []
    for row in rows():
        for person in (*GROUPS, NOBODY):
            shut = declared.get((row.kind, person)) if person == NOBODY else declared[row.kind, person]
            wide = len(declared[row.kind, "operator"])
            answers = shut or [Answer(401)] * wide
            for acl in ACLS if wide > 1 else (NEVER,):
                column = ACLS.index(held(person, acl)) if wide > 1 else 0
                found.append(Cell(row, person, acl, person, answers[column]))
            if wide > len(ACLS):
                found.append(Cell(row, person, "manage", STRANGER, answers[-1]))
    return found


@cache
def declared_for(method: str, path: str) -> Row | None:
    """The row whose pattern a path fits; the most exact one first."""
    for row in sorted(rows(), key=lambda row: row.pattern.count("{")):
        if row.method == method and re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(row.pattern)), path):
            return row
    return None
