"""GET /api/v1/audit…: the history a person may see, its export and its proof."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from web.audit import queries
from web.audit.export import FORMATS, export
from web.audit.verify import verify
from web.deps import LedgerDep, MayDep
from web.errors import Invalid

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


@router.get("")
def list_operations(request: Request, ledger: LedgerDep, may: MayDep) -> JSONResponse:
    """`{"operations": [O…], "next_cursor"}` newest first; filters endpoint, actor, kind, outcome, since, until, q."""
    found = queries.page(ledger.engine, queries.parse_filter(dict(request.query_params)), may)
    return JSONResponse({"operations": [o.as_json() for o in found.operations], "next_cursor": found.next_cursor})


@router.get("/export")
def export_operations(
    request: Request, ledger: LedgerDep, may: MayDep, form: Annotated[str, Query(alias="format")] = "jsonl"
) -> StreamingResponse:
    """The operations as JSONL, CSV or CEF, streamed."""
    if form not in FORMATS:
        raise Invalid(f"The format is one of {', '.join(FORMATS)}.", field="format")
    wanted = queries.parse_filter(dict(request.query_params))
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(export(ledger.engine, wanted, may, form), media_type=FORMATS[form], headers=headers)


@router.get("/verify")
def verify_chain(ledger: LedgerDep) -> JSONResponse:
    """`{"ok", "rows", "head", "first_bad"}`, held against the last checkpoint of this process too."""
    marks = [ledger.checkpoint] if ledger.checkpoint else []
    verdict = verify(ledger.engine, ledger.key, marks)
    return JSONResponse({"ok": verdict.ok, "rows": verdict.rows, "head": verdict.head, "first_bad": verdict.first_bad})
