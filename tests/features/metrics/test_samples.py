"""Samples are kept for 14 days in few rows, and asked for once however many ask."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from web.db import samples
from web.db.engine import open_engine
from web.db.migrate import upgrade
from web.db.samples import COARSE_MS, FINE_FOR_MS, KEPT_FOR_MS, MINUTE_MS
from web.features.metrics.collect import fold, packed, unpacked
from web.workspace.prometheus import Figures

NOW = 1_800_000_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = open_engine(f"sqlite:///{tmp_path / 'portal.db'}")
    upgrade(found)
    yield found
    found.dispose()


def sample(requests: float) -> dict[str, Any]:
    return packed({"a": Figures({"request_count_total": requests}, {"request_latency_ms": {10.0: requests}})}, 3)


def test_minutes_older_than_a_day_become_five_and_older_than_14_days_nothing(engine: Engine) -> None:
    start = (NOW - FINE_FOR_MS) // COARSE_MS * COARSE_MS - COARSE_MS
    for minute in range(5):
        samples.store(engine, "id", start + minute * MINUTE_MS, sample(float(minute)))
    samples.store(engine, "id", NOW - KEPT_FOR_MS - MINUTE_MS, sample(1))
    samples.store(engine, "id", NOW // MINUTE_MS * MINUTE_MS, sample(9))
    samples.tidy(engine, NOW, fold)
    rows = samples.between(engine, "id", 0, NOW)
    assert [(row.at, row.step) for row in rows] == [
        (start, COARSE_MS),
        (NOW // MINUTE_MS * MINUTE_MS, MINUTE_MS),
    ]
    folded = unpacked(rows[0].data)["a"]
    assert folded.gauges["request_count_total"] == 2.0
    assert folded.buckets["request_latency_ms"] == {10.0: 10.0}


def test_one_of_many_asks(engine: Engine) -> None:
    samples.look(engine, "id", "churn", NOW)
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda _: samples.claim(engine, "id", NOW), range(12)))
    assert won.count(True) == 1
    assert samples.claim(engine, "id", NOW + 2 * MINUTE_MS)


def test_a_second_answer_about_the_same_minute_changes_nothing(engine: Engine) -> None:
    samples.store(engine, "id", NOW, sample(1))
    samples.store(engine, "id", NOW, sample(2))
    assert unpacked(samples.between(engine, "id", 0, NOW)[0].data)["a"].gauges["request_count_total"] == 1.0


def test_pins_are_limited(engine: Engine) -> None:
    for number in range(samples.MOST_PINNED + 1):
        samples.look(engine, f"id{number}", f"e{number}", NOW)
    assert all(samples.pin(engine, f"id{number}", "bob@example.com") for number in range(samples.MOST_PINNED))
    assert not samples.pin(engine, f"id{samples.MOST_PINNED}", "bob@example.com")
    assert samples.pin(engine, "id0", "")
    assert len(samples.pinned(engine)) == samples.MOST_PINNED - 1
