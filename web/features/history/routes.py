"""GET /endpoints/{name}/history, …/history/compare, GET and POST …/restore, POST …/history/adopt."""

from typing import Annotated

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts, observe
from web.changes.kinds import Kind
from web.deps import ActorDep, CallerDep, LedgerDep, MayDep
from web.errors import NotFound
from web.features.endpoint_tabs import head, hosted
from web.features.history.queries import PAGE, compare, opened, restoring, timeline
from web.html.respond import done, page
from web.html.toasts import Toast

router = APIRouter()
Ref = Annotated[str, Form(max_length=64)]


@router.get("/endpoints/{name}/history")
def index(
    request: Request,
    name: str,
    who: CallerDep,
    ledger: LedgerDep,
    may: MayDep,
    before: Annotated[int | None, Query(ge=0, lt=10**15)] = None,
) -> Response:
    """Operations of this portal and changes made elsewhere, newest first. Also for an endpoint that is gone."""
    past = opened(ledger, who, may, name, PAGE, before)
    if past.live and not past.live.get("id"):
        return hosted(request, past.live, "history")
    top = head(request, past.live, "history") if past.live else None
    return page(request, "history/index.html", endpoint=top, name=name, view=timeline(past, before))


@router.get("/endpoints/{name}/history/compare")
def show_compare(
    request: Request, name: str, who: CallerDep, ledger: LedgerDep, may: MayDep, a: str = "live", b: str = "live"
) -> Response:
    """Two versions side by side, field by field."""
    past = opened(ledger, who, may, name)
    view = compare(ledger, past, a, b)
    return page(request, "history/compare.html", name=name, view=view)


@router.get("/endpoints/{name}/restore")
def ask(request: Request, name: str, who: CallerDep, ledger: LedgerDep, may: MayDep, version: str) -> Response:
    """What a restore would change, and what cannot come back."""
    past = opened(ledger, who, may, name)
    view = restoring(ledger, past, version)
    base = drafts.open_base(ledger, Kind.RESTORE, past.live) if past.live else None
    return page(request, "history/restore.html", name=name, view=view, base=base, gone=past.live is None)


@router.post("/endpoints/{name}/restore")
def restore(
    request: Request,
    name: str,
    who: CallerDep,
    actor: ActorDep,
    ledger: LedgerDep,
    may: MayDep,
    version: Ref,
    base_hash: Ref = "",
    base_version: Ref = "",
) -> Response:
    """The restore as a new change, through Review like any other."""
    view = restoring(ledger, opened(ledger, who, may, name), version)
    base = drafts.base_from_form({"base_hash": base_hash, "base_version": base_version})
    return done(request, drafts.start(ledger, actor, view.restored.change, base))


@router.post("/endpoints/{name}/history/adopt")
def adopt(
    request: Request, name: str, who: CallerDep, ledger: LedgerDep, may: MayDep, seq: Annotated[int, Form()]
) -> Response:
    """Say of a change made elsewhere that it is meant: it is not pointed out any more."""
    past = opened(ledger, who, may, name)
    if seq not in {state.seq for state in past.snapshots}:
        raise NotFound("There is no such state, or you may not see it.")
    observe.adopt(ledger, name, seq, who.email)
    return done(request, f"/endpoints/{name}/history", Toast("Adopted: this is how the endpoint is meant to be."))
