"""Secrets leave before anything is stored, shown or logged: each becomes `{"redacted": true, "fp": …}`.

The fingerprint is keyed, so that "the same key as before?" can be answered and the value cannot be guessed from it.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Any

SECRET_KEY = re.compile(
    r"(_plaintext$|^(token|password|secret|private_key|string_value|bytes_value)$|_secret_value$"
    r"|(^|_)(api_key|api_token|access_key|access_key_id|client_secret)$)",
    re.I,
)
SECRET_VALUE = re.compile(
    r"(dapi[0-9a-f]{32}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|\bsk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16})"
)
FINGERPRINT = re.compile(r"[0-9a-f]{8}|")
SHORTEST = 4
ROW = {"path", "before", "after"}
REFERENCE = re.compile(r"\{\{secrets/[^{}]+\}\}")
VARIABLES = "environment_vars"


def is_reference(value: Any) -> bool:
    """True for `{{secrets/<scope>/<key>}}`: a pointer, not a secret."""
    return isinstance(value, str) and REFERENCE.fullmatch(value.strip()) is not None


def redact(value: Any, key: bytes) -> Any:
    """A copy without secrets: `*_plaintext`, environment_vars that are no references, things shaped like keys."""
    return _walk(value, key, "")


def _walk(value: Any, key: bytes, field: str) -> Any:
    if isinstance(value, dict):
        if _is_mark(value):
            return value
        if value.keys() >= ROW:
            return _row(value, key)
        return {k: _mark(v, key) if _hides(k, v, field) else _walk(v, key, str(k)) for k, v in value.items()}
    if field == VARIABLES and value and not is_reference(value):
        return _mark(value, key)
    if isinstance(value, list):
        return [_walk(v, key, field) for v in value]
    if isinstance(value, str) and SECRET_VALUE.search(value):
        return _mark(value, key)
    return value


def _is_mark(value: dict[Any, Any]) -> bool:
    """A mark made here before, and nothing that merely says it is one."""
    return (
        value.get("redacted") is True
        and value.keys() <= {"redacted", "fp"}
        and FINGERPRINT.fullmatch(str(value.get("fp", ""))) is not None
    )


def _row(row: dict[str, Any], key: bytes) -> dict[str, Any]:
    """A row of a diff: what its values are is told by its path, not by the keys `before` and `after`."""
    parts = str(row["path"]).split(".")
    field = parts[-1]
    inside = VARIABLES if VARIABLES in parts[:-1] else ""
    sides = {side: row[side] for side in ("before", "after")}
    kept = {k: v if k == "path" else _walk(v, key, str(k)) for k, v in row.items() if k not in sides}
    marked = {k: _mark(v, key) if _hides(field, v, inside) else _walk(v, key, field) for k, v in sides.items()}
    return {**kept, **marked}


def _hides(name: str, value: Any, inside: str) -> bool:
    """Whether a field is to be marked whole: a secret, or a list or object in a place where only a secret belongs."""
    if isinstance(value, dict | list):
        return bool(value) and not (isinstance(value, dict) and _is_mark(value)) and is_secret(name, "x", inside)
    return is_secret(name, value, inside)


def is_secret(name: str, value: Any, inside: str) -> bool:
    """Whether the field `name` of the object in field `inside` holds a secret: a typed key or a plain variable."""
    if value is None or isinstance(value, bool | dict | list) or is_reference(value) or value == "":
        return False
    return inside == VARIABLES or SECRET_KEY.search(str(name).strip()) is not None


def secrets_in(value: Any, field: str = "") -> set[str]:
    """The texts in `value` that `redact` would take out, as they are, for taking them out of what others say."""
    if isinstance(value, dict):
        found = (_texts(v) if _hides(str(k), v, field) else secrets_in(v, str(k)) for k, v in value.items())
        return set[str]().union(*found)
    if isinstance(value, list):
        return set[str]().union(*(secrets_in(v, field) for v in value))
    return {value} if isinstance(value, str) and SECRET_VALUE.search(value) else set()


def _texts(value: Any) -> set[str]:
    """Every text and number in what is hidden whole."""
    if isinstance(value, dict | list):
        return set[str]().union(*map(_texts, value.values() if isinstance(value, dict) else value))
    return set() if value is None or isinstance(value, bool) else {str(value)}


def without(text: str, secrets: Iterable[str]) -> str:
    """`text` with every one of these secrets replaced, longest first. Texts too short to be one are left."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST:
            text = text.replace(secret, "(redacted)")
    return text


def _mark(value: Any, key: bytes) -> dict[str, Any]:
    digest = hmac.new(key, str(value).encode(), hashlib.sha256).hexdigest()[:8]
    return {"redacted": True, "fp": digest}
