"""GET and POST /endpoints/{name}/permissions, …/people while a name is typed, …/why, and POST …/grant."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import tree
from web.changes.forms.people import people
from web.deps import ActorDep, FieldsDep, LedgerDep, WorkspaceDep
from web.errors import Invalid
from web.features.endpoint_tabs import check_manages, head, hosted
from web.features.permissions import forms, queries
from web.features.permissions.forms import GrantsForm
from web.features.permissions.grants import Grant, kind_named
from web.html import done, fragment, page
from web.workspace import sight

router = APIRouter(prefix="/endpoints/{name}/permissions", include_in_schema=False)
Typed = Annotated[str, Form(max_length=300)]


@router.get("")
def show(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, draft: str = ""
) -> Response:
    """Who has which level; for those who manage it the form, with `draft` as it was left at Review."""
    raw = sight.endpoint(ws, name)
    if not raw.get("id"):
        return hosted(request, raw, "permissions")
    left = queries.left_at_review(ledger, actor, name, draft) if draft else None
    view = queries.view(ledger, ws, raw, left)
    top, command = head(request, raw, "permissions"), queries.commands(str(raw["id"]))
    return page(request, "permissions/show.html", endpoint=top, view=view, command=command)


@router.post("")
def submit(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """A row more or less, or on to Review; 422 with what is wrong."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    form, base = forms.read(fields), drafts.base_from_form(fields)
    live, ask = queries.changeable(ledger, ws, raw), partial(queries.named, ws)
    pressed = forms.press(form, tree.text(fields, "do"), ask)
    if not pressed and form.ready(live.access.direct, ask):
        return done(request, drafts.start(ledger, actor, form.change(name), base))
    again = queries.View(form, live.access, live.levels, base or live.base)
    endpoint = head(request, raw, "permissions")
    status = 200 if pressed and not form.errors else 422
    return page(request, "permissions/show.html", status, endpoint=endpoint, view=again)


@router.get("/summary")
def summary(request: Request, name: str, ws: WorkspaceDep) -> Response:
    """The direct grants in few words, for the overview."""
    raw = sight.endpoint(ws, name)
    found = queries.access(ws, raw)
    return fragment(request, "permissions/_summary.html", endpoint=head(request, raw, ""), access=found)


@router.get("/people")
def suggest(request: Request, name: str, ws: WorkspaceDep) -> Response:
    """Suggestions while a name is typed. Where listing is refused there are none, and free text does."""
    given = tree.parse(request.query_params.multi_items())
    row = tree.branch(given, "new") or given
    found = people(ws, tree.text(row, "kind", "user"), tree.text(row, "name") or tree.text(row, "who"))
    return fragment(request, "permissions/_people.html", people=found, at=tree.text(given, "at", "new"))


@router.get("/why")
def why(request: Request, name: str, ws: WorkspaceDep, kind: str = "user", who: str = "") -> Response:
    """What stands between somebody and an answer of this endpoint, step by step."""
    raw = sight.endpoint(ws, name)
    if not raw.get("id"):
        return hosted(request, raw, "permissions")
    top = head(request, raw, "permissions")
    context: dict[str, Any] = {"endpoint": top, "kind": kind_named(kind), "who": who.strip()[:300]}
    if not who.strip():
        return page(request, "permissions/why.html", **context, answer=None, whom=None, command="")
    whom = queries.who(ws, kind, context["who"])
    answer, found = queries.why(ws, raw, whom)
    command = queries.grant_command(str(raw["id"]), Grant(whom.kind, whom.name, whom.display, "CAN_QUERY"))
    return page(request, "permissions/why.html", **context, answer=answer, access=found, whom=whom, command=command)


@router.post("/grant")
def grant(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, kind: Typed, who: Typed
) -> Response:
    """To the review of granting CAN_QUERY to one principal; all other grants stay."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    live = queries.changeable(ledger, ws, raw)
    if not who.strip():
        raise Invalid("Name somebody to grant CAN_QUERY to.", field="who")
    rows = forms.with_level(live.access.direct, kind_named(kind), who.strip(), "CAN_QUERY")
    return done(request, drafts.start(ledger, actor, GrantsForm(rows).change(name), live.base))
