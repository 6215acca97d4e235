"""Texts carry no secret: every value that may be one becomes a placeholder that says what to fill in."""

import re
from typing import Any

from web.audit.redact import SECRET_KEY, SECRET_VALUE
from web.changes.spell.fit import pick
from web.changes.spell.shapes import PROVIDER_CONFIGS, Shape

REFERENCE = "{{secrets/<scope>/<key>}}"
PLAINTEXT = "_plaintext"
IS_REFERENCE = re.compile(r"\{\{\s*secrets/[^{}/\s]+/[^{}/\s]+\s*\}\}")
LOOKS_SECRET = re.compile(r"(secret|password|passwd|credential|api_?key|private_?key|access_key\w*|_token)$", re.I)
USERINFO = re.compile(r"(?<=://)[^/@\s]+(?=@)")


def _reference_fields(shape: Shape) -> set[str]:
    found: set[str] = set()
    for name, inner in shape.items():
        if isinstance(inner, dict):
            found |= _reference_fields(inner)
        elif name.endswith(PLAINTEXT):
            found.add(name.removesuffix(PLAINTEXT))
    return found - {"value"}


REFERENCE_FIELDS = frozenset(_reference_fields(PROVIDER_CONFIGS))


def mask(value: Any) -> tuple[Any, list[str]]:
    """A copy without secrets, and the placeholders in it, each once, in order."""
    placeholders: list[str] = []
    return _walk(value, "", "", placeholders), list(dict.fromkeys(placeholders))


def _walk(value: Any, name: str, parent: str, out: list[str]) -> Any:
    replacement = _replacement(value, name, parent)
    if replacement:
        out.append(replacement)
        return replacement
    if isinstance(value, dict):
        return {_plain(k, out): _walk(v, str(k), name, out) for k, v in value.items()}
    if isinstance(value, list):
        return [_walk(item, name, parent, out) for item in value]
    return _plain(value, out)


def _replacement(value: Any, name: str, parent: str) -> str:
    """The placeholder that stands for `value`, or "" when it may be shown (or looked into)."""
    if value == REFERENCE:
        return REFERENCE
    if value is None or isinstance(value, bool) or (isinstance(value, str) and IS_REFERENCE.fullmatch(value.strip())):
        return ""
    loose = name == "environment_vars" and not isinstance(value, dict)
    if loose or parent == "environment_vars" or name.strip().endswith(PLAINTEXT):
        return _placeholder(name)
    if isinstance(value, dict):
        return _placeholder(name) if value.get("redacted") is True else ""
    if isinstance(value, list) or value == "":
        return ""
    if name in REFERENCE_FIELDS or (name == "value" and parent == "api_key_auth"):
        return REFERENCE
    secret = isinstance(value, str) and (SECRET_KEY.search(name) or LOOKS_SECRET.search(name))
    return _placeholder(name) if secret else ""


def _plain(value: Any, out: list[str]) -> Any:
    """A text that is no secret by its name, without what looks like one inside."""
    if not isinstance(value, str):
        return value
    if SECRET_VALUE.search(value):
        out.append("<SECRET>")
        return "<SECRET>"
    clean = USERINFO.sub("<CREDENTIALS>", value)
    if clean != value:
        out.append("<CREDENTIALS>")
    return clean


def _placeholder(name: str) -> str:
    word = re.sub(r"[^A-Z0-9]+", "_", name.removesuffix(PLAINTEXT).upper()).strip("_")
    return f"<{word or 'VALUE'}>"


def as_references(value: Any, name: str = "") -> Any:
    """For texts that are kept in a repository: `x_plaintext` becomes `x` with a secret reference to fill in."""
    if isinstance(value, dict) and name != "environment_vars":
        return {
            k.removesuffix(PLAINTEXT): REFERENCE if k.endswith(PLAINTEXT) else as_references(v, k)
            for k, v in value.items()
        }
    return [as_references(item) for item in value] if isinstance(value, list) else value


def comments(placeholders: list[str], intro: str = "Fill in first") -> list[str]:
    """One comment line that names what to fill in; none when there is nothing."""
    return [f"# {intro}: {', '.join(placeholders)}"] if placeholders else []


def committable(shape: Shape, value: Any) -> tuple[Any, list[str]]:
    """What `shape` can hold of `value`, without secrets and without `_plaintext`, and the placeholders in it."""
    return mask(pick(shape, as_references(value)) or {})
