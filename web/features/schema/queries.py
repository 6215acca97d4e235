"""The schema page's view: one served entity's fields, and what differs between two of them."""

import json
from dataclasses import dataclass
from typing import Any

from web.features.schema.glance import glance
from web.openapi import Difference, EntitySchema, Field, Found, compare, fields_of, schema_of
from web.openapi.examples import example, filled
from web.openapi.reasons import EXPLANATIONS, Explanation
from web.openapi.styles import style_of
from web.workspace import sight
from web.workspace.client import Workspace


@dataclass(frozen=True)
class Way:
    """One request alternative: its field, everything in it, and a payload to copy."""

    key: str
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True)
class Entity:
    """A served entity with its schema drawn out. `glance`: (label, words); `call`: what the code tabs need, as JSON."""

    name: str
    ways: tuple[Way, ...]
    response: tuple[Field, ...]
    answer: str
    glance: tuple[tuple[str, str], ...]
    call: str


@dataclass(frozen=True)
class Pair:
    """Two served entities side by side. `differences` is empty when they take and give the same."""

    left: str
    right: str
    differences: tuple[Difference, ...]

    @property
    def breaking(self) -> int:
        """How many of the differences may break callers of `left`."""
        return sum(one.breaking for one in self.differences)


@dataclass(frozen=True)
class SchemaView:
    """`entity` is None when there is no schema; then `why` says why and `message` what the workspace said."""

    endpoint: dict[str, Any]
    names: tuple[str, ...]
    described: tuple[str, ...]
    version: str
    entity: Entity | None
    pair: Pair | None
    why: Explanation | None
    message: str
    host: str


def view(ws: Workspace, name: str, entity: str = "", left: str = "", right: str = "") -> SchemaView:
    """The page for one served entity (by default the first). Raises NotFound and Forbidden of the endpoint itself."""
    endpoint = sight.endpoint(ws, name)
    found = schema_of(ws, endpoint)
    known = found.document.entities if found.document else ()
    chosen = next((one for one in known if one.name == entity), known[0] if known else None)
    return SchemaView(
        endpoint=endpoint,
        names=tuple(_names(endpoint)),
        described=tuple(one.name for one in known),
        version=found.document.version if found.document else "",
        entity=_entity(chosen, endpoint, pinned=len(_names(endpoint)) > 1) if chosen else None,
        pair=_pair(known, left, right),
        why=EXPLANATIONS.get(found.reason),
        message=_said(found),
        host=ws.host,
    )


def _said(found: Found) -> str:
    return found.message if found.reason in ("no_signature", "forbidden", "unreadable", "unavailable") else ""


def _names(endpoint: dict[str, Any]) -> list[str]:
    entities = (endpoint.get("config") or {}).get("served_entities") or []
    return [str(one.get("name")) for one in entities if isinstance(one, dict)]


def _entity(schema: EntitySchema, endpoint: dict[str, Any], *, pinned: bool) -> Entity:
    ways = tuple(Way(way.key or "body", fields_of(way.schema), pretty(example(way))) for way in schema.alternatives)
    response = fields_of(schema.response) if schema.response else ()
    answer = pretty(filled(schema.response)) if schema.response else ""
    return Entity(schema.name, ways, response, answer, glance(schema), _call(schema, endpoint, pinned=pinned))


def _call(schema: EntitySchema, endpoint: dict[str, Any], *, pinned: bool) -> str:
    """`{"seat": {"endpoint", "entity", "style"}, "body"}`: the first example, asked of this served entity."""
    style = style_of(str(endpoint.get("task") or ""), schema)
    seat = {"endpoint": endpoint["name"], "entity": schema.name if pinned else "", "style": style}
    if endpoint.get("route_optimized") is True:
        seat["url"] = str(endpoint.get("endpoint_url") or "")
    return json.dumps({"seat": seat, "body": example(schema.alternatives[0])}, ensure_ascii=False)


def pretty(value: Any) -> str:
    """JSON, indented."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _pair(known: tuple[EntitySchema, ...], left: str, right: str) -> Pair | None:
    """The two asked for; where no second is named, the first that breaks callers of the first, else that differs."""
    if len(known) < 2:
        return None
    one = next((entity for entity in known if entity.name == left), known[0])
    others = [entity for entity in known if entity is not one]
    chosen = [entity for entity in others if entity.name == right] or others
    pairs = [Pair(one.name, other.name, compare(one, other)) for other in chosen]
    return max(pairs, key=lambda pair: (pair.breaking > 0, bool(pair.differences)))
