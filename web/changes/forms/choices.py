"""All choices of a form's entities at once: models, versions, secret scopes and keys; the same question asked once."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from web.changes.forms import picks
from web.changes.forms.entity import EntityForm, Kind
from web.changes.forms.picks import Choices, ModelPicks
from web.changes.forms.secret import SecretForm
from web.changes.providers import PROVIDERS
from web.workspace.client import Workspace

AT_ONCE = 6
PAGE_WAITS_S = 2.0
LATE = ModelPicks(versions=Choices("failed", reason="They did not come in time."))
SHARED: dict[str, Any] = {"providers": [(p.key, p.label) for p in PROVIDERS.values()], "no_secret": SecretForm()}
"""What the templates of served entities need besides the form."""


@dataclass(frozen=True)
class Picks:
    """The choices of a whole form: `models` by the entity's place, `keys` by scope."""

    models: dict[int, ModelPicks] = field(default_factory=dict)
    scopes: Choices = field(default_factory=Choices)
    keys: dict[str, Choices] = field(default_factory=dict)

    def of(self, place: int) -> ModelPicks:
        """The choices of one entity; idle when they were not asked for."""
        return self.models.get(place, ModelPicks())

    def keys_of(self, scope: str) -> Choices:
        """The keys of a scope; idle when they were not asked for."""
        return self.keys.get(scope, Choices())


def of_form(ws: Workspace, entities: Sequence[EntityForm], kind: Kind) -> Picks:
    """All choices of a form, asked together. Models without a version get the newest READY one."""
    used = sorted({secret.scope for secret in _secrets_of(entities) if secret.scope})
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        scopes = pool.submit(picks.scopes, ws)
        keys = {scope: pool.submit(picks.keys, ws, scope) for scope in used}
        asked = {} if kind == "external" else {_question(e): e for e in entities}
        answers = dict(zip(asked, pool.map(lambda e: picks.models(ws, e, kind), asked.values()), strict=True))
        models = {place: answers[_question(e)] for place, e in enumerate(entities) if answers}
        found = Picks(models, scopes.result(), {scope: task.result() for scope, task in keys.items()})
    for place, entity in enumerate(entities):
        entity.entity_version = entity.entity_version or found.of(place).newest
    return found


def versions_only(ws: Workspace, entities: Sequence[EntityForm], kind: Kind) -> Picks:
    """What a page needs at once to offer newer versions: the rest is listed once somebody opens an entity."""
    if kind not in ("custom", "provisioned"):
        return Picks()
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    asked = {_model(e): pool.submit(picks.versions, ws, e) for e in entities if e.entity_name}
    wait(asked.values(), timeout=PAGE_WAITS_S)
    pool.shutdown(wait=False, cancel_futures=True)
    answers = {model: task.result() if task.done() and not task.cancelled() else LATE for model, task in asked.items()}
    return Picks({place: answers[_model(e)] for place, e in enumerate(entities) if _model(e) in answers})


def _model(form: EntityForm) -> tuple[str, str]:
    return (form.source, form.entity_name)


def _question(form: EntityForm) -> tuple[str, ...]:
    return (form.source, form.catalog, form.schema, form.model, form.entity_version)


def _secrets_of(entities: Iterable[EntityForm]) -> Iterable[Any]:
    for entity in entities:
        yield from entity.external.secrets.values()
        yield from (variable.value for variable in entity.variables)
