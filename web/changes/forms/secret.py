"""A key of an external model or a variable's secret: a reference to scope and key, or typed once and held."""

import re
from dataclasses import dataclass
from typing import Any

from web.changes.forms import held
from web.changes.forms.tree import Tree, text

REFERENCE = re.compile(r"\{\{\s*secrets/([^{}/]+)/([^{}/]+?)\s*\}\}")
PLAINTEXT = "_plaintext"


@dataclass
class SecretForm:
    """`mode` is "reference" or "plaintext"; `held` is the mark of a typed value; `again`: it has to be typed again."""

    mode: str = "reference"
    scope: str = ""
    key: str = ""
    held: str = ""
    again: bool = False

    @property
    def reference(self) -> str:
        """`{{secrets/scope/key}}`, or nothing as long as both are empty."""
        return f"{{{{secrets/{self.scope}/{self.key}}}}}" if self.scope or self.key else ""


def read(tree: Tree, owner: str) -> SecretForm:
    """A submitted key. What was typed is held at once; an empty field keeps what was held before."""
    typed = tree.get("typed")
    mark = held.hold(owner, typed.strip()) if isinstance(typed, str) and typed.strip() else text(tree, "held")
    mode = "plaintext" if text(tree, "mode") == "plaintext" else "reference"
    kept = mark if held.is_mark(mark) else ""
    return SecretForm(mode, text(tree, "scope"), text(tree, "key"), kept, bool(text(tree, "again")) and not kept)


def from_value(value: Any) -> SecretForm:
    """A key as a body has it under its reference field."""
    found = REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
    return SecretForm("reference", found[1], found[2]) if found else SecretForm()


def write(into: dict[str, Any], field: str, form: SecretForm) -> None:
    """Put the key into a config: as `field` or as `field_plaintext`, never both."""
    if form.mode == "plaintext":
        if form.held:
            into[field + PLAINTEXT] = form.held
    elif form.reference:
        into[field] = form.reference
