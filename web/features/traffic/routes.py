"""GET and POST /endpoints/{name}/traffic."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import tree
from web.changes.kinds import Base, Kind
from web.deps import ActorDep, LedgerDep, WorkspaceDep
from web.features.endpoint_tabs import check_manages, head
from web.features.traffic import forms
from web.features.traffic.queries import from_draft, split, view
from web.html.respond import done, fragment, page
from web.workspace import sight

router = APIRouter()


async def _fields(request: Request) -> tree.Tree:
    form = await request.form(max_fields=tree.MAX_FIELDS)
    return tree.parse((name, value) for name, value in form.multi_items() if isinstance(value, str))


@router.get("/endpoints/{name}/traffic")
def show(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, draft: str = ""
) -> Response:
    """The split that serves, to be changed; with `draft` the numbers that were taken to Review."""
    raw = sight.endpoint(ws, name)
    shares = from_draft(ledger, actor, draft, name, split(raw.get("config"))) if draft else None
    return _page(request, raw, shares, drafts.open_base(ledger, Kind.TRAFFIC, raw))


@router.get("/endpoints/{name}/traffic/update")
def update(request: Request, name: str, ws: WorkspaceDep, since: str = "") -> Response:
    """What becomes of the update that runs; `since` is the config version that the form began from."""
    raw = sight.endpoint(ws, name)
    top = head(request, raw, "traffic")
    began = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else None
    return fragment(request, "traffic/_update.html", endpoint=top, view=view(raw, top.can_manage), since=began)


@router.post("/endpoints/{name}/traffic")
def press(
    request: Request,
    name: str,
    fields: Annotated[tree.Tree, Depends(_fields)],
    ws: WorkspaceDep,
    ledger: LedgerDep,
    actor: ActorDep,
) -> Response:
    """A canary step sets the numbers of the form; Review starts the draft, or says what is wrong beside the fields."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    shares, do = forms.shares_in(fields), tree.text(fields, "do", "review")
    base = drafts.base_from_form({key: tree.text(fields, key) for key in ("base_hash", "base_version")})
    shown = base or drafts.open_base(ledger, Kind.TRAFFIC, raw)
    if do != "review":
        return _page(request, raw, forms.stepped(shares, do), shown)
    change, shares = forms.checked(name, shares, raw)
    if shares.wrong:
        return _page(request, raw, shares, shown, 422)
    return done(request, drafts.start(ledger, actor, change, base))


def _page(
    request: Request, raw: dict[str, Any], shares: forms.Shares | None, base: Base, status: int = 200
) -> Response:
    top = head(request, raw, "traffic")
    seen = view(raw, top.can_manage, shares)
    return page(request, "traffic/show.html", status, endpoint=top, view=seen, base=base, since=base.config_version)
