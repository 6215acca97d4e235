"""The history is found by words and by any filters together, as it stands in the same commit."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.audit.history import START_MS, at, begin, done
from tests.audit.test_chain import KEY, engine
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation
from web.audit.queries import Filter, page, parse_filter
from web.audit.verify import verify
from web.db import words
from web.services import index

__all__ = ["engine"]
PEOPLE, KINDS, ENDPOINTS = (
    ("bob@example.com", "eve@example.com"),
    ("tags.update", "config.update"),
    ("churn", "fraud-eu"),
)
OUTCOMES = ("success", "refused")
OLD = (
    "INSERT INTO operation (id, kind, endpoint, endpoint_id, actor, actor_id, at, outcome, idempotency_key, "
    "payload_hash, diff, calls, change, request_id, host) "
    "VALUES ('a1', 'tags.update', 'churn', '', 'bob', '', 1, 'success', 'k', 'p', :diff, '[]', '{}', '', '')"
)


def found(engine: Engine, **wanted: str) -> list[str]:
    """Idempotency keys of the operations, oldest first."""
    operations = page(engine, parse_filter(wanted), lambda _operation: True).operations
    return [o.idempotency_key for o in reversed(operations)]


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return at(engine)[0]


@pytest.mark.parametrize(
    ("said", "finds"),
    [
        ("churn", True), ("CHU", True), ("churn-model", True), ("churn-mod", True), ("model_v2", True),
        ("größe 29", True), ("GROSSE", True), ("served_entities", True), ("bob@example.com", True),
        ("example bob", True), ("tags.up", True), ("kapazität", True), ("workload_size Medium", True),
        ("model-churn", False), ("urn", False),
        ("other", False), ("%", False), ('"', False), ("-", False), ("OR", False), ("NOT churn", False),
        ("churn*", True), ("_", False), ("canary", False),
    ],
)  # fmt: skip
def test_words_are_found_from_their_beginning(engine: Engine, ledger: Ledger, said: str, finds: bool) -> None:
    diff = [
        {"path": "config.served_entities[a].workload_size", "before": "Größe 29", "after": "Medium"},
        {"path": "config.x", "before": None, "after": {"openai_api_key_plaintext": "canary"}},
    ]
    op_id = begin(ledger, "k", endpoint="churn-model_v2", diff=diff)
    ledger.finish(op_id, Outcome("failed", [], error={"message": "Keine Kapazität"}))
    assert found(engine, q=said) == (["k"] if finds else [])
    assert found(engine, q=op_id) == found(engine, q=op_id[:8]) == ["k"]


def test_any_filters_together_find_what_they_say(engine: Engine, ledger: Ledger) -> None:
    made: list[dict[str, str]] = []
    for place in range(32):
        facts = {
            "actor": PEOPLE[place % 2], "kind": KINDS[place // 2 % 2], "endpoint": ENDPOINTS[place // 4 % 2],
            "outcome": OUTCOMES[place // 8 % 2],
        }  # fmt: skip
        done(ledger, f"k{place}", facts["outcome"], **{n: v for n, v in facts.items() if n != "outcome"})
        made.append({**facts, "key": f"k{place}"})
    for size in range(5):
        for names in combinations(words.FACTS, size):
            for values in (made[0], made[13], made[31]):
                wanted = {name: values[name] for name in names}
                right = [one["key"] for one in made if all(one[n] == v for n, v in wanted.items())]
                assert found(engine, **wanted) == right
                assert found(engine, **wanted, q=values["endpoint"]) == [
                    key for key in right if made[int(key[1:])]["endpoint"] == values["endpoint"]
                ]


def test_pages_of_a_search_follow_one_another(engine: Engine, ledger: Ledger) -> None:
    keys = [f"k{place}" for place in range(7)]
    for key in keys:
        done(ledger, key)
    seen: list[Operation] = []
    cursor: str | None = ""
    while cursor is not None:
        got = page(engine, parse_filter({"q": "churn", "limit": "3", "cursor": cursor}), lambda _operation: True)
        seen, cursor = seen + got.operations, got.next_cursor
    assert [o.idempotency_key for o in reversed(seen)] == keys


def test_times_are_exact_though_they_are_turned_into_numbers(engine: Engine) -> None:
    ledger, clock = at(engine)
    moments = []
    for place in range(6):
        done(ledger, f"k{place}")
        moments.append(clock.now)
        clock.now += 1_800_000
    middle = Filter(since=moments[1] + 1, until=moments[4])
    for wanted in (middle, Filter(since=middle.since, until=middle.until, q="churn")):
        got = page(engine, wanted, lambda _operation: True).operations
        assert [o.idempotency_key for o in reversed(got)] == ["k2", "k3", "k4"]
    assert not page(engine, Filter(until=START_MS - 9_000_000), lambda _operation: True).operations
    assert not page(engine, Filter(since=clock.now + 9_000_000), lambda _operation: True).operations


def test_an_index_that_is_lost_or_behind_is_completed_at_start(engine: Engine, ledger: Ledger) -> None:
    done(ledger, "one")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE operation_words"))
        connection.execute(text("DROP TABLE operation_term"))
    done(ledger, "two")
    assert verify(engine, KEY).ok, "a broken index stops no change, and is no part of the chain"
    index(engine)
    assert found(engine, q="churn") == ["one", "two"]
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM operation_words WHERE rowid = 1"))
    index(engine)
    assert found(engine, q="churn") == ["one", "two"]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Engine]:
    """A history as it was before there was an index, with one operation."""
    from alembic import command
    from alembic.config import Config

    from web.db import migrate
    from web.db.engine import open_engine

    opened = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with opened.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.execute(text(OLD), {"diff": '[{"path": "tags", "before": null, "after": "gr\\u00f6\\u00dfe"}]'})
    yield opened
    opened.dispose()


def test_what_was_there_before_the_index_is_found_after_the_migration(old: Engine) -> None:
    from web.db.migrate import upgrade

    upgrade(old)
    assert found(old, q="grosse") == found(old, actor="bob", kind="tags.update") == ["k"]
