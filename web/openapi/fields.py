"""A schema as a tree of fields, the way a person reads it: name, type, whether it must be there, limits, examples."""

import json
from dataclasses import dataclass, replace
from typing import Any

from web.openapi.normal import DEEPEST, Schema, takes_null, types

_LIMITS = (
    ("minimum", "≥ {}"), ("maximum", "≤ {}"), ("exclusiveMinimum", "> {}"), ("exclusiveMaximum", "< {}"),
    ("minItems", "at least {} items"), ("maxItems", "at most {} items"), ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"), ("pattern", "matches {}"), ("multipleOf", "multiple of {}"),
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One line of the tree. `path` is unique in it (`inputs[].age`); `type` is in words (`list of integer`)."""

    path: str
    name: str
    type: str
    format: str = ""
    required: bool = False
    nullable: bool = False
    default: str = ""
    description: str = ""
    values: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    example: str = ""
    children: tuple["Field", ...] = ()


def fields_of(schema: Schema) -> tuple[Field, ...]:
    """The fields of an object schema (or of the objects in a list); a single unnamed field for anything else."""
    found = _children(schema, "", 0)
    return found or (field("", "body", schema, required=True),)


def field(path: str, name: str, schema: Schema, *, required: bool, depth: int = 0) -> Field:
    """One field with everything below it."""
    return Field(
        path=path,
        name=name,
        type=type_words(schema),
        format=_format(schema),
        required=required,
        nullable=takes_null(schema),
        default=_shown(schema["default"]) if "default" in schema else "",
        description=str(schema.get("description") or ""),
        values=tuple(_shown(value) for value in _values(schema)),
        limits=limits(schema),
        example=_example(schema),
        children=_children(schema, path, depth + 1),
    )


def type_words(schema: Schema, depth: int = 0) -> str:
    """The type in words: "integer", "list of number", "string or list of string", "anything"."""
    ways = [one for key in ("oneOf", "anyOf") for one in schema.get(key, ()) if types(one) != ("null",)]
    if ways and "properties" not in schema:
        return " or ".join(dict.fromkeys(type_words(way, depth + 1) for way in ways))
    named = [kind for kind in types(schema) if kind != "null"]
    if named == ["array"] and depth < DEEPEST:
        return "row" if schema.get("prefixItems") else _list_words(schema, depth)
    return " or ".join(named) or ("null" if "null" in types(schema) else "anything")


def _list_words(schema: Schema, depth: int) -> str:
    items = schema.get("items")
    inner = type_words(items, depth + 1) if isinstance(items, dict) else "anything"
    return f"list of {inner}"


def _innermost(schema: Schema) -> Schema:
    for _ in range(DEEPEST):
        items = schema.get("items")
        if "array" not in types(schema) or not isinstance(items, dict):
            break
        schema = items
    return schema


def _format(schema: Schema) -> str:
    ways = [_innermost(one) for key in ("oneOf", "anyOf") for one in schema.get(key, ())]
    found = [str(one["format"]) for one in (_innermost(schema), *ways) if one.get("format")]
    return " or ".join(dict.fromkeys(found))


def _values(schema: Schema) -> list[Any]:
    inner = _innermost(schema)
    if "const" in inner:
        return [inner["const"]]
    return [value for value in inner.get("enum") or () if value is not None]


def limits(schema: Schema) -> tuple[str, ...]:
    """The bounds in words, outermost first."""
    found = [words.format(schema[key]) for key, words in _LIMITS if key in schema]
    return tuple(found)


def _example(schema: Schema) -> str:
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        return _shown(examples[0])
    return _shown(schema["example"]) if "example" in schema else ""


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 400 else text[:400] + "…"


def _children(schema: Schema, path: str, depth: int) -> tuple[Field, ...]:
    if depth > DEEPEST:
        return ()
    if "properties" in schema:
        needed = schema.get("required") or ()
        members = schema["properties"].items()
        return _named_rows(
            tuple(field(_join(path, key), key, one, required=key in needed, depth=depth) for key, one in members)
        )
    ways = [one for key in ("oneOf", "anyOf", "allOf") for one in schema.get(key, ())]
    inside = tuple(child for way in ways for child in _children(way, path, depth + 1))
    if inside:
        return inside
    if isinstance(schema.get("prefixItems"), list):
        return tuple(_place(place, inner, path, depth) for place, inner in enumerate(schema["prefixItems"]))
    items, free = schema.get("items"), schema.get("additionalProperties")
    if isinstance(items, dict):
        return _children(items, f"{path}[]", depth + 1)
    return (field(_join(path, "*"), "any name", free, required=False, depth=depth),) if isinstance(free, dict) else ()


def _named_rows(members: tuple[Field, ...]) -> tuple[Field, ...]:
    """In `dataframe_split` the places of a row are named by the columns beside them."""
    columns = next((one.values for one in members if one.name == "columns"), ())
    return tuple(_named_row(one, columns) if one.name == "data" else one for one in members)


def _named_row(field: Field, columns: tuple[str, ...]) -> Field:
    if not columns or len(columns) != len(field.children):
        return field
    named = (replace(inner, name=name) for inner, name in zip(field.children, columns, strict=True))
    return replace(field, children=tuple(named))


def _place(place: int, schema: Schema, path: str, depth: int) -> Field:
    return field(f"{path}[{place}]", f"value {place + 1}", schema, required=not takes_null(schema), depth=depth)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
