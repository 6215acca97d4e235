"""Asking an endpoint for its last minute and keeping the answer: once a minute, by whoever looks first."""

import math
import time
from typing import Any

from sqlalchemy import Engine

from web.db import samples
from web.errors import Forbidden, NotFound, PortalError
from web.workspace import prometheus, serving
from web.workspace.client import Workspace
from web.workspace.prometheus import Figures

AHEAD_MS = 2 * samples.MINUTE_MS
BEHIND_MS = 15 * samples.MINUTE_MS
UNREADABLE = "The workspace answered with something that is not Prometheus text."


def now_ms() -> int:
    """The time in ms since 1970 UTC."""
    return int(time.time() * 1000)


def collect(engine: Engine, ws: Workspace, raw: dict[str, Any]) -> None:
    """Ask for the last minute of `raw`, unless somebody asked less than a minute ago.

    A refusal of this person says nothing about others: the next one may ask at once.
    """
    endpoint_id, now = str(raw["id"]), now_ms()
    if not samples.claim(engine, endpoint_id, now):
        return
    try:
        reading = prometheus.read(serving.metrics(ws, str(raw["name"])))
    except Forbidden:
        samples.told(engine, endpoint_id, "", ask_again=True)
        return
    except NotFound:
        samples.told(engine, endpoint_id, "The workspace has no metrics of this endpoint now.")
        return
    except PortalError as error:
        samples.told(engine, endpoint_id, error.message)
        return
    except ValueError:
        samples.told(engine, endpoint_id, UNREADABLE)
        return
    samples.told(engine, endpoint_id, "")
    if reading.entities:
        version = (raw.get("config") or {}).get("config_version")
        whole = prometheus.merged(reading.entities.values(), over_time=False).gauges
        counts = (whole.get("request_count_total"), whole.get("request_5xx_count_total"))
        samples.store(engine, endpoint_id, _minute(reading.at, now), packed(reading.entities, version), counts)


def _minute(said: int | None, now: int) -> int:
    at = said if said is not None and now - BEHIND_MS <= said <= now + AHEAD_MS else now
    return at // samples.MINUTE_MS * samples.MINUTE_MS


def packed(entities: dict[str, Figures], version: Any) -> dict[str, Any]:
    """Figures as JSON: `{"v": config version, "e": {entity: {"g": gauges, "h": {name: [[bound or null, count]]}}}}`."""
    return {"v": version, "e": {name: _pack(one) for name, one in entities.items()}}


def unpacked(data: dict[str, Any]) -> dict[str, Figures]:
    """The way back."""
    return {name: _unpack(one) for name, one in (data.get("e") or {}).items()}


def fold(minutes: list[dict[str, Any]]) -> dict[str, Any]:
    """Several samples as one."""
    by_entity: dict[str, list[Figures]] = {}
    for data in minutes:
        for name, figures in unpacked(data).items():
            by_entity.setdefault(name, []).append(figures)
    joined = {name: prometheus.merged(parts, over_time=True) for name, parts in by_entity.items()}
    return packed(joined, minutes[-1].get("v") if minutes else None)


def _pack(one: Figures) -> dict[str, Any]:
    buckets = {
        name: [[None if math.isinf(bound) else bound, round(count, 3)] for bound, count in sorted(counts.items())]
        for name, counts in one.buckets.items()
    }
    return {"g": {name: round(value, 4) for name, value in one.gauges.items()}, "h": buckets}


def _unpack(one: dict[str, Any]) -> Figures:
    buckets = {
        name: {math.inf if bound is None else float(bound): float(count) for bound, count in counts}
        for name, counts in one["h"].items()
    }
    return Figures({name: float(value) for name, value in one["g"].items()}, buckets)
