"""What the New endpoint pages show: choices, the endpoint to copy, whether a name is free."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.checks import Finding
from web.changes.forms import config, held, picks
from web.changes.forms.picks import Choices, ModelPicks
from web.changes.perform import Actor
from web.errors import Forbidden, Invalid, NotFound, PortalError
from web.features.create.forms import EndpointForm, from_body
from web.workspace import names, sight
from web.workspace.client import Workspace


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


def picks_for(ws: Workspace, form: EndpointForm) -> Picks:
    """All choices of a form, asked together. Models without a version get the newest READY one."""
    used = sorted({secret.scope for secret in _secrets_of(form) if secret.scope})
    with ThreadPoolExecutor(max_workers=6) as pool:
        scopes = pool.submit(picks.scopes, ws)
        keys = {scope: pool.submit(picks.keys, ws, scope) for scope in used}
        models = (
            {}
            if form.kind == "external"
            else dict(enumerate(pool.map(lambda e: picks.models(ws, e, form.kind), form.entities)))
        )
        found = Picks(models, scopes.result(), {scope: task.result() for scope, task in keys.items()})
    for place, entity in enumerate(form.entities):
        entity.entity_version = entity.entity_version or found.of(place).newest
    return found


def _secrets_of(form: EndpointForm) -> Iterable[Any]:
    for entity in form.entities:
        yield from entity.external.secrets.values()
        yield from (variable.value for variable in entity.variables)


@dataclass(frozen=True)
class NameCheck:
    """Whether a name may be taken: `state` is empty, ok, bad or unsure."""

    state: Literal["empty", "ok", "bad", "unsure"]
    message: str


def check_name(ws: Workspace, name: str) -> NameCheck:
    """Rules first, then the workspace. An endpoint that the person may not see does not show here."""
    if not name:
        return NameCheck("empty", "")
    try:
        names.new_endpoint_name(name)
        sight.endpoint(ws, name)
    except Invalid as error:
        return NameCheck("bad", error.message)
    except (NotFound, Forbidden):
        return NameCheck("ok", "No endpoint that you may see has this name.")
    except PortalError as error:
        return NameCheck("unsure", f"The name could not be checked: {error.message}")
    return NameCheck("bad", f"An endpoint named '{name}' exists already.")


def form_of_draft(ledger: Ledger, actor: Actor, draft: str) -> EndpointForm:
    """The form a person left for the Review page. Raises NotFound for a draft that is not theirs."""
    change, _ = drafts.load(ledger, actor, draft)
    return from_body(
        change.endpoint, held.hold_all(actor.email, change.body), config.kind_of(change.body.get("config") or {})
    )


@dataclass(frozen=True)
class Problems:
    """Findings by the form field they belong to, and all of them in order for the summary."""

    by_field: dict[str, str] = field(default_factory=dict)
    summary: list[tuple[str, str]] = field(default_factory=list)


# Where a finding's own path has no field, its message is shown at this one.
SHOWN_AT = {"entity_name": "model", "tags": "tags[0].key", "ai_gateway.fallback_config": "gateway.fallback"}


def problems(found: list[Finding]) -> Problems:
    """The messages as the form shows them: `config.` and the gateway's blocks are not part of a field's name."""
    by_field: dict[str, str] = {}
    for finding in found:
        by_field.setdefault(field_of(finding.path), finding.message)
    fields = [field_of(finding.path) for finding in found]
    many = any(
        field_.startswith("served_entities[") and not field_.startswith("served_entities[0]") for field_ in fields
    )
    told = [
        _entity_of(f) + finding.message if many else finding.message for f, finding in zip(fields, found, strict=True)
    ]
    return Problems(by_field, list(zip(fields, told, strict=True)))


def _entity_of(field_: str) -> str:
    number = field_.partition("[")[2].partition("]")[0] if field_.startswith("served_entities[") else ""
    return f"Served entity {int(number) + 1}: " if number.isdigit() else ""


def field_of(path: str) -> str:
    """The name of the form field that a finding's path belongs to."""
    path = SHOWN_AT.get(path, path).removeprefix("config.").removesuffix("_plaintext")
    path = path.replace("ai_gateway.inference_table_config.", "gateway.").replace("ai_gateway.", "gateway.")
    path = path.replace("email_notifications.on_update_", "on_")
    head, dot, leaf = path.rpartition(".")
    return f"{head}{dot}{SHOWN_AT.get(leaf, leaf)}" if head.startswith("served_entities") else path
