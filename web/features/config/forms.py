"""The config form: from submitted fields or a config, and back to the body of a config.update, nothing lost."""

import json
from dataclasses import dataclass, field
from typing import Any

from web.changes.forms import config, held
from web.changes.forms.edits import blank_entity
from web.changes.forms.entity import KINDS, EntityForm, Kind
from web.changes.forms.tree import Tree, branch, carried, leftover, merged, text

SERVING, TRIED = "serving", "tried"
OUR_ROUTE = ("served_entity_name", "served_model_name", "traffic_percentage")


@dataclass
class ConfigForm:
    """`base_hash` and `base_version` say which live config the edit began from; `start` which config filled the form:
    the one that serves, or the one that was tried. `extra` is what the form has no field for."""

    kind: Kind = "custom"
    entities: list[EntityForm] = field(default_factory=lambda: [EntityForm()])
    extra: dict[str, Any] = field(default_factory=dict)
    base_hash: str = ""
    base_version: str = ""
    start: str = SERVING

    @property
    def kept(self) -> list[str]:
        """The names of what travels in `extra`."""
        traffic = [f"traffic_config: {name}" for name in branch(self.extra, "traffic_config")]
        return [name for name in self.extra if name != "traffic_config"] + traffic


def kind_named(value: str, default: Kind = "custom") -> Kind:
    """The kind of this name."""
    return next((kind for kind in KINDS if kind == value), default)


def blank(kind: Kind) -> ConfigForm:
    """The form of an endpoint that has no config yet."""
    return ConfigForm(kind, [blank_entity(kind)])


def read(tree: Tree, owner: str) -> ConfigForm:
    """The submitted form. Typed secrets are held for `owner`."""
    form = ConfigForm(kind_named(text(tree, "kind")), config.read(tree, owner), carried(tree))
    return with_base(form, tree)


def with_base(form: ConfigForm, tree: Tree) -> ConfigForm:
    """What both tabs carry."""
    form.base_hash, form.base_version = text(tree, "base_hash"), text(tree, "base_version")
    form.start = TRIED if text(tree, "start") == TRIED else SERVING
    return form


def write(form: ConfigForm) -> dict[str, Any]:
    """The body of the change, secrets as marks."""
    return merged(form.extra, config.write(form.entities, form.kind, fill=False))


def from_config(body: dict[str, Any], kind: Kind, live: set[str]) -> ConfigForm:
    """The form of a config whose secrets are marks already. `live`: the names of the entities it may be edited from."""
    kind = config.kind_of(body, kind)
    if not body.get("served_entities"):
        form = blank(kind)
    else:
        form = ConfigForm(kind, config.from_config(body, kind, copied=True))
    for entity in form.entities:
        entity.was = entity.name if entity.name in live else ""
    known = config.write(form.entities, kind, fill=False)
    form.extra = leftover(body, {**known, "traffic_config": {"routes": []}})
    return form


def as_json(form: ConfigForm) -> str:
    """The JSON tab's text."""
    return json.dumps(write(form), indent=2, ensure_ascii=False)


def from_json(data: dict[str, Any], kind: Kind, owner: str, live: set[str]) -> ConfigForm:
    """The form of a JSON text's object. Typed secrets in it are held for `owner`."""
    return follow_rename(from_config(held.hold_all(owner, data), kind, live), live)


def follow_rename(form: ConfigForm, live: set[str]) -> ConfigForm:
    """Where one entity is gone and one is new, the new one is the old one renamed: a text does not say so itself."""
    gone = live - {entity.was for entity in form.entities}
    new = [entity for entity in form.entities if not entity.was]
    if len(gone) == 1 and len(new) == 1 and len(form.entities) == len(live):
        new[0].was = next(iter(gone))
    return form
