"""The table's arithmetic and its list of goals; never the timings themselves."""

import os
import subprocess
import sys

import pytest

from tests.benchmarks.harness import Row, cpu_s, in_turn, percentile, ratio, rss_mb, spent, table
from tests.servers import ROOT


def test_the_list_names_every_goal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--list"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named = [line.split()[0] for line in done.stdout.splitlines()]
    assert [name for name in named if name not in ("P9v", "peers")] == [f"P{n}" for n in range(1, 15)]


def test_a_goal_that_does_not_exist_is_refused_by_name() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "P99"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "There is no goal P99" in done.stderr


def test_the_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    # A slow second round doubles both sides and leaves no trace; the ratio of the medians would be 1.5.
    assert ratio([2, 8, 3], [1, 4, 1]) == 2


def test_sides_take_turns() -> None:
    order: list[str] = []

    def side(name: str) -> float:
        order.append(name)
        return float(len(order))

    assert in_turn(2, a=lambda: side("a"), b=lambda: side("b")) == {"a": [1, 3], "b": [2, 4]}
    assert order == ["a", "b", "a", "b"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_the_value_that_the_share_does_not_exceed(share: float, value: int) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_a_missed_goal_says_so_and_one_without_a_target_is_told() -> None:
    rows = [Row("P1", "a", "1", "2", 0.5, 1), Row("P2", "bb", "1", "2", 1.5, 1), Row("P3", "c", "1", "2", 9)]
    lines = table(rows).splitlines()
    assert [line.split()[-1] for line in lines[1:]] == ["ok", "target", "told"]
    assert lines[1].index("0.5") == lines[0].index("ratio")


def test_cpu_and_memory_are_those_of_the_process_and_its_children() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    used = spent(os.getpid(), lambda: subprocess.run([sys.executable, "-c", busy], check=True))
    assert used >= 0.25
    assert cpu_s(os.getpid()) > 0
    assert rss_mb(os.getpid()) > 5
