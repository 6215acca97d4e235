"""GET /endpoints/{name}/settings; POST …/settings/tags and …/settings/notifications lead to Review."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.changes import drafts
from web.changes.forms import tree
from web.deps import ActorDep, FieldsDep, LedgerDep, WorkspaceDep
from web.features.endpoint_tabs import check_manages, head, hosted
from web.features.settings import forms
from web.features.settings.queries import Settings, left_at_review, settings
from web.html import done, page
from web.workspace import sight

router = APIRouter(prefix="/endpoints/{name}/settings", include_in_schema=False)


def _page(request: Request, raw: dict[str, Any], view: Settings, status: int = 200) -> Response:
    return page(request, "settings/show.html", status, endpoint=head(request, raw, "settings"), view=view)


@router.get("")
def show(
    request: Request, name: str, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep, draft: str = ""
) -> Response:
    """The forms, or for somebody who may not change the endpoint its values; with `draft` what was left at Review."""
    raw = sight.endpoint(ws, name)
    if not raw.get("id"):
        return hosted(request, raw, "settings")
    left = left_at_review(ledger, actor, name, draft) if draft else None
    return _page(request, raw, settings(ledger, raw, left))


@router.post("/tags")
def tags(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """A row more or less, or on to Review; 422 with the messages beside their fields."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    form, base = forms.read_tags(fields), drafts.base_from_form(fields)
    pressed = forms.press(form, tree.text(fields, "do"))
    change = None if pressed else form.change(name)
    if change is not None:
        return done(request, drafts.start(ledger, actor, change, base))
    live = settings(ledger, raw)
    view = Settings(form, live.mail, base or live.tags_base, live.mail_base, live.fixed)
    return _page(request, raw, view, 200 if pressed else 422)


@router.post("/notifications")
def notifications(
    request: Request, name: str, fields: FieldsDep, ws: WorkspaceDep, ledger: LedgerDep, actor: ActorDep
) -> Response:
    """On to Review; 422 with the messages beside their fields."""
    raw = sight.endpoint(ws, name)
    check_manages(request, raw)
    form, base = forms.read_mail(fields), drafts.base_from_form(fields)
    change = form.change(name)
    if change is not None:
        return done(request, drafts.start(ledger, actor, change, base))
    live = settings(ledger, raw)
    view = Settings(live.tags, form, live.tags_base, base or live.mail_base, live.fixed)
    return _page(request, raw, view, 422)
