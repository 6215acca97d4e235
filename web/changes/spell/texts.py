"""Literals of the languages spoken: nothing in a value can end a string, a comment or a line early."""

import json
import re
import shlex
from typing import Any
from urllib.parse import quote

WIDTH = 96
INDENT = "    "


def json_text(value: Any) -> str:
    """Indented JSON, readable in any script; characters that cannot be seen are escaped."""
    return "".join(_seen(c) for c in json.dumps(value, indent=2, ensure_ascii=False))


def _seen(char: str) -> str:
    return char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1]


def shell(text: str) -> str:
    """One POSIX shell word."""
    return shlex.quote(text)


def profile_flag(profile: str) -> str:
    """`--profile …`; the placeholder stays as it is, so that it is noticed."""
    return f"--profile {profile if re.fullmatch(r'<[A-Z_]+>', profile) else shell(profile)}"


def url_path(path: str) -> str:
    """A path that is safe between double quotes in a shell and has nothing that curl expands."""
    return quote(path, safe="/:%~?=&")


def comment(text: str) -> str:
    """`text` on one comment line."""
    return "# " + "".join(c if c.isprintable() else " " for c in text)


def python_literal(value: Any, depth: int = 0) -> str:
    """`value` as Python source, on one line when it fits."""
    if isinstance(value, str):
        return _python_string(value)
    if not isinstance(value, dict | list) or not value:
        return repr(value)
    if isinstance(value, dict):
        parts = [f"{python_literal(k)}: {python_literal(v, depth + 1)}" for k, v in value.items()]
        return bracketed("{", parts, "}", depth)
    return bracketed("[", [python_literal(v, depth + 1) for v in value], "]", depth)


def bracketed(opening: str, parts: list[str], closing: str, depth: int) -> str:
    """Parts between brackets: one line when that fits, else one part a line."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if "\n" not in line and len(line) + depth * len(INDENT) <= WIDTH:
        return line
    inner = "".join(f"{INDENT * (depth + 1)}{part},\n" for part in parts)
    return f"{opening}\n{inner}{INDENT * depth}{closing}"


def _python_string(text: str) -> str:
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in text else plain


def identifier(name: str) -> str:
    """A Terraform or bundle key for an endpoint's name."""
    slug = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
    return slug if re.match(r"[A-Za-z]", slug) else f"endpoint_{slug}".rstrip("_")
