"""Telemetry: what is wrong with a config of it, who takes one, and when the workspace shows what was asked."""

from typing import Any

import pytest

from tests.changes.spell_cases import live
from web.changes.telemetry import (
    TABLES,
    config_of,
    telemetry_blockers,
    telemetry_breaches,
    telemetry_shows,
    unsupported,
)

FEATURES = ["TELEMETRY_FEATURE_LOGS", "TELEMETRY_FEATURE_TRACES"]
EVERY = [*FEATURES, "TELEMETRY_FEATURE_METRICS", "TELEMETRY_FEATURE_INFERENCE_TABLE"]
ASKED = {"enabled_telemetry_features": FEATURES, "table_names": {"logs_table": "main.ml.logs"}}
HELD = {"enabled_telemetry_features": FEATURES, "telemetry_profile_id": "p"}
NAMES, CHOSEN = "table_names", "enabled_telemetry_features"


def told(**config: Any) -> list[str]:
    """Where the breaches are, inside the telemetry of a body."""
    return [path.removeprefix("telemetry_config.") for path, _ in telemetry_breaches({"telemetry_config": config})]


def test_a_config_records_something_into_tables_or_a_profile() -> None:
    assert told(**ASKED) == told(**HELD) == told(**{**HELD, CHOSEN: EVERY}) == []
    assert told() == [], "nothing takes telemetry away"
    assert list(telemetry_breaches({})) == []
    assert told(**ASKED, telemetry_profile_id="p") == told(enabled_telemetry_features=EVERY) == [NAMES]
    assert config_of({"telemetry_config": "odd"}) == config_of({}) == {}


@pytest.mark.parametrize("odd", [None, [], "TELEMETRY_FEATURE_LOGS", ["LOGS"], [*FEATURES, "TELEMETRY_FEATURE_X"], [1]])
def test_what_is_recorded_is_chosen_of_four(odd: Any) -> None:
    assert told(**{**HELD, CHOSEN: odd}) == [CHOSEN]


@pytest.mark.parametrize(
    ("table", "fine"),
    [
        ("a.b.c", True),
        ("a.b", False),
        ("a.b.c.d", False),
        ("a..c", False),
        (".b.c", False),
        ("a.b.", False),
        (1, False),
    ],
)
def test_a_table_is_named_in_three_parts(table: Any, fine: bool) -> None:
    found = told(**{**ASKED, NAMES: {"logs_table": "a.b.c", "traces_table": table}})
    assert found == ([] if fine else [f"{NAMES}.traces_table"])
    assert {"logs_table", "traces_table", "metrics_table", "annotations_table"} == set(TABLES)


def test_only_models_on_ones_own_compute_take_it() -> None:
    external = live(config={"served_entities": [{"external_model": {"provider": "x", "name": "m", "task": "t"}}]})
    hosted = {"name": "databricks-x", "config": {"served_entities": [{"foundation_model": {"name": "x"}}]}}
    for other in (external, hosted):
        assert "own compute" in unsupported(other)
        assert [path for path, _ in telemetry_blockers(other)] == [""]
    assert "serves nothing yet" in unsupported(live(config=None))
    assert unsupported(live()) == ""
    assert list(telemetry_blockers(live())) == list(telemetry_blockers(live(state=None))) == []


def test_an_update_in_progress_is_waited_for() -> None:
    ((path, reason),) = telemetry_blockers(live(state={"config_update": "IN_PROGRESS"}))
    assert (path, "in progress" in reason) == ("", True)


def shows(body: Any, now: Any) -> bool:
    return telemetry_shows({"telemetry_config": body}, {"telemetry_config": now})


def test_the_workspace_shows_what_was_asked_but_never_the_tables() -> None:
    assert shows(ASKED, HELD)
    assert shows(HELD, HELD)
    assert shows({}, {})
    assert shows({}, None)
    assert not shows({}, HELD)
    assert not shows(HELD, {})
    assert not shows(HELD, {**HELD, "telemetry_profile_id": "other"})
    assert not shows({"table_names": {"logs_table": "a.b.c"}}, None)
