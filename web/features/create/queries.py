"""What the New endpoint pages show: choices, the endpoint to copy, whether a name is free."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.checks import Finding
from web.changes.fields import current_config, tags_of, writable_config
from web.changes.forms import config, held, picks
from web.changes.forms.entity import Kind
from web.changes.forms.picks import Choices, ModelPicks
from web.changes.perform import Actor
from web.errors import Forbidden, Invalid, NotFound, PortalError
from web.features.create.forms import EndpointForm, from_body
from web.workspace import iam, names, serving, sight
from web.workspace.client import Workspace
from web.workspace.iam import Principal

COPIED = ("description", "ai_gateway", "email_notifications", "telemetry_config")


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


def copy_of(ws: Workspace, name: str, owner: str, kind: Kind | None) -> EndpointForm:
    """The form of an endpoint that exists, without its name and what the workspace owns. Raises NotFound, Forbidden."""
    live = sight.endpoint(ws, name)
    body: dict[str, Any] = {key: live[key] for key in COPIED if live.get(key)}
    body["config"] = writable_config(current_config(live)) if current_config(live) else {}
    body["tags"] = [{"key": key, "value": value} for key, value in tags_of(live).items()]
    body["route_optimized"] = live.get("route_optimized") is True
    found = serving.kind_of(live)
    guess: Kind = found if found in ("foundation", "provisioned", "custom", "external") else "custom"
    form = from_body("", held.hold_all(owner, body), kind or guess, copied=True)
    form.name = f"{name}-copy"[:63] if not name.startswith(names.RESERVED_PREFIX) else ""
    return form


def form_of_draft(ledger: Ledger, actor: Actor, draft: str) -> EndpointForm:
    """The form a person left for the Review page. Raises NotFound for a draft that is not theirs."""
    change, _ = drafts.load(ledger, actor, draft)
    return from_body(
        change.endpoint, held.hold_all(actor.email, change.body), config.kind_of(change.body.get("config") or {})
    )


def people(ws: Workspace, kind: str, q: str) -> list[Principal]:
    """People, groups or service principals whose name holds `q`, ten at most; none where listing is refused."""
    search = {"group": iam.search_groups, "service_principal": iam.search_service_principals}.get(
        kind, iam.search_users
    )
    try:
        return list(search(ws, q, 10).principals) if q.strip() else []
    except PortalError:
        return []


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
