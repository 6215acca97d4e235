"""Numbers of the requests really served, and their Prometheus text.

Values are for the last full minute (gauges, in spite of `_total`), each line with that minute's timestamp in ms.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from web.emulator.serving.endpoint import Endpoint, Entity
    from web.emulator.world import World

MINUTE_MS = 60_000
BUCKETS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 120000, 300000, 600000)
_KEPT_MINUTES = 15
_KEPT_LINES = 500


@dataclass(frozen=True)
class Served:
    """One request that was answered. Times: `at_ms` virtual ms; `took_ms`, `waited_ms` real milliseconds."""

    at_ms: int
    entity: str
    status: int
    took_ms: float
    waited_ms: float
    path: str
    request_id: str
    tokens_in: int = 0
    tokens_out: int = 0
    error: str = ""


@dataclass
class ServedStats:
    """What one endpoint served lately, newest last; old entries fall out."""

    recent: deque[Served] = field(default_factory=deque)
    lines: dict[str, deque[Served]] = field(default_factory=dict)
    spent: dict[str, deque[tuple[int, int, int]]] = field(default_factory=dict)
    balance: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, served: Served) -> None:
        """Remember one request."""
        self.recent.append(served)
        while self.recent and self.recent[0].at_ms < served.at_ms - _KEPT_MINUTES * MINUTE_MS:
            self.recent.popleft()
        self.lines.setdefault(served.entity, deque(maxlen=_KEPT_LINES)).append(served)

    def in_minute(self, entity: str, minute_ms: int) -> list[Served]:
        """The requests of one entity in the minute that began at `minute_ms`."""
        return [one for one in self.recent if one.entity == entity and minute_ms <= one.at_ms < minute_ms + MINUTE_MS]


def text(world: World, endpoint: Endpoint) -> str:
    """The `/metrics` text of an endpoint: all its entities for the last full minute."""
    now = world.clock.now_ms()
    stamp = now - now % MINUTE_MS
    families: dict[str, list[str]] = {}
    for entity in endpoint.config.entities if endpoint.config else []:
        label = labels(world, endpoint, entity)
        served = endpoint.served.in_minute(entity.name(), stamp - MINUTE_MS)
        for name, kind, suffix, extra, value in _samples(entity, served):
            line = f"{name}{suffix}{_braces({**label, **extra})} {value} {stamp}"
            families.setdefault(f"# HELP {name} {_HELP[name]}\n# TYPE {name} {kind}", []).append(line)
    return "\n".join("\n".join([head, *lines]) for head, lines in families.items()) + ("\n" if families else "")


def labels(world: World, endpoint: Endpoint, entity: Entity) -> dict[str, str]:
    """The labels of a sample, as the switch `metric_labels` says; they are undocumented."""
    kind = world.switches.metric_labels
    if kind == "none":
        return {}
    if kind == "replica":
        return {"replica_id": f"{entity.id[:8]}-0"}
    return {"endpoint_name": endpoint.name, kind: entity.name()}


def _braces(label: dict[str, str]) -> str:
    return "{" + ",".join(f'{key}="{value}"' for key, value in label.items()) + "}" if label else ""


Sample = tuple[str, str, str, dict[str, str], Any]
_HELP = {
    "cpu_usage_percentage": "Average CPU utilization used across all replicas during the last minute",
    "mem_usage_percentage": "Average memory utilization used across all replicas during the last minute",
    "gpu_usage_percentage": "Average GPU utilization used across all replicas during the last minute",
    "provisioned_concurrent_requests_total": "Number of provisioned concurrency during the last minute",
    "request_count_total": "Number of requests during the last minute",
    "request_4xx_count_total": "Number of 4xx responses during the last minute",
    "request_5xx_count_total": "Number of 5xx responses during the last minute",
    "request_latency_ms": "Round trip time of requests during the last minute, milliseconds",
    "model_queue_time_ms": "Time requests waited for the model during the last minute, milliseconds",
}


def _samples(entity: Entity, served: list[Served]) -> Iterator[Sample]:
    counts = {
        "request_count_total": len(served),
        "request_4xx_count_total": sum(400 <= one.status < 500 for one in served),
        "request_5xx_count_total": sum(one.status >= 500 for one in served),
    }
    for name, value in counts.items():
        yield name, "gauge", "", {}, float(value)
    yield from _histogram("request_latency_ms", [one.took_ms for one in served])
    if entity.message.startswith("Scal"):
        return
    busy = min(97.0, 1.5 + sum(one.took_ms for one in served) / MINUTE_MS * 100)
    yield "cpu_usage_percentage", "gauge", "", {}, round(busy, 3)
    yield "mem_usage_percentage", "gauge", "", {}, round(18.0 + min(40.0, len(served) * 0.05), 3)
    if str(entity.spec.get("workload_type", "CPU")).startswith(("GPU", "MULTIGPU")):
        yield "gpu_usage_percentage", "gauge", "", {"gpu": "gpu0"}, round(busy * 0.9, 3)
    yield from _histogram("model_queue_time_ms", [one.waited_ms for one in served])
    yield "provisioned_concurrent_requests_total", "gauge", "", {}, float(_concurrency(entity))


def _concurrency(entity: Entity) -> int:
    said = entity.spec.get("max_provisioned_concurrency")
    return int(said or {"Small": 4, "Medium": 16, "Large": 64}.get(str(entity.spec.get("workload_size")), 4))


def _histogram(name: str, values: list[float]) -> Iterator[Sample]:
    for most in BUCKETS_MS:
        yield name, "histogram", "_bucket", {"le": f"{most}.0"}, float(sum(value <= most for value in values))
    yield name, "histogram", "_bucket", {"le": "+Inf"}, float(len(values))
    yield name, "histogram", "_sum", {}, round(sum(values), 3)
    yield name, "histogram", "_count", {}, float(len(values))
