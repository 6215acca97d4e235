"""The routes of /api/v1, put together from one module per thing."""

from fastapi import APIRouter

from web.features.api import audit, changes, docs, endpoints, permissions

router = APIRouter()
for part in (endpoints, permissions, changes, audit, docs):
    router.include_router(part.router)
