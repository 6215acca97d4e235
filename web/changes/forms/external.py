"""An external model's form: provider, way to sign in, and only the fields these two have."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.forms import held, secret
from web.changes.forms.secret import PLAINTEXT, SecretForm
from web.changes.forms.tree import Tree, branch, text
from web.changes.providers import PROVIDERS, Provider, Setting, Variant


@dataclass
class ExternalForm:
    """`settings` and `secrets` by the field's name inside the provider's config, `a.b` for a nested one. `unmarked`:
    the JSON does not name its way to sign in, and goes on not naming it."""

    provider: str = "openai"
    variant: str = ""
    name: str = ""
    task: str = "llm/v1/chat"
    unmarked: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, SecretForm] = field(default_factory=dict)

    @property
    def known(self) -> Provider | None:
        """The provider's fields; None for a provider nobody here knows."""
        return PROVIDERS.get(self.provider)

    @property
    def chosen(self) -> Variant | None:
        """The way to sign in that is chosen, by default the first."""
        return self.known.variant(self.variant) if self.known else None

    @property
    def fields(self) -> tuple[Setting, ...]:
        """The fields to show."""
        return self.known.fields(self.variant) if self.known else ()


def read(tree: Tree, owner: str) -> ExternalForm:
    """A submitted external model."""
    form = ExternalForm(text(tree, "provider", "openai"), text(tree, "variant"), text(tree, "name"))
    form.task, form.unmarked = text(tree, "task", form.task), text(tree, "unmarked")
    if form.known:
        config = branch(tree, form.known.config)
        for setting in form.fields:
            if setting.secret:
                form.secrets[setting.field] = secret.read(_below(config, setting.field), owner)
            else:
                form.settings[setting.field] = _text_below(config, setting.field)
    return form


def write(form: ExternalForm) -> dict[str, Any]:
    """The `external_model` of an entity. Empty fields are left out."""
    config: dict[str, Any] = {}
    chosen = form.chosen
    implied = form.known and form.unmarked and chosen == form.known.variants[0]
    if chosen and chosen.marker and not implied:
        config[chosen.marker] = chosen.key
    for setting in form.fields:
        parent, _, leaf = setting.field.rpartition(".")
        into = config.setdefault(parent, {}) if parent else config
        if setting.secret:
            secret.write(into, leaf, form.secrets.get(setting.field, SecretForm()))
        elif form.settings.get(setting.field):
            into[leaf] = form.settings[setting.field]
    model: dict[str, Any] = {"provider": form.provider, "name": form.name, "task": form.task}
    return {**model, form.known.config: config} if form.known else model


def from_model(model: dict[str, Any], *, copied: bool = False) -> ExternalForm:
    """The form of an `external_model`. `copied`: a key that is not there was typed once and has to be typed again."""
    provider, name, task = (str(model.get(key) or "") for key in ("provider", "name", "task"))
    form = ExternalForm(provider=provider, name=name, task=task)
    if not form.known:
        return form
    config = branch(model, form.known.config)
    chosen = form.known.variant_of(config)
    form.variant, form.unmarked = chosen.key, "yes" if chosen.marker and chosen.marker not in config else ""
    for setting in form.fields:
        parent, _, leaf = setting.field.rpartition(".")
        source = branch(config, parent) if parent else config
        if setting.secret:
            form.secrets[setting.field] = _secret_of(source, leaf, copied)
        else:
            form.settings[setting.field] = str(source.get(leaf) or "")
    return form


def _secret_of(source: dict[str, Any], leaf: str, copied: bool) -> SecretForm:
    mark = source.get(leaf + PLAINTEXT)
    if held.is_mark(mark):
        return SecretForm("plaintext", held=str(mark))
    found = secret.from_value(source.get(leaf))
    if copied and not found.reference:
        return SecretForm("plaintext", again=True)
    return found


def _below(tree: Tree, path: str) -> Tree:
    for step in path.split("."):
        tree = branch(tree, step)
    return tree


def _text_below(tree: Tree, path: str) -> str:
    parent, _, leaf = path.rpartition(".")
    return text(_below(tree, parent) if parent else tree, leaf)
