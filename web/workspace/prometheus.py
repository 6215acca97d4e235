"""The Prometheus text of an endpoint as figures per served entity. Every value covers the last minute (reference §3.8).

Names ending in `_total` are gauges too; labels are undocumented, so an entity is looked for under several of them and
everything else (replicas, GPUs) is put together: counts are added, percentages averaged, buckets added.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client.samples import Sample

ENTITY_LABELS = ("served_entity", "served_model", "served_entity_name", "served_model_name", "model_name")
ADDED = ("_total", "_count")
VARIANTS = ("_avg", "_mean")
MOST_ENTITIES = 30
MOST_CHARS = 4_000_000
HISTOGRAM_PARTS = ("_bucket", "_sum", "_count")


@dataclass
class Figures:
    """One entity's figures: gauges by name, and histograms as `{upper bound: requests at most that long}`."""

    gauges: dict[str, float] = field(default_factory=dict)
    buckets: dict[str, dict[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What one look told: figures by entity ("" where labels name none), and the minute they are of, ms since 1970."""

    entities: dict[str, Figures]
    at: int | None


def read(text: str) -> Reading:
    """The figures of a text. Lines that are not Prometheus text raise ValueError."""
    grouped: dict[tuple[str, str], list[float]] = {}
    found: dict[str, Figures] = {}
    at: int | None = None
    for family, sample in _samples(text):
        entity = _entity(sample.labels)
        if not _finite(sample.value) or (entity not in found and len(found) >= MOST_ENTITIES):
            continue
        figures = found.setdefault(entity, Figures())
        at = max(at or 0, int(float(sample.timestamp) * 1000)) if sample.timestamp is not None else at
        if "le" in sample.labels:
            _add_bucket(figures.buckets.setdefault(family, {}), sample)
        elif not _is_histogram_part(family, sample.name):
            grouped.setdefault((entity, _base(sample.name)), []).append(float(sample.value))
    for (entity, name), values in grouped.items():
        found[entity].gauges[name] = sum(values) if name.endswith(ADDED) else sum(values) / len(values)
    return Reading({name: one for name, one in found.items() if one.gauges or one.buckets}, at)


def percentile(buckets: dict[float, float], share: float) -> float | None:
    """The value that `share` (0 to 1) of the requests did not exceed, between two bounds in a straight line.

    None without requests; the last finite bound for what lies beyond it.
    """
    bounds = sorted(buckets)
    total = buckets[bounds[-1]] if bounds else 0
    if total <= 0:
        return None
    wanted, below, low = share * total, 0.0, 0.0
    for bound in bounds:
        count = buckets[bound]
        if count >= wanted and count > below:
            return low if math.isinf(bound) else low + (bound - low) * (wanted - below) / (count - below)
        below, low = max(below, count), bound if not math.isinf(bound) else low
    return low


def _samples(text: str) -> Iterator[tuple[str, "Sample"]]:
    from prometheus_client.parser import text_string_to_metric_families  # loaded with an HTTP server and more

    for family in text_string_to_metric_families(text[:MOST_CHARS]):
        for sample in family.samples:
            name = sample.name.removesuffix("_bucket") if sample.name.endswith("_bucket") else family.name
            yield name, sample


def _entity(labels: dict[str, str]) -> str:
    return next((labels[name][:128] for name in ENTITY_LABELS if labels.get(name)), "")


def _base(name: str) -> str:
    return next((name.removesuffix(ending) for ending in VARIANTS if name.endswith(ending)), name)


def _is_histogram_part(family: str, name: str) -> bool:
    return name != family and name.startswith(family) and name.removeprefix(family) in HISTOGRAM_PARTS


def _add_bucket(buckets: dict[float, float], sample: "Sample") -> None:
    try:
        bound = float(sample.labels["le"])
    except ValueError:
        return
    buckets[bound] = buckets.get(bound, 0.0) + float(sample.value)


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def merged(parts: Iterable[Figures], *, over_time: bool) -> Figures:
    """Several figures as one: of several minutes (gauges are averaged) or of several entities (counts are added)."""
    gauges: dict[str, list[float]] = {}
    buckets: dict[str, dict[float, float]] = {}
    for part in parts:
        for name, value in part.gauges.items():
            gauges.setdefault(name, []).append(value)
        for name, counts in part.buckets.items():
            into = buckets.setdefault(name, {})
            for bound, count in counts.items():
                into[bound] = into.get(bound, 0.0) + count
    added = {} if over_time else {name: sum(v) for name, v in gauges.items() if name.endswith(ADDED)}
    return Figures({name: sum(v) / len(v) for name, v in gauges.items()} | added, buckets)
