"""The buttons inside a form that change its rows: `add-entity`, `remove-variable-0-2`, `use-entity-1-4` …

A form says which groups of rows it has; served entities and their variables are the same for every form.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.changes.forms import entity
from web.changes.forms.entity import EntityForm, Kind
from web.changes.forms.tree import whole
from web.changes.forms.variables import VariableForm


@dataclass(frozen=True)
class Group:
    """Rows of one sort. `rows` finds them for a button's numbers; `make` makes an empty one."""

    rows: Callable[[list[int]], list[Any]]
    make: Callable[[], Any]


def apply(groups: dict[str, Group], do: str) -> str:
    """Add or remove a row; answers where the keyboard goes: `new-…` for the row added, `add-…` for a button, ""."""
    verb, what, place = parts(do)
    if what not in groups or verb not in ("add", "remove"):
        return ""
    rows = groups[what].rows(place)
    if verb == "add":
        rows.append(groups[what].make())
    elif place and place[-1] < len(rows):
        del rows[place[-1]]
    if what == "entity" and not rows:
        rows.append(groups[what].make())
    return f"{'new' if verb == 'add' else 'add'}-{what}" + (f"-{place[0]}" if what == "variable" and place else "")


def parts(do: str) -> tuple[str, str, list[int]]:
    """`remove-variable-0-2` → ("remove", "variable", [0, 2])."""
    verb, _, rest = do.partition("-")
    what, _, where = rest.partition("-")
    return verb, what, [int(part) for part in where.split("-") if part.isascii() and part.isdigit() and len(part) < 9]


def entity_groups(entities: list[EntityForm], make: Callable[[], EntityForm]) -> dict[str, Group]:
    """The groups of a form with served entities."""

    def variables(place: list[int]) -> list[Any]:
        return entities[place[0]].variables if place and place[0] < len(entities) else []

    return {"entity": Group(lambda _: entities, make), "variable": Group(variables, VariableForm)}


def blank_entity(kind: Kind) -> EntityForm:
    """An empty entity; models of foundation and provisioned endpoints are first looked for in `system.ai`."""
    made = EntityForm()
    if kind in ("foundation", "provisioned"):
        made.catalog, made.schema = "system", "ai"
    return made


def like_first(entities: list[EntityForm], kind: Kind) -> EntityForm:
    """A new entity, in the same catalog and of the same task as the first: a second version is the usual wish."""
    made = blank_entity(kind)
    if entities:
        first = entities[0]
        made.source, made.catalog, made.schema = first.source, first.catalog, first.schema
        made.external.task = first.external.task
    return made


def duplicate(entities: list[EntityForm], place: int, version: str = "") -> int:
    """Put a copy of an entity after it, without traffic; with `version` one of that version, named after it.

    Answers the place of the copy.
    """
    source = entities[place]
    twin = copy.deepcopy(source)
    twin.was, twin.traffic, twin.shown = "", "0", "yes"
    twin.entity_version = version or twin.entity_version
    twin.name = _free(_named_after(source, version) if version else f"{source.name or 'entity'}-copy", entities)
    entities.insert(place + 1, twin)
    return place + 1


def _named_after(source: EntityForm, version: str) -> str:
    stem, dash, number = source.name.rpartition("-")
    if dash and number == source.entity_version:
        return f"{stem}-{version}"
    model = entity.default_name({"entity_name": source.entity_name, "entity_version": version})
    return f"{source.name}-{version}" if source.name else model


def _free(wanted: str, entities: list[EntityForm]) -> str:
    taken = {form.name for form in entities}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def settle_traffic(entities: list[EntityForm], gone: EntityForm | None = None) -> None:
    """An entity that is alone takes everything; beside others one without a share says so. What `gone` had is shared
    among the rest, in proportion, where the shares added up before."""
    if len(entities) == 1:
        entities[0].traffic = "100" if entities[0].traffic else ""
    elif not any(form.traffic for form in entities):
        entities[0].traffic = "100"
    if len(entities) > 1:
        for form in entities:
            form.traffic = form.traffic or "0"
    if gone is not None and len(entities) > 1:
        _share_out(entities, gone)


def _share_out(entities: list[EntityForm], gone: EntityForm) -> None:
    shares = [whole(form.traffic) for form in [*entities, gone]]
    if not all(isinstance(share, int) for share in shares):
        return
    *kept, free = [int(share) for share in shares]
    if sum(kept) + free != 100 or not free:
        return
    weights = kept if sum(kept) else [1] * len(kept)
    exact = [100 * weight / sum(weights) for weight in weights]
    made = [int(share) for share in exact]
    for place in sorted(range(len(made)), key=lambda at: made[at] - exact[at])[: 100 - sum(made)]:
        made[place] += 1
    for form, share in zip(entities, made, strict=True):
        form.traffic = str(share)
