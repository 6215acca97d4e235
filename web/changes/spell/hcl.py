"""Terraform's language: attributes, blocks and strings in which nothing is interpolated."""

from typing import Any

from web.changes.spell.shapes import MAP, Shape

ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def string(text: str) -> str:
    """A quoted string. `${` and `%{` would be templates, so their first sign is doubled."""
    plain = "".join(_char(c) for c in text)
    return f'"{plain.replace("${", "$${").replace("%{", "%%{")}"'


def _char(char: str) -> str:
    if char in ESCAPES:
        return ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:  # half of a pair, which no Terraform text can hold
        code = 0xFFFD
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def scalar(value: Any) -> str:
    """A string, number or bool."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else string(str(value))


def body(shape: dict[str, Shape], value: dict[str, Any], depth: int) -> list[str]:
    """The lines inside a block: aligned attributes first, then maps and nested blocks."""
    plain = {k: _attribute(v) for k, v in value.items() if not isinstance(shape[k], dict | list) and shape[k] != MAP}
    lines = aligned(plain, depth)
    for key, inner in value.items():
        if shape[key] == MAP:
            lines += ["", *_map(key, inner, depth)]
        elif isinstance(shape[key], dict | list):
            kind = shape[key][0] if isinstance(shape[key], list) else shape[key]
            for item in inner if isinstance(inner, list) else [inner]:
                lines += ["", *block(key, kind, item, depth)]
    return lines[1:] if lines and not lines[0] else lines


def aligned(attributes: dict[str, str], depth: int) -> list[str]:
    """`key = text` lines with their signs under each other."""
    width = max((len(k) for k in attributes), default=0)
    return [f"{'  ' * depth}{k.ljust(width)} = {text}" for k, text in attributes.items()]


def _map(key: str, value: dict[str, str], depth: int) -> list[str]:
    pad = "  " * depth
    return [f"{pad}{key} = {{", *aligned({string(k): scalar(v) for k, v in value.items()}, depth + 1), f"{pad}}}"]


def _attribute(value: Any) -> str:
    return f"[{', '.join(scalar(v) for v in value)}]" if isinstance(value, list) else scalar(value)


def block(header: str, shape: dict[str, Shape], value: dict[str, Any], depth: int = 0) -> list[str]:
    """`header { … }`."""
    pad = "  " * depth
    return [f"{pad}{header} {{", *body(shape, value, depth + 1), f"{pad}}}"]
