"""Draws the pattern pages. The one POST only shows how a form answers; nothing is written anywhere."""

import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from web.errors import Conflict, Unavailable
from web.features.patterns import samples
from web.html import Toast, done, error_page, fragment, invalid, page

router = APIRouter(prefix="/patterns", include_in_schema=False)
Example = Literal["list", "endpoint", "form", "review"]


def _samples() -> dict[str, Any]:
    return {"samples": samples, "now_ms": time.time() * 1000}


@router.get("")
async def index(request: Request) -> Response:
    """All components, one section a family."""
    return page(request, "patterns/index.html", current="components", **_samples())


@router.get("/rows")
async def rows(request: Request, q: str = "", kind: str = "") -> Response:
    """The table of the example list, filtered: the answer to a filter bar."""
    found = [row for row in samples.ROWS if q.lower() in row.name and kind in ("", row.kind)]
    return fragment(request, "patterns/_rows.html", rows=found, replace_url=f"/patterns/list?{request.url.query}")


@router.get("/live")
async def live(request: Request, step: int = 0) -> Response:
    """A fragment that asks again until it is settled: three steps here."""
    return fragment(request, "patterns/_live.html", step=min(step + 1, 3))


@router.get("/panel")
async def panel(request: Request) -> Response:
    """A panel whose source is down: what a lazily loaded part shows then."""
    hint = "Nothing was changed by asking. Try again in a minute."
    return error_page(request, Unavailable("The workspace did not answer within 10 seconds.", hint=hint))


@router.get("/error")
async def error(request: Request) -> Response:
    """The error page."""
    hint = "Wait until version 4 is READY, or look at what it is waiting for."
    command = "databricks serving-endpoints get fraud-detector"
    message = "An update of fraud-detector is in progress."
    return error_page(request, Conflict(message, hint=hint, command=command, request_id="8d4f-21aa"))


@router.post("/form")
async def submit(request: Request, name: Annotated[str, Form()] = "") -> Response:
    """A form that checks one field and sends nothing."""
    if not name.replace("-", "").replace("_", "").isalnum():
        message = "Use letters, digits, dashes and underscores only; start with a letter or digit."
        return invalid(request, "patterns/form.html", current="form", error=message, name=name, **_samples())
    return done(
        request, "/patterns/form", Toast(f"{name} would be reviewed now", hint="Nothing was sent: this is an example.")
    )


@router.get("/{example}")
async def example(request: Request, example: Example, q: str = "", kind: str = "") -> Response:
    """A whole page made of the components: an endpoint list, an endpoint, a form, a review."""
    found = [row for row in samples.ROWS if q.lower() in row.name and kind in ("", row.kind)]
    more: dict[str, Any] = {"rows": found, "q": q, "kind": kind, "error": "", "name": ""}
    return page(request, f"patterns/{example}.html", current=example, **more, **_samples())
