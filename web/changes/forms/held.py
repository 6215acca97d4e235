"""Secrets that a person typed: held in memory for an hour, theirs alone. A mark stands in for them everywhere else."""

import re
import secrets
import threading
import time
from collections import OrderedDict
from typing import Any

from web.audit.redact import SECRET_VALUE, is_secret

MARK = "$held:"
LIVE = "$live:"  # a value of the live endpoint that stays as it is, see live.py
KEEP_S = 3600.0
MOST = 5000

_held: OrderedDict[str, tuple[float, str, Any]] = OrderedDict()
_lock = threading.Lock()
_TYPED = re.compile(
    r'("(?:\w*_plaintext|token|password|secret|private_key|string_value|bytes_value|\w*api_key|\w*api_token'
    r'|\w*access_key(?:_id)?|\w*client_secret)"\s*:\s*)(?!"\{\{secrets/)("(?:[^"\\\n]|\\.)*"?|[^,}\s]+)',
    re.IGNORECASE,
)


def hold(owner: str, value: Any) -> str:
    """Keep a secret for `owner`; answers its mark. A mark is returned as it is, and nothing needs no holding."""
    if value in (None, "") or is_mark(value):
        return str(value or "")
    token = secrets.token_urlsafe(16)
    now = time.monotonic()
    with _lock:
        while _held and (len(_held) >= MOST or next(iter(_held.values()))[0] < now):
            _held.popitem(last=False)
        _held[token] = (now + KEEP_S, owner, value)
    return MARK + token


def is_mark(value: Any) -> bool:
    """Whether this text stands for a secret: one that is held, or one of the live endpoint."""
    return isinstance(value, str) and value.startswith((MARK, LIVE))


def give(owner: str, mark: str) -> Any:
    """The secret behind a mark of one's own; None when it is not held any more."""
    with _lock:
        until, whose, value = _held.get(mark.removeprefix(MARK), (0.0, "", None))
    return value if until >= time.monotonic() and whose == owner else None


def hold_all(owner: str, value: Any, field: str = "") -> Any:
    """A copy of a body in which every secret is a mark."""
    if isinstance(value, dict):
        return {
            k: hold(owner, v) if is_secret(str(k), v, field) else hold_all(owner, v, str(k)) for k, v in value.items()
        }
    if isinstance(value, list):
        return [hold_all(owner, item, field) for item in value]
    return value


def give_all(
    owner: str, value: Any, live: dict[str, Any] | None = None, path: str = "", secret: bool = False
) -> tuple[Any, list[str]]:
    """A copy of a body with the secrets back in, and the paths of those that are gone. A mark in a field that holds
    no secret stays what it is: a secret never ends up where it would be shown. `live`: what live marks stand for; None
    leaves them."""
    if isinstance(value, dict):
        inside = path.rpartition(".")[2]
        parts = {
            k: give_all(owner, v, live, f"{path}.{k}" if path else str(k), is_secret(str(k), v, inside))
            for k, v in value.items()
        }
        return {k: v for k, (v, _) in parts.items()}, [gone for _, lost in parts.values() for gone in lost]
    if isinstance(value, list):
        items = [give_all(owner, v, live, f"{path}[{place}]") for place, v in enumerate(value)]
        return [v for v, _ in items], [gone for _, lost in items for gone in lost]
    if not (secret and is_mark(value)):
        return value, []
    if value.startswith(LIVE) and live is None:
        return value, []
    found = (live or {}).get(value) if value.startswith(LIVE) else give(owner, value)
    return found, [path] if found is None else []


def masked(text: str) -> str:
    """A text that is no valid JSON, without what looks like a typed secret: it may be shown again."""
    return SECRET_VALUE.sub("", _TYPED.sub(r'\1""', text))
