"""GET /api/docs: the JSON API in words and as an OpenAPI document. No script of anybody else is needed to read it."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from web.features.api.document import document
from web.html.respond import page

router = APIRouter(prefix="/api", include_in_schema=False)


@router.get("/openapi.json")
def openapi_json(request: Request) -> JSONResponse:
    """The machine's version."""
    return JSONResponse(document(request.app))


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The person's version."""
    spec: dict[str, Any] = document(request.app)
    calls = [
        {"method": method.upper(), "path": path, **operation}
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
    ]
    return page(request, "api/docs.html", calls=calls)
