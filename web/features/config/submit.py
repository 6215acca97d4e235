"""From submitted fields to a Change, by either tab; or to the same fields with what is wrong with them."""

from typing import Any

from web.changes import preflight
from web.changes.checks import Finding
from web.changes.forms import held, live, rules
from web.changes.forms.problems import problems
from web.changes.forms.tree import Tree, text
from web.changes.forms.tried import Tried, parsed
from web.changes.kinds import Change, Kind
from web.changes.perform import Actor
from web.changes.plan import plan
from web.features.config import changed, start
from web.features.config.forms import ConfigForm, as_json, from_json, kind_named, read, with_base, write
from web.workspace.client import Workspace

UNCHANGED = "Nothing is changed yet: this is the config the edit began from."


def convert(fields: Tree, owner: str, before: dict[str, Any]) -> Tried[ConfigForm]:
    """The submitted value as a form and as text, whichever tab it came from. `before`: what the edit began from."""
    if text(fields, "tab") != "json":
        form = read(fields, owner)
        return Tried(form, text=as_json(form))
    typed = text(fields, "json")
    blank = with_base(ConfigForm(kind_named(text(fields, "kind"))), fields)
    data, wrong = parsed(typed, blank)
    if wrong:
        return wrong
    form = with_base(from_json(data, blank.kind, owner, start.names(before)), fields)
    return Tried(form, "json", as_json(form))


def review(
    ws: Workspace, actor: Actor, raw: dict[str, Any], tried: Tried[ConfigForm], before: dict[str, Any]
) -> Tried[ConfigForm]:
    """The change to review, or what forbids it. Nothing is sent."""
    if tried.problems.summary:
        return tried
    form = tried.form
    if before and changed.nothing(form, before):
        tried.problems = problems([Finding("", UNCHANGED)])
        return tried
    aliases = [entity.entity_version for entity in form.entities]
    found, said = rules.resolve_aliases(ws, form.entities, form.kind)
    body = write(form)
    found += _findings(ws, actor, raw, form, body, {finding.path for finding in found})
    if found:
        for entity, version in zip(form.entities, aliases, strict=True):
            entity.entity_version = version
        tried.problems = problems(found)
        return tried
    sent, _ = held.give_all(actor.email, body)
    tried.change = Change(kind=Kind.CONFIG, endpoint=str(raw["name"]), body=sent)
    tried.said = said
    return tried


def _findings(
    ws: Workspace, actor: Actor, raw: dict[str, Any], form: ConfigForm, body: dict[str, Any], told: set[str]
) -> list[Finding]:
    """Rules of single fields. What the endpoint's state forbids is for the Review page to say: it may pass."""
    filled, gone = held.give_all(actor.email, body, live.values(raw))
    found = [Finding(path, rules.GONE) for path in gone]
    found += rules.variables_named_twice(form.entities)
    change = Change(kind=Kind.CONFIG, endpoint=str(raw["name"]), body=filled)
    now, facts = preflight.gather(ws, change)
    found += [f for f in plan(change, now, facts).blockers if f.path and f.path not in told]
    found += rules.secrets(ws, filled)
    return list(dict.fromkeys(found))
