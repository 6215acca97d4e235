"""GET /api/docs: the JSON API in words and as an OpenAPI document. No script of anybody else is needed to read it."""

from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse

from web import __version__
from web.html.respond import page

router = APIRouter(prefix="/api", include_in_schema=False)


def document(request: Request) -> dict[str, Any]:
    """The OpenAPI document of /api/v1."""
    return _document(request.app)


@cache
def _document(app: FastAPI) -> dict[str, Any]:
    whole = get_openapi(title="Serving Portal", version=__version__, routes=app.routes)
    return {**whole, "paths": {p: calls for p, calls in whole["paths"].items() if p.startswith("/api/v1")}}


@router.get("/openapi.json")
def openapi_json(request: Request) -> JSONResponse:
    """The machine's version."""
    return JSONResponse(document(request))


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The person's version."""
    spec = document(request)
    calls = [
        {"method": method.upper(), "path": path, **operation}
        for path, operations in spec["paths"].items()
        for method, operation in operations.items()
    ]
    return page(request, "api/docs.html", calls=calls)
