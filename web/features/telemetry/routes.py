"""GET and POST /endpoints/{name}/telemetry."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import tree
from web.changes.kinds import Base, Kind
from web.changes.telemetry import unsupported
from web.deps import ActorDep, LedgerDep, WorkspaceDep
from web.features.endpoint_tabs import check_manages, head
from web.features.telemetry import forms
from web.features.telemetry.forms import TelemetryForm
from web.html.respond import done, page
from web.workspace import sight
from web.workspace.client import Workspace

router = APIRouter(include_in_schema=False)


async def _fields(request: Request) -> tree.Tree:
    """The submitted fields; files are left out."""
    form = await request.form(max_fields=tree.MAX_FIELDS)
    return tree.parse((name, value) for name, value in form.multi_items() if isinstance(value, str))


FieldsDep = Annotated[tree.Tree, Depends(_fields)]


def _show(
    request: Request, ws: Workspace, name: str, form: TelemetryForm | None, base: Base | None, ledger: LedgerDep
) -> Response:
    raw = sight.endpoint(ws, name)
    status = 422 if form and form.errors else 200
    return page(
        request,
        "telemetry/show.html",
        status,
        endpoint=head(request, raw, "telemetry"),
        reason=unsupported(raw),
        labels=forms.LABELS,
        form=form or forms.opened(raw),
        base=base or drafts.open_base(ledger, Kind.TELEMETRY, raw),
    )


@router.get("/endpoints/{name}/telemetry")
def show(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, draft: str = ""
) -> Response:
    """What is recorded, and the form to change it; with `draft` as it was left for Review."""
    if not draft:
        return _show(request, ws, name, None, None, ledger)
    change, base = drafts.load(ledger, actor, draft)
    return _show(request, ws, name, forms.opened(change.body), base, ledger)


@router.post("/endpoints/{name}/telemetry")
def review(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """To the review, or the same form with what is wrong."""
    check_manages(request, sight.endpoint(ws, name))
    form, change = forms.review(fields, name)
    base = drafts.base_from_form(fields)
    if change is None:
        return _show(request, ws, name, form, base, ledger)
    return done(request, drafts.start(ledger, actor, change, base))
