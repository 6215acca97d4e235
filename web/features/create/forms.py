"""The New endpoint form: from submitted fields or a body, and back to the body of an endpoint.create."""

import json
from dataclasses import dataclass, field
from typing import Any

from web.changes.forms import config, gateway, held
from web.changes.forms.edits import blank_entity
from web.changes.forms.entity import KINDS, EntityForm, Kind
from web.changes.forms.gateway import GatewayForm
from web.changes.forms.tree import Tree, branch, carried, leftover, merged, rows, text

PRINCIPALS = {"user": "user_name", "group": "group_name", "service_principal": "service_principal_name"}
LEVELS = ("CAN_QUERY", "CAN_VIEW", "CAN_MANAGE")


@dataclass
class TagForm:
    """One tag."""

    key: str = ""
    value: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class GrantForm:
    """One grant: `kind` is user, group or service_principal; `name` e-mail, group name or application id."""

    kind: str = "user"
    name: str = ""
    level: str = "CAN_QUERY"
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class EndpointForm:
    """What the page shows. Addresses are texts with one e-mail a line; `extra` is what the form has no field for."""

    kind: Kind = "custom"
    name: str = ""
    description: str = ""
    route_optimized: bool = False
    budget_policy_id: str = ""
    on_success: str = ""
    on_failure: str = ""
    entities: list[EntityForm] = field(default_factory=lambda: [EntityForm()])
    tags: list[TagForm] = field(default_factory=list)
    gateway: GatewayForm = field(default_factory=GatewayForm)
    grants: list[GrantForm] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


def kind_named(value: str) -> Kind:
    """The kind of this name, by default custom."""
    return next((kind for kind in KINDS if kind == value), "custom")


def blank(kind: Kind) -> EndpointForm:
    """An empty form; models of provisioned endpoints are first looked for in `system.ai`."""
    return EndpointForm(kind=kind, entities=[blank_entity(kind)])


def read(tree: Tree, owner: str) -> EndpointForm:
    """The submitted form. Typed secrets are held for `owner`."""
    form = EndpointForm(kind_named(text(tree, "kind")), text(tree, "name"), text(tree, "description"))
    form.route_optimized = bool(text(tree, "route_optimized"))
    for name in ("budget_policy_id", "on_success", "on_failure"):
        setattr(form, name, text(tree, name))
    form.entities = config.read(tree, owner)
    form.tags = [TagForm(text(r, "key"), text(r, "value"), carried(r)) for r in rows(tree, "tags")]
    form.gateway = gateway.read(branch(tree, "gateway"))
    form.grants = [
        GrantForm(text(r, "kind", "user"), text(r, "name"), text(r, "level", "CAN_QUERY"), carried(r))
        for r in rows(tree, "permissions")
    ]
    form.extra = carried(tree)
    return form


def write(form: EndpointForm) -> dict[str, Any]:
    """The body of the change, secrets as marks. What is empty is left out."""
    return merged(form.extra, _known(form))


def _known(form: EndpointForm) -> dict[str, Any]:
    body: dict[str, Any] = {"config": config.write(form.entities, form.kind)}
    for name in ("description", "budget_policy_id", "route_optimized"):
        if getattr(form, name):
            body[name] = getattr(form, name)
    if tags := [merged(t.extra, {"key": t.key, "value": t.value}) for t in form.tags if t.key or t.value]:
        body["tags"] = tags
    if block := gateway.write(form.gateway, form.kind):
        body["ai_gateway"] = block
    told = {"on_update_success": _lines(form.on_success), "on_update_failure": _lines(form.on_failure)}
    if any(told.values()):
        body["email_notifications"] = {name: lines for name, lines in told.items() if lines}
    if grants := [_grant(grant) for grant in form.grants if grant.name]:
        body["permissions"] = grants
    return body


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.replace(",", "\n").splitlines() if line.strip()]


def _grant(form: GrantForm) -> dict[str, Any]:
    known = {PRINCIPALS.get(form.kind, "user_name"): form.name, "permission_level": form.level}
    return merged(form.extra, known)


def from_body(name: str, body: dict[str, Any], kind: Kind, *, copied: bool = False) -> EndpointForm:
    """The form of a body whose secrets are marks already; its kind is that of its entities, if it says so."""
    kind = config.kind_of(branch(body, "config"), kind)
    form = EndpointForm(kind=kind, name=name)
    for field_ in ("description", "budget_policy_id"):
        setattr(form, field_, str(body.get(field_) or ""))
    form.route_optimized = body.get("route_optimized") is True
    told = branch(body, "email_notifications")
    form.on_success, form.on_failure = _joined(told, "on_update_success"), _joined(told, "on_update_failure")
    if branch(body, "config").get("served_entities"):
        form.entities = config.from_config(branch(body, "config"), kind, copied=copied)
    form.tags = [_tag(row) for row in rows(body, "tags")]
    form.gateway = gateway.from_gateway(branch(body, "ai_gateway"), kind)
    form.grants = [_grant_form(row) for row in rows(body, "permissions")]
    form.extra = leftover({k: v for k, v in body.items() if k != "name"}, _known(form))
    return form


def _joined(told: dict[str, Any], field_: str) -> str:
    value = told.get(field_)
    return "\n".join(str(item) for item in value) if isinstance(value, list) else ""


def _tag(row: dict[str, Any]) -> TagForm:
    form = TagForm(str(row.get("key") or ""), str(row.get("value") or ""))
    form.extra = leftover(row, {"key": "", "value": ""})
    return form


def _grant_form(row: dict[str, Any]) -> GrantForm:
    kind = next((kind for kind, key in PRINCIPALS.items() if row.get(key)), "user")
    form = GrantForm(kind, str(row.get(PRINCIPALS[kind]) or ""), str(row.get("permission_level") or "CAN_QUERY"))
    form.extra = leftover(row, _grant(form))
    return form


def as_json(form: EndpointForm) -> str:
    """The JSON tab's text: the name and the body, secrets as marks."""
    return json.dumps({"name": form.name, **write(form)}, indent=2, ensure_ascii=False)


def from_json(data: dict[str, Any], kind: Kind, owner: str) -> EndpointForm:
    """The form of a JSON text's object. Typed secrets in it are held for `owner`."""
    body = held.hold_all(owner, data)
    name = body.get("name")
    return from_body(name if isinstance(name, str) else "", body, kind)
