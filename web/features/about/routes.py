"""GET /about."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import CallerDep, ServicesDep
from web.features.about import queries
from web.html import page

router = APIRouter(include_in_schema=False)


@router.get("/about")
def about(request: Request, who: CallerDep, parts: ServicesDep) -> Response:
    """This portal, as the person who asks meets it."""
    return page(request, "about/show.html", view=queries.view(parts, who))
