"""Rules of one entity's compute (reference §1.4, §3.2): whole numbers, concurrency, throughput, names of sizes."""

from collections.abc import Iterator
from typing import Any

CPU_TYPES = ("CPU", "CPU_MEDIUM", "CPU_LARGE")
GPU_TYPES = ("GPU_SMALL", "GPU_MEDIUM", "MULTIGPU_MEDIUM", "GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8")
WORKLOAD_SIZES = ("Small", "Medium", "Large")
CONCURRENCY_STEP = 4  # the documents and the console say so; unverified
MAX_CONCURRENCY = 1024
NUMBERS = (
    "min_provisioned_concurrency",
    "max_provisioned_concurrency",
    "min_provisioned_throughput",
    "max_provisioned_throughput",
    "provisioned_model_units",
)


def compute_breaches(entity: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(field, message) for each number that is none, and each pair that does not fit together."""
    odd = [f for f in NUMBERS if entity.get(f) is not None and not _whole(entity[f])]
    for field in odd:
        yield field, "Give a whole number." if entity[field] != "" else "Give a number."
    if odd:
        return
    yield from _concurrency(entity)
    if entity.get("max_provisioned_throughput") == 0:
        yield "max_provisioned_throughput", "The maximum is more than 0."
    if entity.get("provisioned_model_units") == 0:
        yield "provisioned_model_units", "At least one step of model units is needed."
    if entity.get("provisioned_model_units") is not None and entity.get("max_provisioned_throughput") is not None:
        yield "provisioned_model_units", "Give either model units or tokens per second, not both."


def _concurrency(entity: dict[str, Any]) -> Iterator[tuple[str, str]]:
    low, high = entity.get("min_provisioned_concurrency"), entity.get("max_provisioned_concurrency")
    if low is None and high is None:
        return
    for field, value in (("min_provisioned_concurrency", low), ("max_provisioned_concurrency", high)):
        if value is None:
            yield field, "Concurrency needs both a minimum and a maximum."
        elif value % CONCURRENCY_STEP:
            yield field, f"Concurrency comes in steps of {CONCURRENCY_STEP}."
    if low is not None and high is not None and low > high:
        yield "min_provisioned_concurrency", "The minimum is above the maximum."
    if high is not None and not 0 < high <= MAX_CONCURRENCY:
        yield "max_provisioned_concurrency", f"The maximum is from {CONCURRENCY_STEP} to {MAX_CONCURRENCY}."


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
