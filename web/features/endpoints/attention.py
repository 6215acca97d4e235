"""What of the fleet needs somebody: out of the listing and the samples that the portal has kept, with no call more, and
what `fleet` has found."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Engine

from web.db import samples
from web.db.samples import Total
from web.features.endpoint_tabs import place
from web.features.endpoints.fleet import SERVING_ALIASES, Concern, Fleet, known
from web.features.endpoints.rows import Entry, index
from web.hurry import unhurried
from web.workspace.listing import Pieces, Snapshot

SHOWN = 6
FOLDED = 40
AGE_MS = 10_000
LONG_MS = 30 * 60_000
LATELY_MS = 15 * 60_000
WEEK_MS = 7 * 86_400_000
MOST_FAILED = 0.05
FEWEST_REQUESTS = 20
WELL_SAMPLED = 0.9
RANK = ("danger", "warning", "info")


@dataclass(frozen=True)
class Attention:
    """The gravest first, `more` behind a fold, and `others` besides. `looked`: when more calls were made, None before;
    `due`: they are to be made now; `unknown`: sentences on what nobody knows; `opened`: whether the list is unfolded.
    `pieces` keeps what is drawn of it under `stamp`, where there is one."""

    concerns: list[Concern]
    more: list[Concern]
    others: int
    looked: int | None
    due: bool
    unknown: list[str]
    opened: bool
    pieces: Pieces
    stamp: str = ""
    aliases: str = f"{', '.join(SERVING_ALIASES[:-1])} or {SERVING_ALIASES[-1]}"

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.concerns) + len(self.more) + self.others


def attention(snapshot: Snapshot, engine: Engine, looked: Fleet | None) -> Attention | None:
    """All that is known to need somebody, worked out once in AGE_MS; None without any endpoint. `looked`: what was
    found when more was asked."""
    if not snapshot.rows:
        return None
    pieces = snapshot.once("attention pieces", lambda _: Pieces(8))
    stamp = f"{looked.at_ms if looked else 0} {looked is None or looked.old} {int(time.time() * 1000) // AGE_MS}"
    made: Attention | None = pieces.of("made", stamp)
    if made is None:
        unhurried()
        standing, ready, sampled = _at_hand(snapshot, engine)
        ranked = _ranked(standing, looked, snapshot)
        made = _attention(ranked, SHOWN, looked, _unsampled(ready, sampled), pieces)
        made = pieces.keep(replace(made, opened=bool(ranked), stamp=stamp), "made", stamp)
    return made


def arrived(snapshot: Snapshot, engine: Engine, before: Fleet | None, looked: Fleet, lines: int) -> Attention | None:
    """The same for a page that is there already and must not move, drawn with what was known `before` in so many lines.
    What was found since stands behind the fold, or in a list that stays folded."""
    if not snapshot.rows:
        return None
    standing, ready, sampled = _at_hand(snapshot, engine)
    drawn = {*standing, *(before.concerns if before else [])}
    ranked = _ranked(standing, looked, snapshot)
    ranked.sort(key=lambda one: one not in drawn)
    made = _attention(ranked, min(lines, SHOWN) or SHOWN, looked, _unsampled(ready, sampled), Pieces(1))
    return replace(made, opened=lines > 0)


def _attention(
    ranked: list[Concern], shown: int, looked: Fleet | None, unsampled: list[str], pieces: Pieces
) -> Attention:
    return Attention(
        concerns=ranked[:shown],
        more=ranked[shown : shown + FOLDED],
        others=max(0, len(ranked) - shown - FOLDED),
        looked=looked.at_ms if looked else None,
        due=looked is None or looked.old,
        unknown=[*(looked.unknown if looked else []), *unsampled],
        opened=True,
        pieces=pieces,
    )


def _ranked(standing: list[Concern], looked: Fleet | None, snapshot: Snapshot) -> list[Concern]:
    every = [*standing, *(known(looked.concerns, snapshot) if looked else [])]
    return sorted(every, key=lambda one: (RANK.index(one.tone), one.name.lower()))


def _at_hand(snapshot: Snapshot, engine: Engine) -> tuple[list[Concern], frozenset[str], set[str]]:
    """What the listing and the kept samples tell; the ids of what is ready, and of what has samples."""
    now = int(time.time() * 1000)
    lately, week = samples.totals(engine, now - LATELY_MS), _week(engine, now // LATELY_MS)
    standing = snapshot.once("attention", _standing)
    found = dict(standing.concerns)
    found.update((entry.row.name, _long(entry)) for entry in standing.updating if _takes_long(entry, now))
    for sampled in lately.keys() | week.keys():
        entry = standing.by_id.get(sampled)
        concern = entry and entry.row.name not in found and _figures(entry, lately, week)
        if concern:
            found[concern.name] = concern
    return list(found.values()), standing.ready, lately.keys() | week.keys()


def _unsampled(ready: frozenset[str], sampled: set[str]) -> list[str]:
    """Errors and idle time are known only of what somebody watches."""
    seen = len(ready & sampled)
    if seen == len(ready):
        return []
    told = f"{seen} of {len(ready)} ready endpoints, those whose metrics are watched"
    return [f"Error rates and idle time are known of {told}."]


@dataclass(frozen=True)
class Standing:
    """What a listing says of itself, whenever the page is drawn: worked out once for it."""

    concerns: dict[str, Concern]
    updating: tuple[Entry, ...]
    by_id: dict[str, Entry]
    ready: frozenset[str]


def _standing(snapshot: Snapshot) -> Standing:
    entries = index(snapshot).entries
    concerns = {entry.row.name: concern for entry in entries for concern in (_state(entry),) if concern}
    updating = tuple(entry for entry in entries if "updating" in entry.states and entry.row.name not in concerns)
    ready = frozenset(entry.row.id for entry in entries if entry.row.id and "ready" in entry.states)
    return Standing(concerns, updating, {entry.row.id: entry for entry in entries if entry.row.id}, ready)


def _takes_long(entry: Entry, now: int) -> bool:
    return now - (entry.row.last_updated_timestamp or now) > LONG_MS


def _long(entry: Entry) -> Concern:
    text = "An update has been running for more than 30 minutes."
    return Concern(entry.row.name, text, "warning", place(entry.row.name))


@lru_cache(maxsize=2)
def _week(engine: Engine, quarter: int) -> dict[str, Total]:
    """The last 7 days up to this quarter of an hour since 1970: many rows, so read once in it."""
    return samples.totals(engine, quarter * LATELY_MS - WEEK_MS)


def _state(entry: Entry) -> Concern | None:
    name, serves = entry.row.name, "ready" in entry.states
    if "update_failed" in entry.states:
        reason = (
            "The last update failed; the config before goes on serving."
            if serves
            else "Its update failed; nothing serves."
        )
        return Concern(name, reason, "danger", place(name))
    if "update_canceled" in entry.states:
        return Concern(name, "Its last update was canceled.", "info", place(name))
    if "attention" in entry.states and entry.kind == "empty":
        return Concern(name, "It has no config yet: it answers nothing.", "info", place(name))
    if "attention" in entry.states:
        return Concern(name, "Not ready, though nobody stopped it and no update runs.", "danger", place(name))
    return None


def _figures(entry: Entry, lately: dict[str, Total], week: dict[str, Total]) -> Concern | None:
    name, now, before = entry.row.name, lately.get(entry.row.id or ""), week.get(entry.row.id or "")
    if now and now.requests >= FEWEST_REQUESTS and now.failed / now.requests > MOST_FAILED:
        reason = f"{now.failed / now.requests:.0%} of its requests failed in the last 15 minutes."
        return Concern(name, reason, "danger", f"/endpoints/{name}/metrics")
    if before and not before.requests and before.sampled_ms >= WELL_SAMPLED * WEEK_MS and "ready" in entry.states:
        return Concern(
            name, "Nothing has queried it for 7 days, and it is still ready.", "info", f"/endpoints/{name}/metrics"
        )
    return None
