"""Secrets an endpoint holds already: a mark stands for "as it is now", and is read from the live endpoint again.

Unlike a typed secret such a value needs no memory: it survives an hour, a restart, and another portal.
"""

from typing import Any

from web.audit.redact import is_secret
from web.changes.diff import item_name
from web.changes.fields import ITEM_KEYS
from web.changes.forms.held import LIVE

CONFIGS = ("config", "pending_config")


def marked(live: dict[str, Any]) -> dict[str, Any]:
    """The configs of an endpoint (or of a snapshot without secrets) in which every secret is a mark."""
    found: dict[str, Any] = {}
    return {name: _walk(live[name], name, "", found) for name in CONFIGS if isinstance(live.get(name), dict)}


def values(live: dict[str, Any]) -> dict[str, Any]:
    """What each mark stands for."""
    found: dict[str, Any] = {}
    for name in CONFIGS:
        _walk(live.get(name), name, "", found)
    return found


def has_marks(value: Any) -> bool:
    """Whether a body has a value that is to be read from the live endpoint."""
    if isinstance(value, dict):
        return any(has_marks(item) for item in value.values())
    if isinstance(value, list):
        return any(has_marks(item) for item in value)
    return isinstance(value, str) and value.startswith(LIVE)


def _walk(value: Any, path: str, field: str, found: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {k: _leaf(str(k), v, f"{path}.{k}", field, found) for k, v in value.items()}
    if isinstance(value, list):
        return [_walk(item, f"{path}[{_place(item, field, at)}]", "", found) for at, item in enumerate(value)]
    return value


def _leaf(name: str, value: Any, path: str, inside: str, found: dict[str, Any]) -> Any:
    hidden = isinstance(value, dict) and value.get("redacted") is True
    if hidden or is_secret(name, value, inside):
        found[LIVE + path] = value
        return LIVE + path
    return _walk(value, path, name, found)


def _place(item: Any, field: str, at: int) -> str:
    return (item_name(item, field) if field in ITEM_KEYS else "") or str(at)
