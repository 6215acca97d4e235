"""POST /api/v1/changes and its plan: the one road to a write, as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from web.audit import queries
from web.changes import preview
from web.changes.kinds import Base, Change
from web.changes.perform import Moved, Result, perform
from web.deps import ActorDep, LedgerDep, MayDep, RequestIdDep, ServicesDep, WorkspaceDep, counted_change
from web.errors import Invalid, Unavailable
from web.features.api.shapes import Answers, OneOperation, PlanJson
from web.features.api.views import plan_json

router = APIRouter(prefix="/api/v1/changes", tags=["changes"])
LONGEST_KEY = 200
Key = Annotated[str, Header(alias="Idempotency-Key", include_in_schema=False)]
NEEDS_KEY = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
            "description": "Yours. The same key and body make one change, however often they are sent.",
        }
    ]
}
MADE: Answers = {
    200: {"model": OneOperation, "description": "The change that was made with this key before"},
    201: {"model": OneOperation, "description": "Made"},
    202: {"model": OneOperation, "description": "Sent; whether it arrived is not known yet"},
}


class PlanRequest(BaseModel):
    """`{"change": C}`."""

    model_config = ConfigDict(extra="forbid")

    change: Change


class ChangeRequest(PlanRequest):
    """`{"change": C, "base": B, "acknowledged": [codes of warnings]}`; without a base the live state is the base."""

    base: Base | None = None
    acknowledged: list[str] = Field(default_factory=list, max_length=20)


@router.post("/plan", responses={200: {"model": PlanJson}})
def make_plan(wanted: PlanRequest, ws: WorkspaceDep, ledger: LedgerDep) -> JSONResponse:
    """What a change would do. Nothing is sent but reads."""
    look = preview.look(ledger, ws, wanted.change)
    return JSONResponse(plan_json(look.plan, ledger, look.live, ws.host))


@router.post("", dependencies=[Depends(counted_change)], responses=MADE, openapi_extra=NEEDS_KEY)
def make_change(
    wanted: ChangeRequest,
    ws: WorkspaceDep,
    parts: ServicesDep,
    actor: ActorDep,
    request_id: RequestIdDep,
    idempotency_key: Key = "",
) -> JSONResponse:
    """201 with the operation; 202 while its outcome is unknown; 200 for a key that came before."""
    if parts.draining:
        raise Unavailable("The portal is stopping. Nothing was sent.", code="DRAINING", hint="Try again in a minute.")
    if not idempotency_key or len(idempotency_key) > LONGEST_KEY:
        raise Invalid(
            f"Send an Idempotency-Key header of 1 to {LONGEST_KEY} characters.", code="IDEMPOTENCY_KEY_MISSING"
        )
    try:
        result = perform(
            parts.ledger,
            ws,
            actor,
            wanted.change,
            wanted.base,
            idempotency_key,
            request_id,
            acknowledged=wanted.acknowledged,
        )
    except Moved as moved:
        clashes = [clash.as_json() for clash in moved.rebased.clashes]
        sides = {"base": moved.base, "live": moved.live, "mine": moved.mine, "conflicts": clashes}
        return JSONResponse({**moved.as_json(), **sides}, moved.status)
    return _answer(result)


@router.get("/{op_id}", responses={200: {"model": OneOperation}})
def get_change(op_id: str, ledger: LedgerDep, may: MayDep) -> JSONResponse:
    """`{"operation": O}`."""
    return JSONResponse({"operation": queries.operation(ledger.engine, op_id, may).as_json()})


def _answer(result: Result) -> JSONResponse:
    body: dict[str, Any] = {"operation": result.operation.as_json()}
    if result.error is not None:
        return JSONResponse({**result.error.as_json(), **body}, result.error.status)
    if result.operation.outcome in ("unknown", "pending"):
        return JSONResponse(body, 202)
    if result.operation.outcome == "failed" and not result.replayed:
        error = result.operation.error or {}
        return JSONResponse({"error": {k: error.get(k, "") for k in ("code", "message", "hint")}, **body}, 503)
    return JSONResponse(body, 200 if result.replayed else 201)
