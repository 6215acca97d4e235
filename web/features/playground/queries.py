"""What the playground needs to know of an endpoint before a person asks it something."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from web.errors import PortalError
from web.features.playground.notices import Notice, notice
from web.features.prices import load, price_of
from web.openapi import EntitySchema, Found, schema_of
from web.openapi.examples import example
from web.openapi.reasons import EXPLANATIONS, Explanation
from web.openapi.styles import TALKS, Style, parameters, style_of
from web.workspace import serving, sight
from web.workspace.client import Workspace

MOST_COLUMNS = 6


@dataclass(frozen=True)
class Seat:
    """One endpoint, or one served entity of it, ready to be asked. `problem` says why it cannot be shown."""

    endpoint: str
    entity: str = ""
    task: str = ""
    style: Style = "chat"
    kind: str = ""
    raw: dict[str, Any] = field(default_factory=dict)
    entities: tuple[str, ...] = ()
    schema: EntitySchema | None = None
    price: dict[str, Any] | None = None
    why: Explanation | None = None
    problem: str = ""

    @property
    def notice(self) -> Notice | None:
        """What keeps it from answering, as far as the endpoint itself tells."""
        return notice(self.raw)

    @property
    def talks(self) -> bool:
        """Whether it is asked in the chat panel."""
        return self.style in TALKS

    @property
    def address(self) -> str:
        """Where the portal passes questions on."""
        pinned = f"?{urlencode({'served_entity': self.entity})}" if self.entity else ""
        return f"/api/v1/endpoints/{quote(self.endpoint, safe='')}/invocations{pinned}"

    def column(self) -> dict[str, Any]:
        """What the chat panel's script is told."""
        return {
            "endpoint": self.endpoint,
            "entity": self.entity,
            "task": self.task,
            "style": self.style,
            "address": self.address,
            "parameters": parameters(self.style, self.schema),
            "price": self.price,
            "url": str(self.raw.get("endpoint_url") or "") if self.raw.get("route_optimized") is True else "",
            "problem": self.problem,
        }

    @property
    def console(self) -> str:
        """What the query console's script is told, as JSON; without a schema there is one way, raw JSON."""
        ways = self.schema.alternatives if self.schema else ()
        described = [{"key": way.key, "schema": way.schema, "example": example(way)} for way in ways]
        return json.dumps({**self.column(), "ways": described}, ensure_ascii=False)


@dataclass(frozen=True)
class Board:
    """Columns side by side. `removals`: the address without the column at that place; `host`: the workspace's."""

    seats: tuple[Seat, ...]
    host: str
    removals: tuple[str, ...] = ()

    @property
    def columns(self) -> str:
        """What the chat panel's script is told, as JSON. Fields keep the order of the schema."""
        return json.dumps([seat.column() for seat in self.seats], ensure_ascii=False)

    @property
    def compare(self) -> str:
        """The address that compares these columns with others."""
        return link([(seat.endpoint, seat.entity) for seat in self.seats])


def seat(ws: Workspace, name: str, entity: str = "", prices: Path | None = None) -> Seat:
    """One seat. Raises NotFound and Forbidden of the endpoint itself; a missing schema is only noted."""
    raw = sight.endpoint(ws, name)
    served = _served(raw)
    found = schema_of(ws, raw)
    schema = _schema(found, entity)
    task = str(raw.get("task") or "") or next((_task(one) for one in served if _task(one)), "")
    names = tuple(str(one.get("name")) for one in served if one.get("name"))
    model = next((_model(one) for one in served if entity in ("", one.get("name"))), "")
    return Seat(
        endpoint=name,
        entity=entity if entity in names else "",
        task=task,
        style=style_of(task, schema),
        kind=serving.kind_of(raw),
        raw=raw,
        entities=names,
        schema=schema,
        price=price_of(load(prices), name, model),
        why=EXPLANATIONS.get(found.reason),
    )


def board(ws: Workspace, wanted: list[tuple[str, str]], prices: Path | None = None) -> Board:
    """At most six seats of (endpoint, entity); one that cannot be read keeps its place and says why."""
    wanted = wanted[:MOST_COLUMNS]
    seats = tuple(_careful(ws, name, entity, prices) for name, entity in wanted)
    others = ([one for at, one in enumerate(wanted) if at != place] for place in range(len(wanted)))
    return Board(seats, ws.host, tuple(link(rest) for rest in others))


def _careful(ws: Workspace, name: str, entity: str, prices: Path | None) -> Seat:
    try:
        found = seat(ws, name, entity, prices)
    except PortalError as error:
        return Seat(name, entity, problem=error.message)
    return found if found.talks else Seat(name, entity, problem="It does not chat; open it to send it data.")


def talkers(ws: Workspace) -> list[str]:
    """Names of the endpoints that chat, by their task."""
    rows = serving.list_rows(ws)
    return sorted(row.name for row in rows if row.task and style_of(row.task, None) in TALKS)


def pairs(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(endpoint, entity) from a query string in its order: `served_entity` belongs to the `endpoint` before it."""
    wanted: list[tuple[str, str]] = []
    for key, value in items:
        if key == "endpoint" and value:
            wanted.append((value, ""))
        elif key == "served_entity" and wanted:
            wanted[-1] = (wanted[-1][0], value)
    return wanted


def link(wanted: list[tuple[str, str]]) -> str:
    """The address of the playground with these columns."""
    items = [(key, value) for name, entity in wanted for key, value in (("endpoint", name), ("served_entity", entity))]
    return "/playground?" + urlencode([(key, value) for key, value in items if value])


def _schema(found: Found, entity: str) -> EntitySchema | None:
    if found.document is None:
        return None
    return found.document.entity(entity) or (None if entity else found.document.entities[0])


def _served(raw: dict[str, Any]) -> list[dict[str, Any]]:
    config = raw.get("config") or raw.get("pending_config") or {}
    return [one for one in config.get("served_entities") or [] if isinstance(one, dict)]


def _task(entity: dict[str, Any]) -> str:
    external = entity.get("external_model")
    return str(external.get("task") or "") if isinstance(external, dict) else ""


def _model(entity: dict[str, Any]) -> str:
    for key in ("external_model", "foundation_model"):
        if isinstance(entity.get(key), dict):
            return str(entity[key].get("name") or "")
    return str(entity.get("entity_name") or "")
