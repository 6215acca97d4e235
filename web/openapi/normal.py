"""OpenAPI schemas as plain JSON Schema 2020-12: live documents say 3.1.0 and write `nullable` (reference §8)."""

from typing import Any

Schema = dict[str, Any]
DEEPEST = 40
KNOWN_FORMATS = frozenset({"int32", "int64", "float", "double", "date-time", "date", "binary", "byte", "uuid", "email"})
_ONE = ("items", "additionalProperties", "not", "contains")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")


def normal(schema: object, depth: int = 0) -> Schema:
    """A copy without `nullable` and unknown formats. What is no schema becomes `{}`, which allows anything."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return {}
    out: Schema = {key: _member(key, value, depth) for key, value in schema.items() if key != "nullable"}
    if out.get("format") not in KNOWN_FORMATS:
        out.pop("format", None)
    return _nullable(out) if schema.get("nullable") is True else out


def _member(key: str, value: Any, depth: int) -> Any:
    if key == "properties" and isinstance(value, dict):
        return {str(name): normal(inner, depth + 1) for name, inner in value.items()}
    if key in _LISTS and isinstance(value, list):
        return [normal(inner, depth + 1) for inner in value]
    if key in _ONE and isinstance(value, dict):
        return normal(value, depth + 1)
    return value


def _nullable(schema: Schema) -> Schema:
    """The same schema that also takes null: in `type`, in `enum`, or as one more alternative."""
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    for key in ("oneOf", "anyOf"):
        if key in schema:
            schema[key] = [*schema[key], {"type": "null"}]
            return schema
    if "type" in schema:
        schema["type"] = list(dict.fromkeys([*types(schema), "null"]))
    return schema


def types(schema: Schema) -> tuple[str, ...]:
    """The JSON types a schema names, in its order; derived from its keywords where it names none."""
    said = schema.get("type")
    if isinstance(said, str):
        return (said,)
    if isinstance(said, list):
        return tuple(str(one) for one in said)
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema or "prefixItems" in schema else ()


def takes_null(schema: Schema) -> bool:
    """Whether null is allowed on purpose: a type, an enum value or an alternative says so."""
    inner = [one for key in ("oneOf", "anyOf") for one in schema.get(key, ())]
    return "null" in types(schema) or any("null" in types(one) for one in inner)
