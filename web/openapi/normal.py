"""OpenAPI schemas as plain JSON Schema 2020-12: live documents say 3.1.0 and write `nullable` (reference §8)."""

from typing import Any

Schema = dict[str, Any]
DEEPEST = 40
KNOWN_FORMATS = frozenset({"int32", "int64", "float", "double", "date-time", "date", "binary", "byte", "uuid", "email"})
_ONE = ("items", "additionalProperties", "not", "contains")
_WAYS = ("oneOf", "anyOf", "allOf", "prefixItems")
_LISTS = frozenset({"enum", "examples", "required"})
_COUNTS = frozenset({"minItems", "maxItems", "minLength", "maxLength"})
_NUMBERS = _COUNTS | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_TEXTS = frozenset({"format", "pattern", "title", "description"})


def normal(schema: object, depth: int = 0) -> Schema:
    """A copy without `nullable`, unknown formats and misshapen keywords. What is no schema becomes `{}`: anything."""
    if not isinstance(schema, dict) or depth > DEEPEST:
        return {}
    out: Schema = {key: _member(key, value, depth) for key, value in schema.items() if _sound(key, value)}
    if out.get("format") not in KNOWN_FORMATS:
        out.pop("format", None)
    return _nullable(out) if schema.get("nullable") is True else out


def _sound(key: str, value: Any) -> bool:
    """Whether a keyword has the shape the specification gives it; other keywords are let pass."""
    if key == "type":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if key in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if key == "required":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if key in _WAYS or key in _LISTS:
        return isinstance(value, list)
    if key in _TEXTS:
        return isinstance(value, str)
    if key == "properties":
        return isinstance(value, dict)
    return key != "nullable" and (key not in _ONE or isinstance(value, dict | bool))


def _member(key: str, value: Any, depth: int) -> Any:
    if key == "properties":
        return {str(name): normal(inner, depth + 1) for name, inner in value.items()}
    if key in _WAYS:
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
        return tuple(said)
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema or "prefixItems" in schema else ()


def takes_null(schema: Schema) -> bool:
    """Whether null is allowed on purpose: a type, an enum value or an alternative says so."""
    inner = [one for key in ("oneOf", "anyOf") for one in schema.get(key, ())]
    return "null" in types(schema) or any("null" in types(one) for one in inner)
