"""From submitted fields to a Change, by either tab; or to the same fields with what is wrong with them."""

from typing import Any

from web.changes.checks import Finding
from web.changes.forms import entity, gateway, held, rules
from web.changes.forms.entity import EntityForm
from web.changes.forms.problems import problems
from web.changes.forms.tree import Tree, rows, text
from web.changes.forms.tried import Tried, parsed
from web.changes.kinds import Change, Kind
from web.changes.perform import Actor
from web.features.create import preflight
from web.features.create.forms import EndpointForm, as_json, from_json, kind_named, read, write
from web.workspace.client import Workspace


def form_in(fields: Tree, owner: str) -> EndpointForm:
    """The submitted form (of the form tab)."""
    return read(fields, owner)


def convert(fields: Tree, owner: str) -> Tried[EndpointForm]:
    """The submitted value as a form and as text, whichever tab it came from."""
    if text(fields, "tab") != "json":
        form = read(fields, owner)
        return Tried(form, text=as_json(form))
    typed = text(fields, "json")
    blank = EndpointForm(kind=kind_named(text(fields, "kind")))
    data, wrong = parsed(typed, blank)
    if wrong:
        return wrong
    form = from_json(data, blank.kind, owner)
    return Tried(form, "json", as_json(form))


def review(ws: Workspace, actor: Actor, fields: Tree) -> Tried[EndpointForm]:
    """The change to review, or what forbids it. Nothing is sent."""
    tried = convert(fields, actor.email)
    if tried.problems.summary:
        return tried
    gateway.tidy(tried.form.gateway)
    aliases = [entity.entity_version for entity in tried.form.entities]
    found, said = rules.resolve_aliases(ws, tried.form.entities, tried.form.kind, "config.")
    body, gone = held.give_all(actor.email, write(tried.form), {})
    found += [Finding(path, rules.GONE) for path in gone]
    found += rules.variables_named_twice(tried.form.entities, "config.")
    found += [Finding(f"ai_gateway.{path}", message) for path, message in gateway.slips(tried.form.gateway)]
    if not tried.form.name:
        found.insert(0, Finding("name", "Give the endpoint a name."))
        change = Change(kind=Kind.CREATE, endpoint="unnamed", body=body)
    else:
        change = Change(kind=Kind.CREATE, endpoint=tried.form.name[:200], body=body)
    unresolved = {finding.path for finding in found}
    found += [f for f in preflight.findings(ws, change) if f.path not in unresolved]
    if found:
        for entity_form, version in zip(tried.form.entities, aliases, strict=True):
            entity_form.entity_version = version
        tried.problems = problems(found)
        return tried
    tried.change, tried.said = change, said
    return tried


# A choice higher up makes those below it void.
_MODEL = ("entity_version", "measure")
BELOW = {
    "source": ("model", *_MODEL),
    "catalog": ("schema", "model", *_MODEL),
    "schema": ("model", *_MODEL),
    "model": _MODEL,
}


def picked_entity(fields: Tree, changed: str) -> EntityForm:
    """The entity of a picker's query, with what lies below the changed field emptied."""
    given = rows(fields, "served_entities")
    form = entity.read(given[0], "") if given else EntityForm()
    for name in BELOW.get(changed, ()):
        setattr(form, name, "")
    if changed:
        form.min_provisioned_throughput = form.max_provisioned_throughput = form.provisioned_model_units = ""
    return form


def scope_and_key(fields: Tree) -> tuple[str, str]:
    """Scope and key in the query of a secret picker."""
    probe = _only_leaf(fields)
    return text(probe, "scope"), text(probe, "key")


def _only_leaf(value: Any) -> dict[str, Any]:
    """The one object with a scope in a picker's query: it sends no other."""
    if isinstance(value, dict):
        if isinstance(value.get("scope"), str):
            return value
        return next((leaf for item in value.values() if (leaf := _only_leaf(item))), {})
    if isinstance(value, list):
        return next((leaf for item in value if (leaf := _only_leaf(item))), {})
    return {}
