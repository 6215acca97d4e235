"""How an endpoint is talked to: by its task, else by the look of its request schema (reference §3.7)."""

from typing import Any, Literal

from web.openapi.document import EntitySchema
from web.openapi.normal import Schema, types

Style = Literal["chat", "agent", "responses", "completions", "embeddings", "form"]
TALKS = frozenset({"chat", "agent", "responses", "completions"})
_BY_TASK: dict[str, Style] = {
    "llm/v1/chat": "chat",
    "agent/v1/chat": "chat",
    "agent/v2/chat": "agent",
    "agent/v1/responses": "responses",
    "agent/v2/responses": "responses",
    "llm/v1/completions": "completions",
    "llm/v1/embeddings": "embeddings",
}
CARRIERS = frozenset({"messages", "prompt", "input", "stream", "n"})
"""Fields the playground fills itself; `n` would ask for several answers of which it shows one."""
_USUAL: dict[str, Schema] = {
    "max_tokens": {"type": "integer", "minimum": 1},
    "temperature": {"type": "number", "minimum": 0, "maximum": 2},
    "top_p": {"type": "number", "minimum": 0, "maximum": 1},
    "stop": {"type": "array", "items": {"type": "string"}},
}


def style_of(task: str, schema: EntitySchema | None) -> Style:
    """The style of a task; unknown and missing tasks are told by the fields of the request."""
    if task in _BY_TASK:
        return _BY_TASK[task]
    properties = schema.request.get("properties", {}) if schema else {}
    if "messages" in properties:
        return "agent" if "messages" in (schema.response.get("properties") or {} if schema else {}) else "chat"
    if "prompt" in properties:
        return "completions"
    if "input" in properties:
        return "embeddings" if schema and "data" in (schema.response.get("properties") or {}) else "responses"
    return "form"


def parameters(style: Style, schema: EntitySchema | None) -> list[dict[str, Any]]:
    """The knobs to offer, from the schema, or the usual ones: name, kind, bounds, default, values."""
    if schema is None:
        return [_knob(name, one) for name, one in _USUAL.items()] if style in ("chat", "completions") else []
    properties: dict[str, Schema] = schema.request.get("properties", {})
    return [_knob(name, one) for name, one in properties.items() if name not in CARRIERS]


def _knob(name: str, schema: Schema) -> dict[str, Any]:
    values = [value for value in schema.get("enum", ()) if value is not None]
    bounds: dict[str, Any] = {key: schema[key] for key in ("minimum", "maximum", "default") if key in schema}
    return {"name": name, "kind": _kind(schema, values), "values": values, **bounds}


def _kind(schema: Schema, values: list[Any]) -> str:
    if values:
        return "choice"
    ways = [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    named = {kind for one in (schema, *ways) for kind in types(one)} - {"null"}
    if "array" in named and _texts(schema, ways):
        return "texts"
    simple = [kind for kind in ("integer", "number", "boolean", "string") if named == {kind}]
    return simple[0] if simple else "json"


def _texts(schema: Schema, ways: list[Schema]) -> bool:
    lists = [one for one in (schema, *ways) if "array" in types(one)]
    return all(types(one.get("items") or {}) == ("string",) for one in lists)
