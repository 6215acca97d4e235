"""Workload types and sizes, provisioned concurrency and provisioned throughput (§1.4, §2.6)."""

from __future__ import annotations

from typing import Any

from web.emulator.wire import Call, invalid

CPU_TYPES = ["CPU", "CPU_MEDIUM", "CPU_LARGE"]
GPU_TYPES = ["GPU_SMALL", "GPU_MEDIUM", "MULTIGPU_MEDIUM", "GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8"]
SIZES = {"Small": (4, 4), "Medium": (8, 16), "Large": (16, 64)}
CONCURRENCY = ("min_provisioned_concurrency", "max_provisioned_concurrency")
MAX_CONCURRENCY = 1024
UNITS_STEP = 50


def check(call: Call, kind: str, spec: dict[str, Any]) -> None:
    """Check an entity's compute and fill in the defaults. Raises 400."""
    if kind == "custom":
        _custom(call, spec)
    elif kind == "provisioned":
        _provisioned(call, spec)
    elif kind == "feature":
        spec.setdefault("workload_size", "Small")
    else:
        spec.pop("workload_size", None)
        spec.pop("workload_type", None)
        spec.pop("scale_to_zero_enabled", None)


def _custom(call: Call, spec: dict[str, Any]) -> None:
    if not isinstance(spec.get("scale_to_zero_enabled"), bool):
        raise invalid("scaleToZeroEnabled is undefined. Please set it to either true or false.")
    kind = spec.setdefault("workload_type", "CPU")
    size = spec.get("workload_size")
    ranged = [spec.get(field) for field in CONCURRENCY]
    if kind not in CPU_TYPES + GPU_TYPES or (size is not None and size not in SIZES):
        choice = ", ".join(CPU_TYPES + GPU_TYPES)
        raise invalid(
            f"Workload type '{kind}' with size '{size or 'Small'}' is not supported. "
            f"Please choose a node type from {choice} "
            f"and a size from {', '.join(SIZES)}."
        )
    if ranged == [None, None]:
        spec.setdefault("workload_size", "Small")
        return
    if size is not None:
        raise invalid("Only one of workload_size and min/max_provisioned_concurrency can be specified.")
    _concurrency(call, *ranged)


def _concurrency(call: Call, low: Any, high: Any) -> None:
    step = call.world.switches.concurrency_step
    if not _whole(low) or not _whole(high) or low > high or not 0 < high <= MAX_CONCURRENCY:
        raise invalid(
            "min_provisioned_concurrency and max_provisioned_concurrency must both be given, min at most max, "
            f"max between 1 and {MAX_CONCURRENCY}."
        )
    if low % step or high % step:
        raise invalid(f"min_provisioned_concurrency and max_provisioned_concurrency must be multiples of {step}.")


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _provisioned(call: Call, spec: dict[str, Any]) -> None:
    name = spec["entity_name"]
    info = call.world.catalog.optimization(name, spec.get("entity_version") or "") or {}
    chunk = info.get("throughput_chunk_size")
    if not info.get("optimizable") or not chunk:
        raise invalid(f"Served entity {spec['name']} is not eligible for Provisioned Throughput.")
    spec.pop("workload_size", None)
    units = spec.get("provisioned_model_units")
    low, high = spec.get("min_provisioned_throughput"), spec.get("max_provisioned_throughput")
    if units is not None:
        step = int(info.get("model_units_step") or UNITS_STEP)
        if low is not None or high is not None:
            raise invalid("Only one of provisioned_model_units and min/max_provisioned_throughput can be specified.")
        if not _whole(units) or units == 0 or units % step:
            raise invalid(f"provisioned_model_units must be a positive multiple of {step}, but is {units}.")
        return
    low = spec.setdefault("min_provisioned_throughput", 0)
    if not _whole(low) or not _whole(high) or low > high or high == 0 or low % chunk or high % chunk:
        raise invalid(
            f"Provisioned throughput of '{spec['name']}' must be in multiples of {chunk} tokens per second, "
            f"with the minimum at most the maximum, but min is {low} and max is {high}."
        )


def dbus(kind: str, spec: dict[str, Any]) -> tuple[float, float]:
    """The entity's `min_dbus` and `max_dbus` per hour: believable, not a price list."""
    if kind == "provisioned":
        unit = (spec.get("provisioned_model_units") or 0) / 50 * 7.143
        low, high = ((spec.get(f"{end}_provisioned_throughput") or 0) / 490 * 7.143 for end in ("min", "max"))
        return round(unit or low, 3), round(unit or high, 3)
    low, high = SIZES.get(str(spec.get("workload_size")), (4, 4))
    low, high = (int(spec.get(field) or base) for field, base in zip(CONCURRENCY, (low, high), strict=True))
    rate = 1.0 if str(spec.get("workload_type", "CPU")).startswith("CPU") else 2.62
    return (0.0 if spec.get("scale_to_zero_enabled") else low * rate), high * rate
