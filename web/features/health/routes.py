"""GET /healthz (this process answers) and /readyz (workspace, database, durable history, effective scopes)."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.deps import ServicesDep
from web.errors import NotFound
from web.features.health.queries import readiness

router = APIRouter()


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """200 as soon as the port is open; asks nobody."""
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


@router.get("/readyz")
def readyz(request: Request, parts: ServicesDep) -> JSONResponse:
    """200 when changes can be made and recorded, else 503 with the reason in the body."""
    found = readiness(parts, dict(request.headers), dict(request.cookies))
    status = 200 if found["ready"] else 503
    return JSONResponse(found, status, headers={"Cache-Control": "no-store"})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The portal's own figures for Prometheus; 404 unless PORTAL_METRICS is on. They name routes, never endpoints."""
    text = request.app.state.telemetry.text()
    if not text:
        raise NotFound("The portal's figures are switched off.", hint="PORTAL_METRICS=true switches them on.")
    return Response(text, media_type="text/plain; version=0.0.4")
