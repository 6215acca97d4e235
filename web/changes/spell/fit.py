"""Does a body survive a typed client, and which part of it can a shape hold?"""

from typing import Any

from web.changes.spell.shapes import MAP, VALUES, Shape


def fits(shape: Shape, value: Any, depth: int = 0) -> bool:
    """True when a typed client sends `value` whole: it drops nulls, unknown fields and enum words, and below its
    arguments (depth 1) also empty lists and objects (reference §4.5)."""
    if value is None:
        return depth == 0
    if depth > 1 and value in ([], {}):
        return False
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return False
        return all(k in shape and fits(shape[k], v, depth + 1) for k, v in value.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(fits(shape[0], item, depth + 1) for item in value)
    if isinstance(shape, frozenset):
        return isinstance(value, str) and value in shape
    return _is_container(shape, value)


def _is_container(shape: Shape, value: Any) -> bool:
    if shape == MAP:
        return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    if shape == VALUES:
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    return not isinstance(value, dict | list)


def pick(shape: Shape, value: Any) -> Any:
    """The part of `value` that `shape` can hold, in the shape's order; None when there is nothing left of it."""
    if isinstance(shape, dict):
        found = {k: pick(s, value.get(k)) for k, s in shape.items()} if isinstance(value, dict) else {}
        return {k: v for k, v in found.items() if v is not None} or None
    if isinstance(shape, list):
        rows = [pick(shape[0], item) for item in value] if isinstance(value, list) else []
        return [row for row in rows if row is not None] or None
    if shape == MAP:
        return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) and value else None
    if shape == VALUES:
        return [str(v) for v in value] if isinstance(value, list) and value else None
    return None if isinstance(value, dict | list) or value == "" else value


def left_out(shape: Shape, value: Any, path: str = "") -> list[str]:
    """Paths of what `pick` drops because the shape has no place for it."""
    if isinstance(shape, dict) and isinstance(value, dict):
        lost = [f"{path}{k}" for k in value if k not in shape]
        return lost + [p for k, v in value.items() if k in shape for p in left_out(shape[k], v, f"{path}{k}.")]
    if isinstance(shape, list) and isinstance(value, list):
        return list(dict.fromkeys(p for item in value for p in left_out(shape[0], item, path)))
    return []
