"""GET and POST /endpoints/{name}/config, its JSON tab, and what the edit changes so far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import choices, tree
from web.changes.forms.problems import Problems
from web.changes.forms.tried import Tried
from web.deps import ActorDep, FieldsDep, LedgerDep, WorkspaceDep
from web.features.config import changed, edits, start, submit
from web.features.config.changed import Changed
from web.features.config.forms import ConfigForm, with_base
from web.features.endpoint_tabs import check_manages, head
from web.html import Toast, done, fragment, page
from web.workspace import sight
from web.workspace.client import Workspace

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class View:
    """What the page needs besides the form. Versions come with the page, other choices when they are needed."""

    changed: Changed
    picks: choices.Picks = field(default_factory=choices.Picks)
    problems: Problems = field(default_factory=Problems)
    notes: Sequence[str] = ()
    focus: str = ""


@dataclass(frozen=True)
class Edit:
    """One request's endpoint, and the config its edit began from."""

    request: Request
    ws: Workspace
    raw: dict[str, Any]
    before: dict[str, Any]

    def show(self, form: ConfigForm, view: View, status: int = 200, **more: Any) -> Response:
        """The page with the form, or with `tab="json"`."""
        top = head(self.request, self.raw, "config")
        context = {"tab": "form", "form": form, "view": view, "now": start.now(self.raw), **choices.SHARED, **more}
        return page(self.request, "config/edit.html", status, endpoint=top, **context)

    def form(
        self, form: ConfigForm, *, problems: Problems | None = None, focus: str = "", full: bool = True
    ) -> Response:
        """The form tab; 422 with problems. `full`: every choice is listed at once."""
        ask = choices.of_form if full else choices.versions_only
        found = ask(self.ws, form.entities, form.kind)
        view = View(changed.changed(form, self.before), found, problems or Problems(), focus=focus)
        return self.show(form, view, 422 if problems else 200)

    def json(self, tried: Tried[ConfigForm]) -> Response:
        """The JSON tab; 422 with problems."""
        view = View(changed.changed(tried.form, self.before), problems=tried.problems)
        status = 422 if tried.problems.summary else 200
        return self.show(tried.form, view, status, tab="json", text=tried.text, line=tried.line)

    def again(self, tried: Tried[ConfigForm]) -> Response:
        """The same tab with its messages."""
        return self.json(tried) if tried.tab == "json" else self.form(tried.form, problems=tried.problems)


@router.get("/endpoints/{name}/config")
def edit(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """The form; `start=tried` begins with the config that was tried, `draft` with what was left at Review."""
    raw = sight.endpoint(ws, name)
    top = head(request, raw, "config")
    if not top.can_manage:
        return page(request, "config/closed.html", endpoint=top)
    asked = request.query_params
    if asked.get("draft"):
        form = start.reopened(ledger, actor, raw, asked["draft"])
    else:
        form = start.opened(ledger, raw, asked.get("start", ""), asked.get("kind", ""))
    return Edit(request, ws, raw, start.before(ledger, raw, form)).form(form, full=False)


@router.post("/endpoints/{name}/config")
def press(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """A button of the form: one that changes the form shows it again, Review starts the draft or says what is wrong."""
    now = _edit(request, ws, ledger, name, fields)
    tried = submit.convert(fields, actor.email, now.before)
    do = tree.text(fields, "do", "review")
    if do != "review":
        return now.form(tried.form, focus=edits.apply(tried.form, do))
    tried = submit.review(ws, actor, now.raw, tried, now.before)
    if tried.change is None:
        return now.again(tried)
    base = drafts.base_from_form(fields)
    said = " ".join(tried.said)
    return done(request, drafts.start(ledger, actor, tried.change, base), Toast(said, "info") if said else None)


@router.post("/endpoints/{name}/config/convert")
def convert(
    request: Request,
    name: str,
    fields: FieldsDep,
    ws: WorkspaceDep,
    ledger: LedgerDep,
    actor: ActorDep,
    to: Literal["json", "form"] = "json",
) -> Response:
    """The same value on the other tab."""
    now = _edit(request, ws, ledger, name, fields)
    tried = submit.convert(fields, actor.email, now.before)
    if tried.problems.summary or to == "json":
        return now.again(tried) if tried.problems.summary else now.json(tried)
    return now.form(tried.form, full=False)


@router.post("/endpoints/{name}/config/changes")
def changes(request: Request, name: str, fields: FieldsDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """What the form would change, while it is filled in. Asks the workspace nothing and keeps nothing typed."""
    seen = changed.untyped(fields)
    blank = with_base(ConfigForm(), seen)
    before = start.remembered(ledger, name, blank)
    tried = submit.convert(seen, actor.email, before)
    found = changed.changed(tried.form, before)
    return fragment(request, "config/changes.oob.html", form=tried.form, changed=found, broken=tried.problems.summary)


def _edit(request: Request, ws: Workspace, ledger: LedgerDep, name: str, fields: tree.Tree) -> Edit:
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    return Edit(request, ws, raw, start.before(ledger, raw, with_base(ConfigForm(), fields)))
