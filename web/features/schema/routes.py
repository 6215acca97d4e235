"""GET /endpoints/{name}/schema. The raw document is the JSON API's `/openapi`."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from web.deps import WorkspaceDep
from web.features.endpoint_tabs import head
from web.features.schema import queries
from web.html import page

router = APIRouter(include_in_schema=False)


@router.get("/endpoints/{name}/schema")
def show(request: Request, ws: WorkspaceDep, name: str, entity: str = "", left: str = "", right: str = "") -> Response:
    """The fields of one served entity, and the differences between two."""
    view = queries.view(ws, name, entity, left, right)
    endpoint = head(request, view.endpoint, "schema")
    return page(request, "schema/show.html", name=name, endpoint=endpoint, view=view)
