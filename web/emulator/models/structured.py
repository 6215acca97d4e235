"""JSON made to fit a JSON schema, filled from the prompt: structured outputs and tool arguments."""

from __future__ import annotations

import json
import re
from typing import Any

from web.emulator.models import arithmetic, brain

_DEEPEST = 12


class Source:
    """The numbers and names of a prompt, given out one after another."""

    def __init__(self, text: str) -> None:
        found = arithmetic.find(text)
        numbers = [found[1]] if found else [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text)]
        named = re.findall(r"[\"'“]([^\"'”]+)[\"'”]", text) + re.findall(
            r"(?:in|for|of|at|to)\s+([A-Z][\w-]+(?:\s[A-Z][\w-]+)*)", text
        )
        self._numbers = list(numbers)
        self._names = list(dict.fromkeys(named)) or brain.keywords(text)[-1:]

    def number(self) -> float:
        """The next number of the prompt; 0 when there is none left."""
        return self._numbers.pop(0) if self._numbers else 0

    def name(self, wanted: str) -> str:
        """The next name of the prompt, keeping the last for further questions; else the wanted field's own name."""
        if not self._names:
            return wanted
        return self._names.pop(0) if len(self._names) > 1 else self._names[0]


def text_for(response_format: Any, prompt: str) -> str | None:
    """The JSON text a `response_format` asks for; None when it asks for plain text."""
    if not isinstance(response_format, dict):
        return None
    if response_format.get("type") == "json_object":
        return json.dumps({"answer": brain.reply([{"role": "user", "content": prompt}])})
    if response_format.get("type") != "json_schema":
        return None
    return json.dumps(instance(response_format.get("json_schema", {}).get("schema", {}), Source(prompt)))


def instance(schema: dict[str, Any], source: Source, wanted: str = "value", depth: int = 0) -> Any:
    """A value that fits a schema: enums and constants first, then by type, with every property filled."""
    if depth > _DEEPEST:
        return None
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return instance(schema[key][0], source, wanted, depth + 1)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    if kind == "object":
        return {key: instance(inner, source, key, depth + 1) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        least = max(1, int(schema.get("minItems", 1)))
        return [instance(schema.get("items") or {}, source, wanted, depth + 1) for _ in range(least)]
    return _scalar(kind, schema, source, wanted)


def _scalar(kind: str, schema: dict[str, Any], source: Source, wanted: str) -> Any:
    if kind in ("integer", "number"):
        value = min(max(source.number(), schema.get("minimum", float("-inf"))), schema.get("maximum", float("inf")))
        return int(value) if kind == "integer" or float(value).is_integer() else value
    if kind == "boolean":
        return True
    return None if kind == "null" else source.name(wanted)
