"""When a prompt calls for one of the offered functions, and with which arguments."""

from __future__ import annotations

import json
import re
from typing import Any

from web.emulator.models import markers, structured
from web.emulator.models.base import InputError

_WORD = re.compile(r"[a-z]{3,}")
_WEAK = frozenset(
    {
        "the",
        "and",
        "for",
        "get",
        "set",
        "has",
        "with",
        "from",
        "that",
        "this",
        "given",
        "about",
        "returns",
        "return",
        "value",
        "current",
    }
)


def calls_for(payload: dict[str, Any], prompt: str, last_role: str) -> list[tuple[str, str]]:
    """(function name, JSON arguments) to call now; empty when text is better. Raises InputError on bad tools."""
    offered = [_function(tool) for tool in payload.get("tools") or []]
    choice = payload.get("tool_choice", "auto")
    if not offered or choice == "none" or last_role == "tool":
        return []
    text = markers.strip(prompt)
    if isinstance(choice, dict):
        wanted = str(choice.get("function", choice).get("name"))
        chosen = [function for function in offered if function["name"] == wanted]
    else:
        ranked = sorted(offered, key=lambda function: -_likeness(function, text))
        chosen = ranked[:1] if choice == "required" or _likeness(ranked[0], text) > 0 else []
    return [(function["name"], json.dumps(arguments(function.get("parameters") or {}, text))) for function in chosen]


def _function(tool: Any) -> dict[str, Any]:
    function = tool.get("function", tool) if isinstance(tool, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise InputError("Invalid request: every tool needs a function with a name.", "INVALID_PARAMETER_VALUE")
    return function


def _likeness(function: dict[str, Any], text: str) -> int:
    described = f"{function['name'].replace('_', ' ')} {function.get('description', '')}".lower()
    return len((set(_WORD.findall(described)) & set(_WORD.findall(text.lower()))) - _WEAK)


def arguments(parameters: dict[str, Any], text: str) -> dict[str, Any]:
    """Values for a function's parameters, taken from the prompt where it names something fitting."""
    value = structured.instance(parameters or {"type": "object"}, structured.Source(text))
    return value if isinstance(value, dict) else {}
