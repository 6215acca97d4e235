"""POST /api/v1/endpoints/{name}/invocations: passed on, streamed as it comes, never sent twice."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import StreamingResponse

from web.deps import InvokerDep, WorkspaceDep
from web.workspace.invoke import Answer

router = APIRouter(prefix="/api/v1/endpoints", tags=["invocations"])


@router.post("/{name}/invocations")
async def invoke(
    name: str, request: Request, ws: WorkspaceDep, invoker: InvokerDep, served_entity: str | None = None
) -> StreamingResponse:
    """The endpoint's answer, or that of one served entity, with its own status and content type."""
    body = await request.body()
    answer = await invoker.open(ws, name, body, request.headers, entity=served_entity)
    return StreamingResponse(_pass(answer), answer.status, answer.headers)


async def _pass(answer: Answer) -> AsyncIterator[bytes]:
    async with answer:
        async for chunk in answer.chunks():
            yield chunk
