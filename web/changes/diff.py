"""What differs between two JSON values, field by field; lists of named things compare by name, not by place."""

import hashlib
import json
from typing import Any

from web.changes.fields import ITEM_KEYS, is_default

Row = dict[str, Any]


def diff(before: Any, after: Any, path: str = "") -> list[Row]:
    """Rows `{"path", "before", "after"}`; a missing side is None. Sorted by path. What the workspace sets by itself
    where nothing is given is no difference."""
    return sorted(_walk(before, after, path, ""), key=lambda row: str(row["path"]))


def _walk(before: Any, after: Any, path: str, field: str) -> list[Row]:
    if before == after:
        return []
    if _is_map(before) and _is_map(after):
        keys = sorted({*before, *after})
        return [row for k in keys for row in _walk(before.get(k), after.get(k), f"{path}.{k}" if path else k, k)]
    if _named(before, field) and _named(after, field):
        return _items(before or [], after or [], path, field)
    if (before is None and is_default(path, after)) or (after is None and is_default(path, before)):
        return []
    return [{"path": path, "before": before, "after": after}]


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and not value.get("redacted")


def _named(value: Any, field: str) -> bool:
    return field in ITEM_KEYS and (value is None or isinstance(value, list))


def _items(before: list[Any], after: list[Any], path: str, field: str) -> list[Row]:
    old, new = _by_name(before, field), _by_name(after, field)
    rows: list[Row] = []
    for name in [*old, *(n for n in new if n not in old)]:
        rows += _walk(old.get(name), new.get(name), f"{path}[{name}]", "")
    return rows


def _by_name(items: list[Any], field: str) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for place, item in enumerate(items):
        name = item_name(item, field) or str(place)
        while name in named:
            name += "'"
        named[name] = item
    return named


def item_name(item: Any, field: str) -> str:
    """What names an item of the list `field`; '' when nothing does."""
    if not isinstance(item, dict):
        return str(item)
    return ":".join(str(item[k]) for k in ITEM_KEYS[field] if item.get(k)) if field != "routes" else _route(item)


def _route(item: dict[str, Any]) -> str:
    return str(item.get("served_entity_name") or item.get("served_model_name") or "")


def canonical(value: Any) -> Any:
    """The value with named lists in order of their names and absent things left out, so that equal means equal."""
    return _canonical(value, "")


def _canonical(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {k: _canonical(v, k) for k, v in sorted(value.items()) if v is not None}
    if isinstance(value, list):
        items = [_canonical(v, "") for v in value]
        return sorted(items, key=lambda i: item_name(i, field)) if field in ITEM_KEYS else items
    return value


def fingerprint(value: Any) -> str:
    """A short hash of a JSON value, the same for values that differ in order only."""
    text = json.dumps(canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
