"""Delete, stop and start: each leads to the Review page, none sends anything by itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.kinds import Kind
from web.deps import ActorDep, LedgerDep, WorkspaceDep
from web.errors import Conflict, Forbidden
from web.features.endpoint_tabs import check_manages, head
from web.features.endpoints import forms
from web.features.endpoints.detail import loss
from web.html.respond import done, invalid, page
from web.workspace import sight

router = APIRouter()
Typed = Annotated[str, Form(max_length=300)]
Hash = Annotated[str, Form(max_length=64)]
Version = Annotated[str, Form(max_length=20)]


@router.get("/endpoints/{name}/delete")
def ask(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep) -> Response:
    """What is lost, and the field to type the name into."""
    raw = sight.endpoint(ws, name)
    top = head(request, raw, "overview")
    if not top.can_manage:
        hint = "Databricks runs it for all workspaces." if top.hosted else top.why_not("Deleting")
        raise Forbidden("You cannot delete this endpoint.", hint=hint)
    base = drafts.open_base(ledger, Kind.DELETE, raw)
    view = loss(ws, raw, top.kind)
    return page(request, "endpoints/delete.html", endpoint=top, loss=view, base=base, typed="", error="")


@router.post("/endpoints/{name}/delete")
def delete(
    request: Request,
    name: str,
    ws: WorkspaceDep,
    ledger: LedgerDep,
    actor: ActorDep,
    confirm: Typed = "",
    base_hash: Hash = "",
    base_version: Version = "",
) -> Response:
    """On to the review when the name was typed, else the same page with the message beside the field."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    base = drafts.base_from_form({"base_hash": base_hash, "base_version": base_version})
    change, error = forms.deletion(name, confirm)
    if change is not None:
        return done(request, drafts.start(ledger, actor, change, base))
    top = head(request, raw, "overview")
    shown = base or drafts.open_base(ledger, Kind.DELETE, raw)
    context = {"endpoint": top, "loss": loss(ws, raw, top.kind), "base": shown}
    return invalid(request, "endpoints/delete.html", **context, typed=confirm, error=error)


@router.post("/endpoints/{name}/stop")
def stop(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """To the review of stopping it. Raises Conflict for a kind of endpoint that cannot be stopped."""
    _stoppable(request, sight.endpoint(ws, name))
    return done(request, drafts.start(ledger, actor, forms.stop(name), None))


@router.post("/endpoints/{name}/start")
def start(request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep) -> Response:
    """To the review of starting it. Raises Conflict for a kind of endpoint that is never stopped."""
    _stoppable(request, sight.endpoint(ws, name))
    return done(request, drafts.start(ledger, actor, forms.start(name), None))


# Only custom models and agents can be stopped; each other kind has another way to cost or do nothing.
INSTEAD = {
    "external": "It has no compute of its own. To keep callers out, set a rate limit of 0 in its AI Gateway.",
    "provisioned": "Its throughput is billed while it exists: lower it in the config, or delete the endpoint.",
    "foundation": "It is paid per token and costs nothing while nobody calls it.",
    "feature": "It can scale to zero instead, or be deleted.",
    "empty": "It has no config yet: nothing runs.",
}


def _stoppable(request: Request, raw: dict[str, Any]) -> None:
    check_manages(request, raw)
    top = head(request, raw, "")
    if top.kind in INSTEAD:
        raise Conflict("This kind of endpoint cannot be stopped or started.", hint=INSTEAD[top.kind])
