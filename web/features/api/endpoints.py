"""GET /api/v1/endpoints…: what the caller may see; one endpoint's JSON is the workspace's own, nothing dropped."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from web.deps import WorkspaceDep
from web.features.api.shapes import EndpointRows, Logs, text
from web.features.api.views import endpoint_json
from web.workspace import serving, sight

router = APIRouter(prefix="/api/v1/endpoints", tags=["endpoints"])
Version = Annotated[int | None, Query(ge=1)]


@router.get("", responses={200: {"model": EndpointRows}})
def list_endpoints(ws: WorkspaceDep) -> JSONResponse:
    """`{"endpoints": [{"name", "kind", "task", "state", "creator", "tags", "served_entities"}]}`."""
    return JSONResponse({"endpoints": [endpoint_json(raw) for raw in serving.list_endpoints(ws)]})


@router.get("/{name}", responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}})
def get_endpoint(name: str, ws: WorkspaceDep) -> JSONResponse:
    """The workspace's JSON of one endpoint."""
    return JSONResponse(sight.endpoint(ws, name))


@router.get("/{name}/openapi", responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}})
def openapi(name: str, ws: WorkspaceDep) -> Response:
    """The endpoint's own OpenAPI document, as text."""
    return Response(sight.of(ws, name, lambda: serving.openapi(ws, name)), media_type="application/json")


@router.get("/{name}/metrics", response_class=Response, responses=text("text/plain", "Prometheus text"))
def metrics(name: str, ws: WorkspaceDep) -> Response:
    """Prometheus text; every value covers the last minute."""
    return Response(sight.of(ws, name, lambda: serving.metrics(ws, name)), media_type="text/plain")


@router.get("/{name}/served-entities/{entity}/logs", responses={200: {"model": Logs}})
def service_logs(name: str, entity: str, ws: WorkspaceDep, config_version: Version = None) -> JSONResponse:
    """`{"logs"}`: what the replicas of this served entity wrote lately."""
    return JSONResponse({"logs": sight.of(ws, name, lambda: serving.service_logs(ws, name, entity, config_version))})


@router.get("/{name}/served-entities/{entity}/build-logs", responses={200: {"model": Logs}})
def build_logs(name: str, entity: str, ws: WorkspaceDep, config_version: Version = None) -> JSONResponse:
    """`{"logs"}`: the container build of this served entity."""
    return JSONResponse({"logs": sight.of(ws, name, lambda: serving.build_logs(ws, name, entity, config_version))})
