"""Three-way merge, pure: my edit and what happened meanwhile, field by field. Nothing is chosen for a person.

The base is kept without secrets, so fields are compared in their redacted form and taken from the real ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from web.changes.diff import item_name
from web.changes.fields import ITEM_KEYS

MISSING: Any = object()
# A split only makes sense as a whole: shares of two edits do not add up to 100.
WHOLE = frozenset({"routes"})
Choice = str  # "live" or "mine"


@dataclass(frozen=True)
class Clash:
    """One field that both sides changed, differently. A side is None where the field is absent."""

    path: str
    base: Any
    live: Any
    mine: Any

    def as_json(self) -> dict[str, Any]:
        """The conflict as the JSON API gives it; sides are redacted."""
        return {"path": self.path, "base": self.base, "live": self.live, "mine": self.mine}


@dataclass
class Merge:
    """The merged value, and where it could not be decided (`clashes`: there the choice, else the live side, stands)."""

    value: Any = None
    clashes: list[Clash] = field(default_factory=list)


@dataclass(frozen=True)
class Side:
    """One value twice: as it may be compared and shown, and as it is."""

    shown: Any
    real: Any

    def at(self, key: str) -> "Side":
        """The value under `key`, MISSING when there is none."""
        return Side(self.shown.get(key, MISSING), self.real.get(key, MISSING))


def merge(
    base: Any, live: Any, mine: Any, redact: Callable[[Any], Any], choices: dict[str, Choice] | None = None
) -> Merge:
    """`base` redacted, `live` and `mine` as they are. `choices` decides clashes by their path."""
    out = Merge()
    out.value = _merge(base, Side(redact(live), live), Side(redact(mine), mine), "", "", out, choices or {})
    return out


def _merge(base: Any, live: Side, mine: Side, path: str, name: str, out: Merge, choices: dict[str, Choice]) -> Any:
    if mine.shown == base or live.shown == mine.shown:
        return live.real
    if live.shown == base:
        return mine.real
    if _is_map(live.shown) and _is_map(mine.shown) and (_is_map(base) or base is MISSING):
        return _maps({} if base is MISSING else base, live, mine, path, out, choices)
    if _is_named(live.shown, name) and _is_named(mine.shown, name):
        return _lists(base if isinstance(base, list) else [], live, mine, path, name, out, choices)
    return _clash(base, live, mine, path, out, choices)


def _clash(base: Any, live: Side, mine: Side, path: str, out: Merge, choices: dict[str, Choice]) -> Any:
    chosen = choices.get(path)
    if chosen is None:
        out.clashes.append(Clash(path, *(None if v is MISSING else v for v in (base, live.shown, mine.shown))))
    return mine.real if chosen == "mine" else live.real


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and not value.get("redacted")


def _is_named(value: Any, name: str) -> bool:
    return isinstance(value, list) and name in ITEM_KEYS and name not in WHOLE


def _maps(base: Any, live: Side, mine: Side, path: str, out: Merge, choices: dict[str, Choice]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key in [*live.shown, *(k for k in mine.shown if k not in live.shown)]:
        below = f"{path}.{key}" if path else key
        value = _merge(base.get(key, MISSING), live.at(key), mine.at(key), below, key, out, choices)
        if value is not MISSING:
            merged[key] = value
    return merged


def _lists(
    base: list[Any], live: Side, mine: Side, path: str, name: str, out: Merge, choices: dict[str, Choice]
) -> list[Any]:
    old = _named(base, base, name)
    theirs, ours = _named(live.shown, live.real, name), _named(mine.shown, mine.real, name)
    absent = Side(MISSING, MISSING)
    merged = []
    for key in [*theirs, *(k for k in ours if k not in theirs)]:
        before = old[key].shown if key in old else MISSING
        value = _merge(before, theirs.get(key, absent), ours.get(key, absent), f"{path}[{key}]", "", out, choices)
        if value is not MISSING:
            merged.append(value)
    return merged


def _named(shown: list[Any], real: list[Any], name: str) -> dict[str, Side]:
    return {item_name(s, name): Side(s, r) for s, r in zip(shown, real, strict=True)}
