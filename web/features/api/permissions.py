"""GET /api/v1/endpoints/{name}/permissions…: who may do what, by the endpoint's name instead of its id."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from web.deps import WorkspaceDep
from web.features.api.shapes import Levels
from web.workspace import serving, sight

router = APIRouter(prefix="/api/v1/endpoints", tags=["endpoints"])


@router.get("/{name}/permissions")
def get_permissions(name: str, ws: WorkspaceDep) -> JSONResponse:
    """The workspace's `{"object_id", "object_type", "access_control_list"}`; needs CAN_MANAGE."""
    raw = sight.endpoint(ws, name)
    return JSONResponse(serving.permissions(ws, str(raw.get("id") or "")))


@router.get("/{name}/permissions/levels", responses={200: {"model": Levels}})
def get_levels(name: str, ws: WorkspaceDep) -> JSONResponse:
    """`{"permission_levels": [{"permission_level", "description"}]}`: what can be granted."""
    raw = sight.endpoint(ws, name)
    return JSONResponse({"permission_levels": serving.permission_levels(ws, str(raw.get("id") or ""))})
