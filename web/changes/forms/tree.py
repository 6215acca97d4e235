"""Submitted fields as a tree: `served_entities[0].name` is a path, the same one a Finding has."""

import json
import re
from collections.abc import Iterable
from typing import Any

from web.changes.kinds import unsendable

MAX_FIELDS = 3000
DEEPEST = 20
_STEP = re.compile(r"\.?([A-Za-z][A-Za-z0-9_]*)|\[(\d{1,3})\]")

Tree = dict[str, Any]


def parse(pairs: Iterable[tuple[str, str]]) -> Tree:
    """The fields as nested dicts and lists of text. A name that is no path is left out; the last of two values wins."""
    root: dict[Any, Any] = {}
    for count, (name, value) in enumerate(pairs):
        steps = _steps(name)
        if steps and count < MAX_FIELDS:
            _put(root, steps, value)
    tree = _listed(root)
    return tree if isinstance(tree, dict) else {}


def _steps(name: str) -> list[str | int]:
    steps: list[str | int] = []
    at = 0
    while at < len(name):
        found = _STEP.match(name, at)
        if not found or len(steps) == DEEPEST:
            return []
        steps.append(found[1] if found[1] else int(found[2]))
        at = found.end()
    return steps


def _put(root: dict[Any, Any], steps: list[str | int], value: str) -> None:
    at = root
    for step in steps[:-1]:
        at = at.setdefault(step, {})
        if not isinstance(at, dict):
            return
    if not isinstance(at.get(steps[-1]), dict):
        at[steps[-1]] = value


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(key, int) for key in value):
        return [_listed(value[key]) for key in sorted(value)]
    return {str(key): _listed(item) for key, item in value.items()}


def text(tree: Tree, key: str, default: str = "") -> str:
    """A field's text without spaces around it; `default` when it was not sent."""
    value = tree.get(key, default)
    return value.strip() if isinstance(value, str) else default


def branch(tree: Tree, key: str) -> Tree:
    """The fields below `key`."""
    value = tree.get(key)
    return value if isinstance(value, dict) else {}


def rows(tree: Tree, key: str) -> list[Tree]:
    """The rows of a repeated group."""
    value = tree.get(key)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def carried(tree: Tree, key: str = "extra") -> dict[str, Any]:
    """A JSON object that a hidden field carries; empty for anything else."""
    try:
        value = json.loads(text(tree, key) or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and not unsendable(value) else {}


def whole(value: str) -> int | str:
    """A whole number as one; anything else stays the text it is, for a rule to find."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else value


def leftover(given: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What `given` has and `known` has no place for, objects looked into."""
    rest: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            rest[key] = value
        elif isinstance(value, dict) and isinstance(known[key], dict) and (deeper := leftover(value, known[key])):
            rest[key] = deeper
    return rest


def merged(extra: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """`known` with what `extra` adds; where both speak, `known` is right."""
    out = {**known}
    for key, value in extra.items():
        if key not in out:
            out[key] = value
        elif isinstance(value, dict) and isinstance(out[key], dict):
            out[key] = merged(value, out[key])
    return out
