"""Environment variables of a served entity: each a plain value, or a reference to a secret."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.forms import held, secret
from web.changes.forms.secret import SecretForm
from web.changes.forms.tree import Tree, rows, text


@dataclass
class VariableForm:
    """One variable. A plain value is held like a typed key: it is never shown again."""

    name: str = ""
    value: SecretForm = field(default_factory=SecretForm)

    @property
    def empty(self) -> bool:
        """A row nobody filled in."""
        return not (self.name or self.value.reference or self.value.held)


def read(tree: Tree, owner: str) -> list[VariableForm]:
    """The submitted rows, empty ones too."""
    return [VariableForm(text(row, "name"), secret.read(row, owner)) for row in rows(tree, "environment_vars")]


def write(form: list[VariableForm]) -> dict[str, Any]:
    """`environment_vars` as the API takes it."""
    pairs = {row.name: row.value.held if row.value.mode == "plaintext" else row.value.reference for row in form}
    return {name: value for name, value in pairs.items() if name or value}


def from_map(variables: Any) -> list[VariableForm]:
    """The rows of an entity's `environment_vars`, in its order."""
    return [VariableForm(str(n), _value(v)) for n, v in variables.items()] if isinstance(variables, dict) else []


def _value(value: Any) -> SecretForm:
    if held.is_mark(value):
        return SecretForm("plaintext", held=str(value))
    found = secret.from_value(value)
    return found if found.reference else SecretForm("plaintext")


def named_twice(form: list[VariableForm]) -> list[str]:
    """Names that more than one row has."""
    names = [row.name for row in form if row.name]
    return sorted({name for name in names if names.count(name) > 1})
