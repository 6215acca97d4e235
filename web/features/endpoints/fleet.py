"""What of the fleet only more calls can tell: creators who have left, and versions that an alias has moved past.

Asked after the page is there, as the person who looks, at most MOST_CALLS times and PATIENCE_S seconds, and kept for a
while. What could not be found out is said.
"""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

from web.errors import Forbidden, PortalError
from web.features.endpoint_tabs import place
from web.features.endpoints.rows import index
from web.workspace import catalog, iam
from web.workspace.client import Workspace
from web.workspace.listing import Snapshot
from web.workspace.rows import EndpointRow

KEPT = 200
FRESH_MS = 15 * 60_000
MOST_CALLS = 40
PATIENCE_S = 8.0
AT_ONCE = 20
NAMED = 3
SERVING_ALIASES = ("champion", "live", "prod", "production")
"""Aliases that say which version should serve. Others, such as challenger, name what is being tried."""


@dataclass(frozen=True)
class Concern:
    """An endpoint, or somebody, and why it is here; `url` leads to where something can be done."""

    name: str
    reason: str
    tone: str
    url: str


@dataclass
class Fleet:
    """What was found at `at_ms`; `unknown`: sentences on what was not."""

    at_ms: int
    concerns: list[Concern] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def old(self) -> bool:
        """Whether it is time to ask again."""
        return time.time() * 1000 - self.at_ms > FRESH_MS


@dataclass
class Budget:
    """How much may still be asked."""

    calls: int = MOST_CALLS
    until: float = field(default_factory=lambda: time.monotonic() + PATIENCE_S)

    def spend(self) -> bool:
        """Whether one more call may be made, which is then counted."""
        self.calls -= 1
        return self.calls >= 0 and time.monotonic() < self.until


_kept: "OrderedDict[tuple[str, str], Fleet]" = OrderedDict()
_lock = threading.Lock()


def last(ws: Workspace, person: str) -> Fleet | None:
    """What was found for this person the last time, however long ago."""
    with _lock:
        return _kept.get((ws.host, person))


def look(ws: Workspace, person: str, snapshot: Snapshot, stale_s: float) -> Fleet:
    """Ask now, with this person's rights, unless they asked less than `stale_s` seconds ago."""
    before = last(ws, person)
    if before and time.time() * 1000 - before.at_ms < stale_s * 1000:
        return before
    found = Fleet(int(time.time() * 1000))
    budget = Budget()
    _creators(ws, snapshot, budget, found)
    _versions(ws, snapshot, budget, found)
    with _lock:
        _kept[(ws.host, person)] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _creators(ws: Workspace, snapshot: Snapshot, budget: Budget, found: Fleet) -> None:
    """Whoever made an endpoint is whom it runs as; when they have left, its next update is refused."""
    made: dict[str, list[str]] = defaultdict(list)
    for entry in index(snapshot).entries:
        if entry.row.id and entry.row.creator:
            made[entry.row.creator].append(entry.row.name)
    unasked = sorted(made, key=lambda who: (-len(made[who]), who))
    try:
        while unasked and budget.spend():
            people, unasked = unasked[:AT_ONCE], unasked[AT_ONCE:]
            there = _present(ws, budget, people)
            found.concerns += [_departed(who, made[who]) for who in people if who.casefold() not in there]
    except Forbidden:
        found.unknown.append("Whether creators are still in the workspace is not known: you may not list people.")
    except PortalError as error:
        found.unknown.append(f"Whether creators are still in the workspace is not known: {error.message}")
    else:
        if unasked:
            found.unknown.append(f"{len(unasked)} creators were not looked up: there are too many.")


def _present(ws: Workspace, budget: Budget, names: list[str]) -> set[str]:
    people, robots = [n for n in names if "@" in n], [n for n in names if "@" not in n]
    there = iam.present(ws, "user", people) if people else set()
    if robots and (not people or budget.spend()):
        return there | iam.present(ws, "service_principal", robots)
    return there | {name.casefold() for name in robots}


def _departed(who: str, names: list[str]) -> Concern:
    some = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    reason = f"Not in the workspace any more, or deactivated. Updates will be refused of what runs as them: {some}."
    return Concern(who, reason, "warning", f"/endpoints?{urlencode({'creator': who})}")


def _versions(ws: Workspace, snapshot: Snapshot, budget: Budget, found: Fleet) -> None:
    """What serves a version while the model's alias for serving points to a newer one that could be served."""
    users: dict[str, list[tuple[EndpointRow, int]]] = defaultdict(list)
    for entry in index(snapshot).entries:
        for model, version in _served(entry.row).items():
            users[model].append((entry.row, version))
    unknown = 0
    for model in sorted(users):
        newest = _newest(ws, budget, model, min(version for _, version in users[model]))
        unknown += newest is None
        alias, version = newest or ("", 0)
        found.concerns += [_behind(row, model, v, alias, version) for row, v in users[model] if v < version]
    if unknown:
        text = f"{unknown} of {len(users)} models could not be looked at: you may not see them, or there are too many."
        found.unknown.append(text)


def _served(row: EndpointRow) -> dict[str, int]:
    """The newest version that an endpoint serves of each model of Unity Catalog."""
    newest: dict[str, int] = {}
    for entity in row.served_entities:
        name, version = entity.entity_name or "", entity.entity_version or ""
        if name.count(".") == 2 and version.isdecimal() and not name.startswith("system."):
            newest[name] = max(int(version), newest.get(name, 0))
    return newest


def _newest(ws: Workspace, budget: Budget, model: str, above: int) -> tuple[str, int] | None:
    """The highest READY version after `above` that one of SERVING_ALIASES points to, with that; None: not known."""
    if not budget.spend():
        return None
    try:
        aliases = catalog.model(ws, model).aliases.items()
        newer = [(alias, v) for alias, v in aliases if alias.casefold() in SERVING_ALIASES and v > above]
        for alias, version in sorted(newer, key=lambda one: -one[1]):
            if not budget.spend():
                return None
            if catalog.version(ws, model, version).deployable:
                return alias, version
    except PortalError:
        return None
    return "", 0


def _behind(row: EndpointRow, model: str, serves: int, alias: str, version: int) -> Concern:
    reason = f"Serves version {serves} of {model}, while its alias {alias} points to version {version}."
    return Concern(row.name, reason, "info", place(row.name))


def known(concerns: list[Concern], snapshot: Snapshot) -> Iterator[Concern]:
    """Those about what the person still sees."""
    entries = index(snapshot).entries
    there = {entry.row.name for entry in entries} | {entry.row.creator for entry in entries}
    yield from (concern for concern in concerns if concern.name in there)
