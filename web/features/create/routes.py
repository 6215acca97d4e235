"""New endpoint: the chooser, the form, its JSON tab, and the small answers beside its fields."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import choices, picks, secret, tree
from web.changes.forms.entity import KINDS
from web.changes.forms.people import people
from web.changes.forms.problems import Problems
from web.changes.forms.tried import Tried
from web.deps import ActorDep, FieldsDep, LedgerDep, WorkspaceDep
from web.features.create import edits, queries, submit
from web.features.create.copying import copy_of
from web.features.create.forms import EndpointForm, blank, kind_named
from web.html import Toast, done, fragment, page
from web.identity.roles import Role

router = APIRouter(prefix="/endpoints/new", include_in_schema=False)


@dataclass(frozen=True)
class View:
    """What the page needs besides the form."""

    picks: choices.Picks = field(default_factory=choices.Picks)
    problems: Problems = field(default_factory=Problems)
    notes: Sequence[str] = ()
    focus: str = ""


def _form_page(request: Request, form: EndpointForm, view: View, status: int = 200) -> Response:
    return page(request, "create/new.html", status, form=form, view=view, tab="form", **choices.SHARED)


def _json_page(request: Request, kind: str, text: str, view: View, status: int = 200, line: int = 0) -> Response:
    return page(
        request,
        "create/new.html",
        status,
        form=EndpointForm(kind=kind_named(kind)),
        view=view,
        tab="json",
        text=text,
        line=line,
    )


@router.get("")
def new(
    request: Request, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, kind: str = "", draft: str = ""
) -> Response:
    """The chooser; with `kind` an empty form; with `from` a copy of an endpoint; with `draft` what was left at it."""
    if request.state.role is Role.VIEWER:
        return page(request, "create/closed.html")
    source, notes = request.query_params.get("from", ""), list[str]()
    if draft:
        form = queries.form_of_draft(ledger, actor, draft)
    elif source:
        copied = copy_of(ws, source, actor.email, kind_named(kind) if kind else None)
        form, notes = copied.form, copied.notes
    elif kind in KINDS:
        form = blank(kind_named(kind))
    else:
        return page(request, "create/choose.html")
    return _form_page(request, form, View(notes=notes))


@router.post("")
def press(request: Request, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """A button of the form: one that changes the form shows it again, Review starts the draft or says what is wrong."""
    do = tree.text(fields, "do", "review")
    if do != "review":
        form = submit.form_in(fields, actor.email)
        focus = edits.apply(form, do)
        return _form_page(request, form, View(choices.of_form(ws, form.entities, form.kind), focus=focus))
    tried = submit.review(ws, actor, fields)
    if tried.change is None:
        return _again(request, ws, tried)
    toast = Toast(" ".join(tried.said), "info") if tried.said else None
    return done(request, drafts.start(ledger, actor, tried.change, None), toast)


@router.post("/convert")
def convert(
    request: Request, fields: FieldsDep, ws: WorkspaceDep, actor: ActorDep, to: Literal["json", "form"] = "json"
) -> Response:
    """The same value on the other tab."""
    tried = submit.convert(fields, actor.email)
    if tried.problems.summary:
        return _again(request, ws, tried)
    if to == "json":
        return _json_page(request, tried.form.kind, tried.text, View())
    return _form_page(request, tried.form, View(choices.of_form(ws, tried.form.entities, tried.form.kind)))


def _again(request: Request, ws: WorkspaceDep, tried: Tried[EndpointForm]) -> Response:
    if tried.tab == "json":
        return _json_page(request, tried.form.kind, tried.text, View(problems=tried.problems), 422, tried.line)
    return _form_page(
        request, tried.form, View(choices.of_form(ws, tried.form.entities, tried.form.kind), tried.problems), 422
    )


@router.get("/check")
def check(request: Request, ws: WorkspaceDep, value: str = "", name: str = "") -> Response:
    """Beside the name: whether it can be taken. `field` is always the name."""
    return fragment(request, "create/_name_check.html", check=queries.check_name(ws, (value or name).strip()))


def _picked(request: Request) -> tree.Tree:
    return tree.parse(request.query_params.multi_items())


@router.get("/pick/model")
def pick_model(request: Request, ws: WorkspaceDep, i: int = 0, kind: str = "custom", changed: str = "") -> Response:
    """The model picker of one entity: catalog, schema, model, version, throughput steps."""
    entity = submit.picked_entity(_picked(request), changed)
    found = picks.models(ws, entity, kind_named(kind))
    entity.entity_version = entity.entity_version or found.newest
    shown: dict[str, Any] = {"i": i, "e": entity, "kind": kind_named(kind), "mp": found, "errors": {}, "loaded": True}
    return fragment(request, "entities/_model.html", **shown)


@router.get("/pick/secret")
def pick_secret(request: Request, ws: WorkspaceDep, p: str = "") -> Response:
    """The scope and key of one secret, under the field name `p`."""
    form = secret.SecretForm("reference", *submit.scope_and_key(_picked(request)))
    scopes, keys = picks.scopes(ws), picks.keys(ws, form.scope)
    return fragment(request, "entities/_secret_pick.html", p=p, s=form, scopes=scopes, keys=keys, error="", loaded=True)


@router.get("/pick/people")
def pick_people(request: Request, ws: WorkspaceDep, i: int = 0, q: str = "", kind: str = "user") -> Response:
    """Suggestions for a grant's name. Where listing is refused there are none, and free text does."""
    rows = tree.rows(_picked(request), "permissions")
    row = rows[0] if rows else {"name": q, "kind": kind}
    found = people(ws, tree.text(row, "kind", "user"), tree.text(row, "name"))
    return fragment(request, "create/_people.html", i=i, people=found)
