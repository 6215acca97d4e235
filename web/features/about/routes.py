"""GET /about, and who asks, for a page that the browser has kept."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.deps import CallerDep, ServicesDep
from web.features.about import queries
from web.html import page

router = APIRouter(include_in_schema=False)


@router.get("/about")
def about(request: Request, who: CallerDep, parts: ServicesDep) -> Response:
    """This portal, as the person who asks meets it."""
    return page(request, "about/show.html", view=queries.view(parts, who))


@router.get("/about/person")
async def person(who: CallerDep) -> Response:
    """The e-mail address of who asks: a page shown again from memory is theirs only if it says the same.

    Not `no-store`: Chromium lets go of a kept page that has fetched such an answer.
    """
    return PlainTextResponse(who.email, headers={"Cache-Control": "private, no-cache", "Vary": "Cookie"})
