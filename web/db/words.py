"""Finds operations by words, and by several of their facts at once, in time that does not grow with the history.

An index beside the history and no part of its chain: whoever meddles with it hides rows from a search and nothing else;
`refill` makes it anew from the operations, and at start `fill` adds what is missing. Only what is stored in an
operation goes in, so no secret does. SQLite: FTS5, in which each set of facts is a word too, and a list of all words
for the beginnings of words. Postgres: a GIN index over the words; facts have indexes of their own.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, inspect, text

FACTS = ("endpoint", "actor", "kind", "outcome")
TEXTS = (*FACTS, "id", "diff", "error")
WORD = re.compile(r"[^\W_]+")
LONGEST_WORD, LONGEST_TEXT = 64, 20_000
ENDINGS, IDS, ID_CHARS = 200, 50, 8
AT_ONCE = 500
LAST = "\U0010ffff"
ROW_KEYS = ("path", "before", "after")

SQLITE = (
    "CREATE VIRTUAL TABLE operation_words USING fts5"
    "(words, tokenize = \"unicode61 remove_diacritics 0 tokenchars '_'\")",
    "CREATE TABLE operation_term (term TEXT PRIMARY KEY) WITHOUT ROWID",
)
POSTGRES = (
    "CREATE TABLE operation_words (rowid BIGINT PRIMARY KEY, words TEXT NOT NULL, vector TSVECTOR NOT NULL "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED)",
    "CREATE INDEX operation_words_vector ON operation_words USING gin (vector) WITH (fastupdate = off)",
)
PUT = {
    "sqlite": "INSERT OR REPLACE INTO operation_words (rowid, words) VALUES (:seq, :words)",
    "postgresql": "INSERT INTO operation_words (rowid, words) VALUES (:seq, :words) "
    "ON CONFLICT (rowid) DO UPDATE SET words = excluded.words",
}
STORED = {"sqlite": "operation_words_content", "postgresql": "operation_words"}
KEY = {"sqlite": "id", "postgresql": "rowid"}


def there(connection: Connection) -> bool:
    """Whether the index exists."""
    return inspect(connection).has_table(STORED[connection.dialect.name])


def whole(connection: Connection) -> bool:
    """Whether there is as much in the index as there are operations."""
    tables = ("operation", STORED[connection.dialect.name])
    counts = {connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() for table in tables}  # noqa: S608
    return len(counts) == 1


def create(connection: Connection) -> None:
    """Make the empty index."""
    for statement in POSTGRES if connection.dialect.name == "postgresql" else SQLITE:
        connection.execute(text(statement))


def drop(connection: Connection, until: int) -> None:
    """Forget the operations up to this one."""
    connection.execute(text("DELETE FROM operation_words WHERE rowid <= :until"), {"until": until})


def fill(connection: Connection) -> int:
    """Index the operations that are not in it yet; how many there were."""
    dialect = connection.dialect.name
    missing = text(
        f"SELECT o.seq, {', '.join(f'o.{name}' for name in TEXTS)} FROM operation o "  # noqa: S608 - names of this file
        f"WHERE NOT EXISTS (SELECT 1 FROM {STORED[dialect]} w WHERE w.{KEY[dialect]} = o.seq) "
        "AND o.seq > :after ORDER BY o.seq LIMIT :most"
    )
    after, count = -1, 0
    while rows := connection.execute(missing, {"after": after, "most": AT_ONCE}).mappings().all():
        _put(connection, [(row["seq"], row) for row in rows])
        after, count = rows[-1]["seq"], count + len(rows)
    return count


def refill(connection: Connection) -> int:
    """Make the index anew; how many operations are in it."""
    for table in ("operation_words", "operation_term"):
        connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    create(connection)
    return fill(connection)


def find(connection: Connection, q: str, facts: Mapping[str, str], low: int, high: int, limit: int) -> list[int]:
    """Numbers of the newest operations from `low` to `high` (inclusive) with these words and facts, newest first.

    A word of `q` stands for every word that begins with it; what is joined by punctuation has to follow one another.
    On Postgres facts are not looked at. Facts may be answered for a few operations too many: look again.
    """
    phrases = [words for part in q.split() if (words := _words_in(part))]
    if q and not phrases:
        return []
    values = {"low": low, "high": high, "limit": limit}
    if connection.dialect.name == "postgresql":
        return _in_postgres(connection, phrases, values)
    parts = [_fact(facts)] if facts else []
    for phrase in phrases:
        parts.append(_ending(connection, phrase))
    if not all(parts):
        return []
    query = (
        "SELECT rowid FROM operation_words WHERE operation_words MATCH :match "
        "AND rowid BETWEEN :low AND :high ORDER BY rowid DESC LIMIT :limit"
    )
    return list(connection.execute(text(query), {**values, "match": " AND ".join(parts)}).scalars())


def _in_postgres(connection: Connection, phrases: list[list[str]], values: dict[str, Any]) -> list[int]:
    wanted = " & ".join(" & ".join(f"'{word}'" for word in phrase) + ":*" for phrase in phrases)
    joined = [phrase for phrase in phrases if len(phrase) > 1]
    near = "".join(f" AND ' ' || words LIKE :near{n}" for n in range(len(joined)))
    query = (
        "SELECT rowid FROM operation_words WHERE vector @@ CAST(:match AS tsquery) "  # noqa: S608 - placeholders only
        f"AND rowid BETWEEN :low AND :high{near} ORDER BY rowid DESC LIMIT :limit"
    )
    values |= {f"near{n}": f"% {' '.join(phrase)}%" for n, phrase in enumerate(joined)}
    return list(connection.execute(text(query), {**values, "match": wanted}).scalars())


def _ending(connection: Connection, phrase: list[str]) -> str:
    """The phrase with every ending its last word can have; with too many, FTS5 finds them itself, which is slower."""
    *first, last = phrase
    endings = _from(connection, "SELECT term AS word FROM operation_term WHERE term", last, ENDINGS)
    if len(last) >= ID_CHARS:
        endings += _from(connection, "SELECT id AS word FROM operation WHERE id", last, IDS)
    if len(endings) > ENDINGS:
        return f'"{" ".join(phrase)}" *'
    said = (f'"{" ".join([*first, word])}"' for word in endings)
    return f"({' OR '.join(said)})" if endings else ""


def _from(connection: Connection, select: str, beginning: str, most: int) -> list[str]:
    query = text(f"{select} >= :low AND {select.rpartition(' ')[2]} < :high LIMIT :most")
    values = {"low": beginning, "high": beginning + LAST, "most": most + 1}
    return list(connection.execute(query, values).scalars())


def rows(dialect: str, changed: Sequence[tuple[int, Mapping[Any, Any]]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The statements that index these operations, by their numbers, each with what to run it for."""
    terms: set[str] = set()
    made = []
    for seq, operation in changed:
        words = _words_of(operation)
        ids = _words_in(str(operation["id"]))
        terms.update(words)
        facts = _facts_of(*(operation[name] for name in FACTS)) if dialect == "sqlite" else ()
        made.append({"seq": seq, "words": " ".join([*words, *ids, *facts])})
    yield PUT[dialect], made
    if dialect == "sqlite" and terms:
        yield "INSERT OR IGNORE INTO operation_term (term) VALUES (:term)", [{"term": term} for term in sorted(terms)]


