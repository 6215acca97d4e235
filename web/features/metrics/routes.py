"""GET /endpoints/{name}/metrics, its live part and the raw text; POST …/metrics/pin."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.db import samples
from web.deps import CallerDep, MayDep, ServicesDep, WorkspaceDep
from web.errors import Invalid
from web.features.endpoint_tabs import head
from web.features.metrics import queries
from web.features.metrics.collect import now_ms
from web.html import Toast, done, fragment, page
from web.workspace import serving, sight

router = APIRouter(include_in_schema=False)
TOO_MANY = f"{samples.MOST_PINNED} endpoints are pinned already. Unpin one first."


@router.get("/endpoints/{name}/metrics")
def show(
    request: Request, name: str, who: CallerDep, may: MayDep, parts: ServicesDep, span: str = "", entity: str = ""
) -> Response:
    """The page: charts, and the same figures as tables."""
    raw = sight.endpoint(who.workspace, name)
    context: dict[str, Any] = {"name": name, "endpoint": head(request, raw, "metrics"), "host": who.workspace.host}
    if nothing := queries.nothing(raw):
        return page(request, "metrics/none.html", **context, title=nothing[0], note=nothing[1])
    view = queries.fresh(parts.engine, who.workspace, raw, may, span, entity)
    return page(request, "metrics/show.html", **context, view=view, ranges=queries.RANGES)


@router.get("/endpoints/{name}/metrics/data")
def data(
    request: Request, name: str, ws: WorkspaceDep, may: MayDep, parts: ServicesDep, span: str = "", entity: str = ""
) -> Response:
    """The figures alone, asked for again while the page is open."""
    raw = sight.endpoint(ws, name)
    if nothing := queries.nothing(raw):
        raise Invalid(nothing[1])
    return fragment(
        request, "metrics/_data.html", name=name, view=queries.fresh(parts.engine, ws, raw, may, span, entity)
    )


@router.get("/endpoints/{name}/metrics/raw")
def text(name: str, ws: WorkspaceDep) -> Response:
    """The workspace's own text, asked for with this person's token."""
    told = sight.of(ws, name, lambda: serving.metrics(ws, name))
    return PlainTextResponse(told, headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})


@router.get("/endpoints/{name}/metrics/text")
def shown(request: Request, name: str, ws: WorkspaceDep) -> Response:
    """The same text as a part of the page, to read and to copy."""
    told = sight.of(ws, name, lambda: serving.metrics(ws, name))
    return fragment(request, "metrics/_text.html", keep=False, name=name, text=told)


@router.post("/endpoints/{name}/metrics/pin")
def pin(name: str, request: Request, who: CallerDep, parts: ServicesDep, on: Annotated[str, Form()] = "") -> Response:
    """Go on sampling when nobody looks, or stop that."""
    raw = sight.endpoint(who.workspace, name)
    if queries.nothing(raw):
        raise Invalid("This endpoint has no metrics to keep.")
    samples.look(parts.engine, str(raw["id"]), name, now_ms())
    pinned = samples.pin(parts.engine, str(raw["id"]), who.email if on else "")
    words = ("Pinned: sampled every minute from now on." if on else "Not pinned any more.") if pinned else TOO_MANY
    return done(request, f"/endpoints/{name}/metrics", Toast(words, "success" if pinned else "danger"))
