"""GET /api/v1/audit…: the history a person may see, its export and its proof."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse

from web.audit import queries
from web.audit.export import FORMATS, export
from web.audit.models import OUTCOMES
from web.audit.verify import verify
from web.deps import LedgerDep, MayDep
from web.errors import Invalid
from web.features.api.shapes import Answers, Operations, VerdictJson

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])
MOMENT = {"type": "string", "description": "A date or time as in ISO 8601, or milliseconds since 1970"}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
WORD = {"type": "string"}
FILTERS = {
    "endpoint": WORD, "actor": WORD, "kind": WORD, "outcome": {"type": "string", "enum": [*OUTCOMES]}, "q": WORD,
    "since": MOMENT, "until": MOMENT, "cursor": NUMBER, "limit": NUMBER,
}  # fmt: skip
FILTERED = {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in FILTERS.items()]}
EXPORTED: Answers = {
    200: {
        "description": "All of it",
        "content": {kind.split(";")[0]: {"schema": {"type": "string"}} for kind in FORMATS.values()},
    }
}


@router.get("", responses={200: {"model": Operations}}, openapi_extra=FILTERED)
def list_operations(request: Request, ledger: LedgerDep, may: MayDep) -> JSONResponse:
    """`{"operations": [O…], "next_cursor"}` newest first; filters endpoint, actor, kind, outcome, since, until, q."""
    found = queries.page(ledger.engine, queries.parse_filter(dict(request.query_params)), may)
    return JSONResponse({"operations": [o.as_json() for o in found.operations], "next_cursor": found.next_cursor})


@router.get("/export", response_class=StreamingResponse, responses=EXPORTED, openapi_extra=FILTERED)
def export_operations(
    request: Request,
    ledger: LedgerDep,
    may: MayDep,
    form: Annotated[str, Query(alias="format", json_schema_extra={"enum": [*FORMATS]})] = "jsonl",
) -> StreamingResponse:
    """The operations as JSONL, CSV or CEF, streamed."""
    if form not in FORMATS:
        raise Invalid(f"The format is one of {', '.join(FORMATS)}.", field="format")
    wanted = queries.parse_filter(dict(request.query_params))
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(export(ledger.engine, wanted, may, form), media_type=FORMATS[form], headers=headers)


@router.get("/verify", responses={200: {"model": VerdictJson}})
def verify_chain(ledger: LedgerDep) -> JSONResponse:
    """`{"ok", "rows", "head", "first_bad"}`, held against the last checkpoint of this process too."""
    marks = [ledger.checkpoint] if ledger.checkpoint else []
    verdict = verify(ledger.engine, ledger.key, marks)
    return JSONResponse({"ok": verdict.ok, "rows": verdict.rows, "head": verdict.head, "first_bad": verdict.first_bad})
