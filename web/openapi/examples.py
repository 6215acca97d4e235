"""Example payloads: the document's own where it has one, else made from the types."""

from typing import Any

from web.openapi.document import Alternative
from web.openapi.normal import DEEPEST, Schema, types

_BY_FORMAT = {"date-time": "2026-01-31T12:00:00", "date": "2026-01-31", "binary": "YWJj", "byte": "YWJj"}
_BY_TYPE: dict[str, Any] = {"integer": 1, "number": 1.5, "boolean": True, "string": "text", "null": None}


def example(way: Alternative) -> Any:
    """A payload for one alternative. Other fields of it are only filled where they are required."""
    given = way.schema.get("examples")
    if isinstance(given, list) and given:
        return given[0]
    payload = filled(way.schema, only={way.key, *way.schema.get("required", ())})
    if way.key in ("messages", "input") and isinstance(payload, dict) and _is_talk(payload.get(way.key)):
        payload[way.key] = [{"role": "user", "content": "Hello"}]
    return payload


def _is_talk(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "role" in value[0]


def filled(schema: Schema, *, only: set[str] | None = None, depth: int = 0) -> Any:
    """A value that fits: constants, defaults, enums, then by type. `only`: the properties to fill."""
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("oneOf", "anyOf", "allOf"):
        if schema.get(key) and "properties" not in schema:
            return filled(schema[key][0], depth=depth + 1)
    kind = next((one for one in types(schema) if one != "null"), "null" if types(schema) else "string")
    if depth > DEEPEST:
        return None
    if kind == "object":
        members = schema.get("properties", {}).items()
        return {name: filled(inner, depth=depth + 1) for name, inner in members if only is None or name in only}
    return _list(schema, depth) if kind == "array" else _scalar(kind, schema)


def _list(schema: Schema, depth: int) -> list[Any]:
    if isinstance(schema.get("prefixItems"), list):
        return [filled(inner, depth=depth + 1) for inner in schema["prefixItems"]]
    inner = schema.get("items")
    items = inner if isinstance(inner, dict) else {}
    if items.get("enum"):
        return list(items["enum"])
    return [filled(items, depth=depth + 1) for _ in range(max(1, int(schema.get("minItems", 1))))]


def _scalar(kind: str, schema: Schema) -> Any:
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", _BY_TYPE[kind]), schema.get("maximum", _BY_TYPE[kind])
        return min(max(_BY_TYPE[kind], low), high)
    if kind == "string" and schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    return _BY_TYPE.get(kind)
