"""GET and POST /endpoints/{name}/integrate, GET …/integrate/snippets, POST …/integrate/undo."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.deps import ActorDep, CallerDep, LedgerDep, MayDep, WorkspaceDep
from web.features.endpoint_tabs import check_manages, head
from web.features.integrate import forms, queries, snippets
from web.features.integrate.forms import Wiring
from web.html.respond import done, fragment, page
from web.workspace import sight

router = APIRouter(include_in_schema=False)
Short = Annotated[str, Form(max_length=100)]


def _show(request: Request, who: CallerDep, name: str, it: Wiring, status: int = 200) -> Response:
    raw = sight.endpoint(who.workspace, name)
    top = head(request, raw, "integrate")
    code = queries.as_code(who.workspace, raw, manages=top.manages)
    apps = queries.apps_for(who.workspace, who.email, name, manages=top.manages)
    shown = {"endpoint": top, "it": it, "code": code, "apps": apps, **_texts(it, queries.asked(who.workspace, raw))}
    return page(request, "integrate/show.html", status, **shown)


def _texts(it: Wiring, asked: Any) -> dict[str, Any]:
    """The texts as the components take them."""
    return {
        "wires": [text.tab() for text in snippets.wires(it)],
        "inside": [text.tab() for text in snippets.inside(it, asked)],
    }


@router.get("/endpoints/{name}/integrate")
def show(request: Request, name: str, who: CallerDep, ledger: LedgerDep, actor: ActorDep, draft: str = "") -> Response:
    """Three ways into an app with one key, and the endpoint as code; with `draft` as it was left for Review."""
    given = dict(request.query_params)
    if draft:
        change, _ = drafts.load(ledger, actor, draft)
        given = {**change.body, "key": change.body.get("resource_key", "")}
    return _show(request, who, name, forms.wiring(name, given))


@router.get("/endpoints/{name}/integrate/snippets")
def texts(request: Request, name: str, ws: WorkspaceDep) -> Response:
    """The snippets alone, for the key and app as they are typed."""
    raw, it = sight.endpoint(ws, name), forms.wiring(name, request.query_params)
    return fragment(request, "integrate/_snippets.html", it=it, **_texts(it, queries.asked(ws, raw)))


@router.post("/endpoints/{name}/integrate")
def act(
    request: Request,
    name: str,
    who: CallerDep,
    ledger: LedgerDep,
    actor: ActorDep,
    do: Short = "attach",
    key: Short = "",
    app: Short = "",
    permission: Short = "",
) -> Response:
    """To the review of attaching or detaching, or the same page with what is wrong."""
    check_manages(request, sight.endpoint(who.workspace, name))
    it = forms.wiring(name, {"key": key, "app": app, "permission": permission}, needs_app=True)
    if it.errors:
        return _show(request, who, name, it, 422)
    return done(request, drafts.start(ledger, actor, it.detach if do == "detach" else it.attach, None))


@router.post("/endpoints/{name}/integrate/undo")
def take_back(
    request: Request, name: str, ledger: LedgerDep, actor: ActorDep, may: MayDep, operation: Short
) -> Response:
    """To the review of the opposite of an attach or detach in the history."""
    change = queries.undone(ledger, may, name, operation)
    return done(request, drafts.start(ledger, actor, change, None))
