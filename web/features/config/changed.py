"""What an edit changes, in a few words: for the card beside the form and the marks on its entities."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.diff import canonical, diff
from web.changes.fields import route_name
from web.changes.forms.held import LIVE, MARK
from web.changes.forms.tree import Tree, branch, rows
from web.features.config.forms import ConfigForm, write

KEPT, TYPED = {"text": "kept"}, {"text": "typed anew"}


@dataclass(frozen=True)
class Line:
    """One difference: the field, and both sides as text; "" where it is not set."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Part:
    """The differences of one entity, of one that goes, or of the config around them. `mark`: changed, new, removed."""

    title: str
    mark: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Changed:
    """All of it. `entities`: the marks, `shares`: the traffic it began with, both by the entity's place."""

    parts: list[Part] = field(default_factory=list)
    entities: dict[int, str] = field(default_factory=dict)
    shares: dict[int, Any] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many things differ."""
        return sum(len(part.lines) or 1 for part in self.parts)


def changed(form: ConfigForm, before: dict[str, Any]) -> Changed:
    """The form against the config it began from, both with marks in place of secrets."""
    after = write(form)
    old = {str(e.get("name")): e for e in rows(before, "served_entities")}
    was, now = _shares(before), _shares(after)
    parts: list[Part] = []
    marks: dict[int, str] = {}
    for place, (entity, made) in enumerate(zip(form.entities, after["served_entities"], strict=True)):
        found = _entity(made, old.get(entity.was), was.get(entity.was), now.get(str(made.get("name"))))
        if found:
            parts.append(found)
            marks[place] = found.mark
    kept = {entity.was for entity in form.entities}
    gone = [Part(name, "removed") for name in old if name not in kept]
    around = _lines(_around(before), _around(after))
    if around:
        gone.append(Part("The config", "changed", around))
    shares = {place: was[e.was] for place, e in enumerate(form.entities) if e.was in was}
    return Changed(parts + gone, marks, shares)


def nothing(form: ConfigForm, before: dict[str, Any]) -> bool:
    """Whether the edit asks for exactly what it began from."""
    return bool(canonical(_plain(write(form))) == canonical(_plain(before)))


def _entity(made: dict[str, Any], old: dict[str, Any] | None, was: Any, share: Any) -> Part | None:
    title = str(made.get("name") or made.get("entity_name") or "Unnamed")
    if old is None:
        version = f" v{made['entity_version']}" if made.get("entity_version") else ""
        model = f"{made.get('entity_name') or branch(made, 'external_model').get('name') or ''}{version}"
        facts = [("model", model), ("traffic", _text(share, "%"))]
        return Part(title, "new", [Line(name, "", fact) for name, fact in facts if fact])
    lines = _lines(old, made)
    if was != share:
        lines.append(Line("traffic", _text(was, "%"), _text(share, "%")))
    return Part(title, "changed", lines) if lines else None


def _shares(config: dict[str, Any]) -> dict[str, Any]:
    return {route_name(r): r.get("traffic_percentage") for r in rows(branch(config, "traffic_config"), "routes")}


def _around(config: dict[str, Any]) -> dict[str, Any]:
    traffic = {k: v for k, v in branch(config, "traffic_config").items() if k != "routes"}
    return {**{k: v for k, v in config.items() if k != "served_entities"}, "traffic_config": traffic}


def _lines(before: dict[str, Any], after: dict[str, Any]) -> list[Line]:
    found = diff(_plain(before), _plain(after))
    return [Line(str(row["path"]), _text(row["before"]), _text(row["after"])) for row in found]


def _plain(value: Any) -> Any:
    """Marks as words: what stays as it is, and what was typed."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, str) and value.startswith(LIVE):
        return KEPT
    return TYPED if isinstance(value, str) and value.startswith(MARK) else value


def _text(value: Any, unit: str = "") -> str:
    if value is None:
        return ""
    if value in (KEPT, TYPED):
        return "hidden value" if value == KEPT else "value typed anew"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return f"{len(value)} fields" if isinstance(value, dict) else f"{len(value)} items"
    return f"{value} {unit}".strip()


def untyped(tree: Tree) -> Tree:
    """Submitted fields in which nothing typed is left: only that something was typed. For looks, never for a change."""
    return {name: _untyped(value) for name, value in tree.items()}


def _untyped(value: Any) -> Any:
    if isinstance(value, list):
        return [_untyped(item) for item in value]
    if not isinstance(value, dict):
        return value
    out = {name: _untyped(item) for name, item in value.items()}
    if isinstance(out.get("typed"), str) and out["typed"].strip():
        out |= {"held": MARK + "typed", "typed": ""}
    return out
