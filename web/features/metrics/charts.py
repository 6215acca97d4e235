"""The charts: what each draws, out of samples. Pure; the template draws the table, the browser the lines."""

from collections.abc import Callable
from dataclasses import dataclass

from web.workspace.prometheus import Figures, merged, percentile

Value = float | None
REQUESTS, E4, E5 = "request_count_total", "request_4xx_count_total", "request_5xx_count_total"
LATENCY, QUEUE = "request_latency_ms", "model_queue_time_ms"
SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
ALL = "all"


@dataclass(frozen=True)
class Chart:
    """One chart. `rows` are parallel to the times of the view; None where nothing is known."""

    key: str
    title: str
    unit: str
    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is no value at all."""
        return all(value is None for row in self.rows for value in row)

    @property
    def latest(self) -> tuple[Value, ...]:
        """The last row that has a value."""
        return next((row for row in reversed(self.rows) if any(v is not None for v in row)), ())


Point = dict[str, Figures]


def charts(points: list[Point], entity: str) -> list[Chart]:
    """All charts that have something to show, of one entity or of all."""
    chosen = [_chosen(point, entity) for point in points]
    names = tuple(sorted({name for point in points for name in point if not entity or name == entity}))
    made = [
        _shares("latency", "Latency", LATENCY, chosen, "From the buckets of the workspace, so an estimate."),
        _per_entity("requests", "Requests", "per second", REQUESTS, points, names, lambda value: value / 60),
        Chart("errors", "Errors", "per minute", ("4xx", "5xx"), tuple((_g(p, E4), _g(p, E5)) for p in chosen)),
        _per_entity(
            "concurrency", "Provisioned concurrency", "requests", "provisioned_concurrent_requests_total", points, names
        ),
        _per_entity("cpu", "CPU", "%", "cpu_usage_percentage", points, names),
        _per_entity("memory", "Memory", "%", "mem_usage_percentage", points, names),
        _per_entity("gpu", "GPU", "%", "gpu_usage_percentage", points, names),
        _per_entity("gpu-memory", "GPU memory", "%", "gpu_mem_usage_percentage", points, names),
        _shares("queue", "Time in the queue", QUEUE, chosen, "How long requests waited for the model."),
    ]
    return [chart for chart in made if not chart.empty]


def _chosen(point: Point, entity: str) -> Figures | None:
    parts = [one for name, one in point.items() if not entity or name == entity]
    return merged(parts, over_time=False) if parts else None


def _g(figures: Figures | None, name: str) -> Value:
    return figures.gauges.get(name) if figures else None


def _shares(key: str, title: str, name: str, chosen: list[Figures | None], note: str) -> Chart:
    rows = tuple(
        tuple(percentile(one.buckets.get(name, {}), share) if one else None for _, share in SHARES) for one in chosen
    )
    return Chart(key, title, "ms", tuple(label for label, _ in SHARES), rows, note)


def _per_entity(
    key: str,
    title: str,
    unit: str,
    name: str,
    points: list[Point],
    names: tuple[str, ...],
    scaled: Callable[[float], float] = lambda value: value,
) -> Chart:
    having = tuple(one for one in names if any(_g(point.get(one), name) is not None for point in points))
    rows = tuple(tuple(_scaled(_g(point.get(one), name), scaled) for one in having) for point in points)
    return Chart(key, title, unit, tuple(one or ALL for one in having), rows)


def _scaled(value: Value, scaled: Callable[[float], float]) -> Value:
    return None if value is None else scaled(value)
