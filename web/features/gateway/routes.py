"""GET and POST /endpoints/{name}/gateway, POST …/gateway/convert."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import tree
from web.changes.kinds import Base, Kind
from web.deps import ActorDep, LedgerDep, WorkspaceDep
from web.features.endpoint_tabs import check_manages, head
from web.features.gateway import forms, queries
from web.features.gateway.forms import Tried
from web.features.gateway.queries import GatewayView
from web.html.respond import done, page

router = APIRouter(include_in_schema=False)


async def _fields(request: Request) -> tree.Tree:
    """The submitted fields; files are left out."""
    form = await request.form(max_fields=tree.MAX_FIELDS)
    return tree.parse((name, value) for name, value in form.multi_items() if isinstance(value, str))


FieldsDep = Annotated[tree.Tree, Depends(_fields)]


def _show(
    request: Request, view: GatewayView, tried: Tried, base: Base | None, status: int = 200, focus: str = ""
) -> Response:
    top = head(request, view.raw, "gateway")
    return page(request, "gateway/show.html", status, focus=focus, endpoint=top, view=view, tried=tried, base=base)


@router.get("/endpoints/{name}/gateway")
def show(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, draft: str = ""
) -> Response:
    """What is in force, and the form to change it; with `draft` as it was left for Review."""
    view = queries.view(ws, name)
    wanted, base = view.gateway, drafts.open_base(ledger, Kind.GATEWAY, view.raw)
    if draft:
        change, then = drafts.load(ledger, actor, draft)
        wanted, base = (change.body, then or base) if change.kind is Kind.GATEWAY else (wanted, base)
    return _show(request, view, forms.opened(wanted, view.support.kind), base)


@router.post("/endpoints/{name}/gateway")
def press(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """A button of the form: one that changes the form shows it again, the others lead to Review."""
    view, do = queries.view(ws, name), tree.text(fields, "do", "review")
    check_manages(request, view.raw)
    base = drafts.base_from_form(fields)
    if do not in ("review", "move-table"):
        tried = forms.submitted(fields, view.support.kind)
        return _show(request, view, tried, base, focus=forms.press(tried.form, do))
    tried = forms.review(fields, view.raw, table_off=do == "move-table")
    if tried.change is None:
        return _show(request, view, tried, base, 422)
    return done(request, drafts.start(ledger, actor, tried.change, base))


@router.post("/endpoints/{name}/gateway/convert")
def convert(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, to: Literal["json", "form"] = "json"
) -> Response:
    """The same settings on the other tab."""
    view = queries.view(ws, name)
    check_manages(request, view.raw)
    tried = forms.submitted(fields, view.support.kind)
    tried.tab = tried.tab if tried.errors else to
    return _show(request, view, tried, drafts.base_from_form(fields), 422 if tried.errors else 200)