def _put(connection: Connection, changed: Sequence[tuple[int, Mapping[Any, Any]]]) -> None:
    for statement, values in rows(connection.dialect.name, changed):
        connection.execute(text(statement), values)


def _words_of(operation: Mapping[str, Any]) -> list[str]:
    """The words a person can look for, in the order in which they are written."""
    said = " ".join(part for name in ("endpoint", "actor", "kind", "outcome") for part in _said(operation[name]))
    rows = _json(operation["diff"])
    for row in rows if isinstance(rows, list) else []:
        values = [row.get(key) for key in ROW_KEYS] if isinstance(row, dict) else [row]
        said += " " + " ".join(part for value in values for part in _said(value))
    said += " " + " ".join(_said(_json(operation["error"])))
    return _words_in(said[:LONGEST_TEXT])


def _said(value: Any) -> Iterator[str]:
    """Every name and value in it, but what stands for a secret."""
    if isinstance(value, dict):
        if value.get("redacted") is not True:
            for name, each in value.items():
                yield str(name)
                yield from _said(each)
    elif isinstance(value, list):
        for each in value:
            yield from _said(each)
    elif value is not None and value != "":
        yield str(value)


def _words_in(said: str) -> list[str]:
    """Words in small letters without accents, cut at LONGEST_WORD."""
    plain = said.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return [word[:LONGEST_WORD] for word in WORD.findall(plain)]


def _json(value: Any) -> Any:
    """A column of JSON: read by the model already, or still its text."""
    return json.loads(value) if isinstance(value, str) else value


@lru_cache(maxsize=1000)
def _facts_of(*values: str) -> tuple[str, ...]:
    facts = dict(zip(FACTS, values, strict=True))
    sets = (names for size in range(1, len(FACTS) + 1) for names in combinations(FACTS, size))
    return tuple(_fact({name: facts[name] for name in names}) for names in sets)


def _fact(facts: Mapping[str, str]) -> str:
    """One word for a set of facts. Nobody can type it: words of people hold no underscore."""
    said = json.dumps([[name, facts[name]] for name in FACTS if facts.get(name)])
    return "_" + blake2b(said.encode(), digest_size=5).hexdigest()
