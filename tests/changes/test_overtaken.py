"""When the read-back says that another config update lies beneath ours, and when it cannot know."""

from typing import Any

import pytest

from web.changes.kinds import Kind
from web.changes.readback import VERSION, overtaken

PUT = [{"path": "/api/2.0/serving-endpoints/x/config"}]
TAGS = [{"path": "/api/2.0/serving-endpoints/x/tags"}]


def at(config: int | None, pending: int | None = None, state: str = "NOT_UPDATING") -> dict[str, Any]:
    """An endpoint whose configs have these versions."""
    live: dict[str, Any] = {"state": {"config_update": state}}
    for name, version in (("config", config), ("pending_config", pending)):
        if version is not None:
            live[name] = {"config_version": version}
    return live


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (at(3), at(4)),
        (at(3), at(3, 4, "IN_PROGRESS")),
        (at(3), at(3)),
        (at(3, 4, "UPDATE_FAILED"), at(3, 5, "IN_PROGRESS")),
        (at(3, 4, "UPDATE_FAILED"), at(4)),
        (at(3, None, "UPDATE_FAILED"), at(7)),
        (at(3, None, "UPDATE_CANCELED"), at(7)),
        (at(None, 1, "UPDATE_FAILED"), at(2)),
        (at(None), at(7)),
        (at(3), at(None)),
        (None, at(7)),
        (at(3), None),
    ],
)
def test_one_update_or_no_way_to_know_says_nothing(before: Any, after: Any) -> None:
    assert overtaken(Kind.CONFIG, PUT, before, after) == []


@pytest.mark.parametrize("kind", [Kind.CONFIG, Kind.TRAFFIC, Kind.RESTORE])
@pytest.mark.parametrize(
    ("before", "after", "expected", "there"),
    [
        (at(3), at(5), 4, 5),
        (at(3), at(4, 5, "IN_PROGRESS"), 4, 5),
        (at(3, 4, "UPDATE_FAILED"), at(6), 5, 6),
        (at(3, 4, "UPDATE_CANCELED"), at(3, 6, "IN_PROGRESS"), 5, 6),
    ],
)
def test_more_updates_than_ours_are_told(kind: Kind, before: Any, after: Any, expected: int, there: int) -> None:
    assert overtaken(kind, PUT, before, after) == [{"path": VERSION, "before": expected, "after": there}]


def test_a_restore_of_several_parts_sends_one_update() -> None:
    assert overtaken(Kind.RESTORE, [*TAGS, *PUT], at(3), at(4)) == []
    assert overtaken(Kind.RESTORE, [*TAGS, *PUT], at(3), at(5)) == [{"path": VERSION, "before": 4, "after": 5}]


def test_what_sends_no_config_is_not_overtaken() -> None:
    assert overtaken(Kind.RESTORE, TAGS, at(3), at(5)) == []
    assert overtaken(Kind.TAGS, TAGS, at(3), at(5)) == []
    assert overtaken(Kind.CREATE, PUT, at(3), at(5)) == []
