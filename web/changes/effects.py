"""What a plan does to an endpoint, in words: entities built, added and removed, traffic moved, rights taken. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from web.changes.diff import Row, canonical
from web.changes.fields import Blast, lineage, route_name
from web.changes.kinds import Change, Kind

Sort = Literal["rebuild", "add", "remove", "traffic", "grant", "recreate"]


@dataclass(frozen=True)
class Effect:
    """One thing that happens, and how far it reaches. `entity` names the served entity it happens to, if one."""

    sort: Sort
    text: str
    reach: Blast
    entity: str = ""

    def as_json(self) -> dict[str, str]:
        """The effect as the JSON API gives it."""
        return {"kind": self.sort, "text": self.text, "reach": self.reach, "served_entity": self.entity}


@dataclass(frozen=True)
class Move:
    """Traffic that goes from one served entity to another, in percentage points."""

    source: str
    target: str
    points: int


def effects(
    change: Change, before: dict[str, Any] | None, after: dict[str, Any] | None, rows: list[Row]
) -> list[Effect]:
    """Everything that happens, what reaches furthest first as it matters to callers."""
    if change.kind is Kind.DELETE:
        return [*_gone(before or {})]
    old, new = (before or {}).get("config") or {}, (after or {}).get("config") or {}
    found = list(_immutable(rows))
    if "config" in (after or {}):
        found += [*_entities(old, new), *(_traffic(move) for move in moves(old, new))]
    found += _grants((before or {}).get("access_control_list") or [], (after or {}).get("access_control_list") or [])
    return found


def entities_of(config: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The served entities of a config by name, in its order."""
    return {str(e.get("name") or ""): e for e in config.get("served_entities") or [] if isinstance(e, dict)}


def shares(config: dict[str, Any]) -> dict[str, int]:
    """Traffic by served entity, in percent; a lone entity without routes has all of it."""
    routes = [r for r in (config.get("traffic_config") or {}).get("routes") or [] if isinstance(r, dict)]
    found = {route_name(r): r.get("traffic_percentage") for r in routes}
    names = list(entities_of(config))
    if not found and len(names) == 1:
        return {names[0]: 100}
    return {name: share for name, share in found.items() if isinstance(share, int) and not isinstance(share, bool)}


def rebuilt(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Names of the entities that stay and whose own fields differ."""
    was, will = entities_of(old), entities_of(new)
    return [name for name, entity in will.items() if name in was and canonical(entity) != canonical(was[name])]


def moves(old: dict[str, Any], new: dict[str, Any]) -> list[Move]:
    """How the traffic of one config becomes that of another: what the losers lose goes to the gainers, in order."""
    was, will = shares(old), shares(new)
    change = {name: will.get(name, 0) - was.get(name, 0) for name in [*was, *will]}
    give = {name: -points for name, points in change.items() if points < 0}
    found = []
    for target, wanted in change.items():
        for source, has in give.items():
            taken = min(wanted, has)
            if taken > 0:
                found.append(Move(source, target, taken))
                give[source], wanted = has - taken, wanted - taken
    return found


def _immutable(rows: list[Row]) -> Iterator[Effect]:
    for row in rows:
        fixed = next((f for f in lineage(str(row["path"])) if f.immutable), None)
        if fixed is not None and row["before"] is not None:
            yield Effect("recreate", f"{row['path']} needs a new endpoint: {fixed.note}", "recreate")


def _entities(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Effect]:
    was, will = entities_of(old), entities_of(new)
    for name in rebuilt(old, new):
        built = "changes its provider settings" if will[name].get("external_model") else "is built again"
        yield Effect("rebuild", f"{name} {built}{_version(was[name], will[name])}", "rollout", name)
    for name in will:
        if name not in was:
            yield Effect("add", f"{name} is {'deployed' if old else 'deployed for the first time'}", "rollout", name)
    for name in was:
        if name not in will:
            yield Effect("remove", f"{name} is taken away once the new config serves", "rollout", name)


def _version(was: dict[str, Any], will: dict[str, Any]) -> str:
    one, other = was.get("entity_version"), will.get("entity_version")
    return f": version {one} → {other}" if one != other and one and other else ""


def _traffic(move: Move) -> Effect:
    text = f"{move.points} % of traffic moves from {move.source} to {move.target}"
    return Effect("traffic", text, "rollout", move.target)


def _grants(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Effect]:
    was, will = _levels(before), _levels(after)
    for name, level in was.items():
        if name not in will:
            yield Effect("grant", f"{name} loses {level}", "instant")
        elif will[name] != level:
            yield Effect("grant", f"{name}: {level} becomes {will[name]}", "instant")
    for name, level in will.items():
        if name not in was:
            yield Effect("grant", f"{name} gets {level}", "instant")


def _levels(grants: list[dict[str, Any]]) -> dict[str, str]:
    fields = ("user_name", "group_name", "service_principal_name")
    named = ((next((str(g[f]) for f in fields if g.get(f)), ""), str(g.get("permission_level"))) for g in grants)
    return {name: level for name, level in named if name}


def _gone(before: dict[str, Any]) -> Iterator[Effect]:
    for name, share in shares(before.get("config") or {}).items():
        if share:
            yield Effect("remove", f"{name} stops answering ({share} % of traffic)", "destroy", name)
    for effect in _grants(before.get("access_control_list") or [], []):
        yield Effect("grant", effect.text, "destroy")
