"""The numbers of an entity's compute: whole, in steps, in order, and one way to give them."""

from typing import Any

import pytest

from web.changes.compute_rules import CPU_TYPES, GPU_TYPES, WORKLOAD_SIZES, compute_breaches

LOW, HIGH = "min_provisioned_concurrency", "max_provisioned_concurrency"
LEAST, MOST, UNITS = "min_provisioned_throughput", "max_provisioned_throughput", "provisioned_model_units"


def told(**entity: Any) -> list[str]:
    """The fields at fault."""
    return [field for field, _ in compute_breaches(entity)]


@pytest.mark.parametrize("field", [LOW, HIGH, LEAST, MOST, UNITS])
def test_a_number_is_whole_and_not_below_nothing(field: str) -> None:
    for odd in (-4, 4.0, "4", True, [4]):
        assert list(compute_breaches({field: odd})) == [(field, "Give a whole number.")]
    assert list(compute_breaches({field: ""})) == [(field, "Give a number.")]
    assert told(**{LOW: None, HIGH: None, LEAST: None, MOST: None, UNITS: None}) == []


def test_every_number_that_is_none_is_told_before_any_other_rule() -> None:
    assert told(**{HIGH: 5, LEAST: "x", UNITS: -1}) == [LEAST, UNITS]


@pytest.mark.parametrize(
    ("low", "high", "fields"),
    [
        (None, None, []), (4, 4, []), (0, 4, []), (4, 1024, []), (0, 1024, []),
        (None, 4, [LOW]), (4, None, [HIGH]), (5, 8, [LOW]), (4, 6, [HIGH]), (8, 4, [LOW]),
        (4, 1028, [HIGH]), (0, 0, [HIGH]), (None, 0, [LOW, HIGH]), (None, 1028, [LOW, HIGH]),
        (1, 1027, [LOW, HIGH, HIGH]),
    ],
)  # fmt: skip
def test_concurrency_is_a_range_in_steps_of_four_up_to_1024(
    low: int | None, high: int | None, fields: list[str]
) -> None:
    assert told(**{LOW: low, HIGH: high}) == fields


def test_what_is_missing_of_a_range_and_what_is_no_step_are_told_apart() -> None:
    assert dict(compute_breaches({HIGH: 8}))[LOW] == "Concurrency needs both a minimum and a maximum."
    assert dict(compute_breaches({LOW: 6, HIGH: 8}))[LOW] == "Concurrency comes in steps of 4."
    assert dict(compute_breaches({LOW: 4, HIGH: 2048}))[HIGH] == "The maximum is from 4 to 1024."


def test_throughput_and_model_units_are_more_than_nothing_and_one_of_the_two() -> None:
    assert told(**{LEAST: 0, MOST: 1}) == told(**{UNITS: 1}) == []
    assert told(**{MOST: 0}) == [MOST]
    assert told(**{UNITS: 0}) == [UNITS]
    assert told(**{UNITS: 50, MOST: 100}) == [UNITS]
    assert told(**{UNITS: 50, LEAST: 100}) == []


def test_the_sizes_are_those_of_the_workspace() -> None:
    assert told() == []
    assert CPU_TYPES == ("CPU", "CPU_MEDIUM", "CPU_LARGE")
    assert GPU_TYPES[:3] == ("GPU_SMALL", "GPU_MEDIUM", "MULTIGPU_MEDIUM")
    assert GPU_TYPES[3:] == ("GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8")
    assert WORKLOAD_SIZES == ("Small", "Medium", "Large")
