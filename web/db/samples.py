"""Samples of endpoints' metrics, kept for 14 days: one row a minute, after a day one for five minutes.

Who is watched stands in `MetricWatch`; whoever wins `claim` asks the workspace, so that it is asked once a minute
however many people look and however many processes there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Engine, delete, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from web.db.engine import reading

MINUTE_MS = 60_000
COARSE_MS = 5 * MINUTE_MS
FINE_FOR_MS = 24 * 60 * MINUTE_MS
KEPT_FOR_MS = 14 * FINE_FOR_MS
ASK_EVERY_MS = 50_000
MOST_PINNED = 50
MOST_ROWS = 400_000
FOLD_AT_ONCE = 2000

Fold = Callable[[list[dict[str, Any]]], dict[str, Any]]
Counts = tuple[float | None, float | None]


class MetricSample(SQLModel, table=True):
    """The figures of one endpoint from `at` (ms since 1970) for `step` ms, as JSON of names and numbers.

    `requests` and `failed` (answered with 5xx) are the same figures a minute, for questions over many endpoints.
    """

    __tablename__ = "metric_sample"

    endpoint_id: str = Field(primary_key=True)
    at: int = Field(sa_column=Column(BigInteger, primary_key=True))
    step: int
    requests: float | None = None
    failed: float | None = None
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class MetricWatch(SQLModel, table=True):
    """An endpoint that somebody looked at (`seen_at`) or pinned. `problem`: why the last look at it told nothing."""

    __tablename__ = "metric_watch"

    endpoint_id: str = Field(primary_key=True)
    endpoint: str
    seen_at: int = Field(default=0, sa_type=BigInteger)
    asked_at: int = Field(default=0, sa_type=BigInteger)
    pinned_by: str = ""
    problem: str = ""


def look(engine: Engine, endpoint_id: str, endpoint: str, now: int) -> MetricWatch:
    """Note that somebody looks at an endpoint; what is known of it."""
    with Session(engine, expire_on_commit=False) as session:
        watch = session.get(MetricWatch, endpoint_id)
        if watch is None:
            watch = MetricWatch(endpoint_id=endpoint_id, endpoint=endpoint)
        elif watch.endpoint == endpoint and now - watch.seen_at < MINUTE_MS:
            return watch
        watch.endpoint, watch.seen_at = endpoint, now
        session.add(watch)
        try:
            session.commit()
        except IntegrityError:  # somebody else looked for the first time at this very moment
            session.rollback()
        return watch


def claim(engine: Engine, endpoint_id: str, now: int) -> bool:
    """Whether the caller is the one to ask the workspace now."""
    with reading(engine) as session:
        known = session.get(MetricWatch, endpoint_id)
        if known is None or known.asked_at > now - ASK_EVERY_MS:
            return False
    mine = update(MetricWatch).where(
        col(MetricWatch.endpoint_id) == endpoint_id, col(MetricWatch.asked_at) <= now - ASK_EVERY_MS
    )
    with Session(engine) as session:
        won = session.connection().execute(mine.values(asked_at=now)).rowcount == 1
        session.commit()
    return won


def told(engine: Engine, endpoint_id: str, problem: str, *, ask_again: bool = False) -> None:
    """What became of asking; `ask_again` lets the next one ask at once."""
    values: dict[str, Any] = {"problem": problem[:400]} | ({"asked_at": 0} if ask_again else {})
    with Session(engine) as session:
        session.connection().execute(
            update(MetricWatch).where(col(MetricWatch.endpoint_id) == endpoint_id).values(**values)
        )
        session.commit()


def pin(engine: Engine, endpoint_id: str, by: str) -> bool:
    """Pin an endpoint that was looked at, or with `by` empty unpin it. False when too many are pinned."""
    with Session(engine) as session:
        others = select(func.count()).select_from(MetricWatch).where(col(MetricWatch.pinned_by) != "")
        if by and session.exec(others).one() >= MOST_PINNED:
            return False
        session.connection().execute(
            update(MetricWatch).where(col(MetricWatch.endpoint_id) == endpoint_id).values(pinned_by=by)
        )
        session.commit()
    return True


def pinned(engine: Engine) -> list[MetricWatch]:
    """What is sampled also when nobody looks."""
    with reading(engine) as session:
        return list(session.exec(select(MetricWatch).where(col(MetricWatch.pinned_by) != "")))


def store(engine: Engine, endpoint_id: str, at: int, data: dict[str, Any], counts: Counts = (None, None)) -> None:
    """Keep the figures of one minute; a second answer about the same minute changes nothing.

    `counts` are its requests and those answered with 5xx.
    """
    with Session(engine) as session:
        if session.get(MetricSample, (endpoint_id, at)) is None:
            session.add(_row(endpoint_id, at, MINUTE_MS, data, counts))
            try:
                session.commit()
            except IntegrityError:
                session.rollback()


def between(engine: Engine, endpoint_id: str, since: int, until: int) -> list[MetricSample]:
    """The samples of an endpoint, oldest first."""
    query = select(MetricSample).where(MetricSample.endpoint_id == endpoint_id, col(MetricSample.at) >= since)
    with reading(engine) as session:
        return list(session.exec(query.where(col(MetricSample.at) <= until).order_by(col(MetricSample.at))))


def newest(engine: Engine, endpoint_id: str) -> int | None:
    """When the newest sample of an endpoint begins."""
    with reading(engine) as session:
        return session.exec(select(func.max(MetricSample.at)).where(MetricSample.endpoint_id == endpoint_id)).one()


def tidy(engine: Engine, now: int, fold: Fold) -> None:
    """Drop what is older than 14 days, and fold minutes older than a day into five, at most FOLD_AT_ONCE at a time."""
    with Session(engine) as session:
        session.connection().execute(delete(MetricSample).where(col(MetricSample.at) < now - KEPT_FOR_MS))
        over = session.exec(select(func.count()).select_from(MetricSample)).one() - MOST_ROWS
        if over > 0:
            edge = select(MetricSample.at).order_by(col(MetricSample.at)).offset(over).limit(1)
            session.connection().execute(delete(MetricSample).where(col(MetricSample.at) < session.exec(edge).one()))
        _fold(session, now, fold)
        session.commit()


def _fold(session: Session, now: int, fold: Fold) -> None:
    last = (now - FINE_FOR_MS) // COARSE_MS * COARSE_MS
    old = select(MetricSample).where(MetricSample.step == MINUTE_MS, col(MetricSample.at) < last)
    old = old.order_by(col(MetricSample.endpoint_id), col(MetricSample.at)).limit(FOLD_AT_ONCE)
    groups: dict[tuple[str, int], list[MetricSample]] = {}
    for row in session.exec(old):
        groups.setdefault((row.endpoint_id, row.at // COARSE_MS * COARSE_MS), []).append(row)
    for (endpoint_id, at), rows in groups.items():
        data = fold([row.data for row in rows])
        for row in rows:
            session.delete(row)
        session.flush()
        counts = (_mean([row.requests for row in rows]), _mean([row.failed for row in rows]))
        session.merge(_row(endpoint_id, at, COARSE_MS, data, counts))


def _row(endpoint_id: str, at: int, step: int, data: dict[str, Any], counts: Counts) -> MetricSample:
    requests, failed = counts
    return MetricSample(endpoint_id=endpoint_id, at=at, step=step, data=data, requests=requests, failed=failed)


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


@dataclass(frozen=True)
class Total:
    """Requests of an endpoint over a time, those that failed, and how many ms of it were sampled."""

    requests: float
    failed: float
    sampled_ms: int


def totals(engine: Engine, since: int) -> dict[str, Total]:
    """What each sampled endpoint answered since a moment, by endpoint id: one question whatever their number."""
    times = col(MetricSample.step) / float(MINUTE_MS)
    sums = select(
        MetricSample.endpoint_id,
        func.coalesce(func.sum(col(MetricSample.requests) * times), 0.0),
        func.coalesce(func.sum(col(MetricSample.failed) * times), 0.0),
        func.sum(MetricSample.step),
    ).where(col(MetricSample.at) >= since, col(MetricSample.requests).is_not(None))
    with reading(engine) as session:
        rows = session.exec(sums.group_by(col(MetricSample.endpoint_id))).all()
    return {row[0]: Total(float(row[1] or 0), float(row[2] or 0), int(row[3] or 0)) for row in rows}
