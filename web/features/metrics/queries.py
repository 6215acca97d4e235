"""The metrics page's view: charts of a range of time, how old they are, and why there are none."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine

from web.audit import queries as history
from web.audit.queries import Filter, May
from web.db import samples
from web.db.samples import MINUTE_MS, MetricSample
from web.features.metrics.charts import Chart, Point, charts
from web.features.metrics.collect import collect, fold, now_ms, unpacked
from web.workspace import serving
from web.workspace.client import Workspace

HOUR_MS = 60 * MINUTE_MS
RANGES = {
    "1h": ("1 hour", HOUR_MS, MINUTE_MS),
    "6h": ("6 hours", 6 * HOUR_MS, 5 * MINUTE_MS),
    "24h": ("24 hours", 24 * HOUR_MS, 10 * MINUTE_MS),
    "14d": ("14 days", 14 * 24 * HOUR_MS, 2 * HOUR_MS),
}
OLD_MS = 4 * MINUTE_MS
MARKED = ("config.update", "traffic.update", "endpoint.restore", "endpoint.start", "endpoint.stop")
REFUSED = ("You may not read metrics here", "The workspace refuses it. Ask somebody with CAN_MANAGE for access.")
NONE_AT_ALL = {
    "foundation": (
        "Pay-per-token endpoints have no metrics",
        "Databricks runs this model for every workspace and exports no metrics of it. What you use is in the "
        "system table system.serving.endpoint_usage.",
    ),
    "external": (
        "External models have no metrics",
        "The model runs at its provider, which has figures of its own. Usage tracking of the AI Gateway counts calls.",
    ),
    "empty": ("No metrics yet", "This endpoint has no served entity, so nothing answers requests."),
}


@dataclass(frozen=True)
class Mark:
    """A moment on the charts: `at` in ms since 1970, and what happened then."""

    at: int
    label: str


@dataclass(frozen=True)
class MetricsView:
    """The page. `times` (ms) are parallel to the charts' rows. `title` and `note` say why there is nothing or less."""

    span: str
    entity: str
    entities: tuple[str, ...]
    times: tuple[int, ...]
    charts: list[Chart]
    marks: tuple[Mark, ...]
    newest: int | None
    stale: bool
    problem: str
    pinned_by: str
    title: str
    note: str
    since: int
    until: int


def nothing(raw: dict[str, Any]) -> tuple[str, str] | None:
    """Why this kind of endpoint never has metrics; None when it may have some."""
    kind = serving.kind_of(raw)
    return NONE_AT_ALL.get(kind) or (None if raw.get("id") else NONE_AT_ALL["foundation"])


def fresh(engine: Engine, ws: Workspace, raw: dict[str, Any], may: May, span: str, entity: str) -> MetricsView:
    """The view, after asking the workspace for the last minute if nobody has yet."""
    samples.look(engine, str(raw["id"]), str(raw["name"]), now_ms())
    allowed = collect(engine, ws, raw)
    found = view(engine, raw, may, span, entity)
    return found if allowed or found.charts else replace(found, title=REFUSED[0], note=REFUSED[1])


def view(engine: Engine, raw: dict[str, Any], may: May, span: str, entity: str) -> MetricsView:
    """The charts of the samples that the portal has kept of this endpoint."""
    span = span if span in RANGES else "1h"
    _, length, step = RANGES[span]
    endpoint_id, now = str(raw["id"]), now_ms()
    watch = samples.look(engine, endpoint_id, str(raw["name"]), now)
    until = now + 2 * MINUTE_MS
    rows = samples.between(engine, endpoint_id, now - length, until)
    times, points = _points(rows, step)
    known = tuple(sorted({name for point in points for name in point if name}))
    entity = entity if entity in known else ""
    newest = samples.newest(engine, endpoint_id)
    title, note = _why(raw, bool(rows), newest)
    return MetricsView(
        span=span,
        entity=entity,
        entities=known,
        times=times,
        charts=charts(points, entity),
        marks=tuple(_marks(engine, raw, may, rows, now - length)),
        newest=newest,
        stale=newest is not None and now - newest > OLD_MS,
        problem=watch.problem,
        pinned_by=watch.pinned_by,
        title=title,
        note=note,
        since=now - length,
        until=now,
    )


def _points(rows: list[MetricSample], step: int) -> tuple[tuple[int, ...], list[Point]]:
    """One point a step, from the first sample to the last; an empty one where nothing was sampled."""
    groups: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row.at // step * step, []).append(row.data)
    if not groups:
        return (), []
    times = tuple(range(min(groups), max(groups) + 1, step))
    return times, [unpacked(fold(groups[at])) if at in groups else {} for at in times]


def _marks(engine: Engine, raw: dict[str, Any], may: May, rows: list[MetricSample], since: int) -> list[Mark]:
    """Changes made here, and the first sample of each config version that came otherwise."""
    found = history.page(engine, Filter(endpoint=str(raw["name"]), outcome="success", since=since, limit=50), may)
    marks = [Mark(one.at, one.kind) for one in found.operations if one.kind in MARKED]
    for before, after in pairwise(rows):
        if after.data.get("v") not in (None, before.data.get("v")):
            marks.append(Mark(after.at, f"config version {after.data['v']}"))
    return sorted(marks, key=lambda mark: mark.at)


def _why(raw: dict[str, Any], any_rows: bool, newest: int | None) -> tuple[str, str]:
    state = raw.get("state") or {}
    if state.get("suspend") == "STOPPED":
        return "The endpoint is stopped", "It answers nothing, so there is nothing to measure until it is started."
    if not raw.get("config"):
        return "Not ready yet", "The first deployment has not succeeded. Metrics begin once it serves."
    if _asleep(raw):
        return "Scaled to zero", "No replica runs: only counts of requests and errors are exported, no load."
    if any_rows:
        return "", ""
    if newest is not None:
        return "Nothing in this range", "The portal took no sample in it. Choose a longer one."
    return (
        "No samples yet",
        "The portal takes one a minute while somebody looks at this page, or always once it is pinned.",
    )


def _asleep(raw: dict[str, Any]) -> bool:
    entities = [e for e in (raw.get("config") or {}).get("served_entities") or [] if isinstance(e, dict)]
    states = [str((entity.get("state") or {}).get("deployment_state_message") or "") for entity in entities]
    return bool(states) and all("scaled to zero" in text.lower() for text in states)
