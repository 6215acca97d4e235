"""The buttons inside the form that add and remove rows: `add-tag`, `remove-variable-0-2`, `refresh` …"""

from collections.abc import Callable
from typing import Any

from web.changes.forms.entity import EntityForm
from web.changes.forms.gateway import LimitForm
from web.changes.forms.variables import VariableForm
from web.features.create.forms import EndpointForm, GrantForm, TagForm, blank


def apply(form: EndpointForm, do: str) -> str:
    """Carry out one button; answers where the keyboard goes: `new-…` for the row added, `add-…` for a button, ""."""
    verb, _, rest = do.partition("-")
    what, _, where = rest.partition("-")
    place = [int(part) for part in where.split("-") if part.isdigit()]
    if what not in ROWS or verb not in ("add", "remove"):
        return ""
    rows, make = ROWS[what](form, place), MAKE[what]
    if verb == "add":
        rows.append(make(form))
    elif place and place[-1] < len(rows):
        del rows[place[-1]]
    if what == "entity" and not form.entities:
        form.entities.append(make(form))
    return f"{'new' if verb == 'add' else 'add'}-{what}" + (f"-{place[0]}" if what == "variable" and place else "")


def _variables(form: EndpointForm, place: list[int]) -> list[Any]:
    return form.entities[place[0]].variables if place and place[0] < len(form.entities) else []


ROWS: dict[str, Callable[[EndpointForm, list[int]], list[Any]]] = {
    "entity": lambda form, _: form.entities,
    "tag": lambda form, _: form.tags,
    "limit": lambda form, _: form.gateway.limits,
    "grant": lambda form, _: form.grants,
    "variable": _variables,
}
MAKE: dict[str, Callable[[EndpointForm], Any]] = {
    "entity": lambda form: _like(form),
    "tag": lambda _: TagForm(),
    "limit": lambda _: LimitForm(),
    "grant": lambda _: GrantForm(),
    "variable": lambda _: VariableForm(),
}


def _like(form: EndpointForm) -> EntityForm:
    """A new entity, in the same catalog and of the same task as the first: a second version is the usual wish."""
    made = blank(form.kind).entities[0]
    if form.entities:
        first = form.entities[0]
        made.source, made.catalog, made.schema = first.source, first.catalog, first.schema
        made.external.task = first.external.task
    return made
