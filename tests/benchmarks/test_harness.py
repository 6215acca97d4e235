"""The benchmarks' arithmetic, not their timings."""

import pytest

from tests.benchmarks.__main__ import GOALS, main
from tests.benchmarks.table import Figure, in_turn, lines


def test_a_ratio_beyond_what_was_set_is_missed() -> None:
    assert Figure("P0", "a : b", 3.0, 2.0, "ms", 1.2).verdict == "MISSED"
    assert Figure("P0", "a : b", 2.0, 2.0, "ms", 1.2).verdict == "ok"
    assert Figure("P0", "a : b", 2.0, 2.0, "ms").verdict == ""


def test_the_round_with_the_middle_ratio_counts() -> None:
    mine, theirs = iter([1.0, 9.0, 4.0]), iter([1.0, 1.0, 2.0])
    assert in_turn(lambda: next(mine), lambda: next(theirs), 3) == (4.0, 2.0)


def test_every_goal_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    told = capsys.readouterr().out
    assert all(goal in told for goal in GOALS)
    assert len(lines([Figure("P0", "a : b", 1.0, 2.0, "ms")])) == 3
