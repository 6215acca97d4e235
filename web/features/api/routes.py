"""The routes of /api/v1, put together from one module per thing."""

from fastapi import APIRouter

from web.features.api import audit, changes, docs, endpoints, invocations, permissions

router = APIRouter()
for part in (invocations, endpoints, permissions, changes, audit, docs):  # the first is found soonest
    router.include_router(part.router)
