"""What the JSON API answers, for its OpenAPI document. Answers are made elsewhere; tests hold them against this."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from web.changes.kinds import Base

Answers = dict[int | str, dict[str, Any]]
Outcome = Literal["pending", "success", "refused", "failed", "unknown"]


class Problem(BaseModel):
    """`code` is a stable word, `hint` the way out."""

    code: str
    message: str
    hint: str


class Refusal(BaseModel):
    """Every error."""

    error: Problem


class EndpointRow(BaseModel):
    """One endpoint of the list."""

    name: str
    kind: str
    task: str | None
    state: dict[str, Any]
    creator: str | None
    tags: dict[str, str]
    served_entities: list[dict[str, Any]]


class EndpointRows(BaseModel):
    """What the caller may see."""

    endpoints: list[EndpointRow]


class Logs(BaseModel):
    """Lines of a container."""

    logs: str


class Levels(BaseModel):
    """What can be granted."""

    permission_levels: list[dict[str, Any]]


class OperationJson(BaseModel):
    """One change and what came of it; `at` in ms since 1970. Secrets appear nowhere."""

    id: str
    kind: str
    endpoint: str
    actor: str
    at: int
    outcome: Outcome
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: list[dict[str, Any]]
    error: dict[str, Any] | None
    duration_ms: int | None
    acknowledged: list[dict[str, Any]]
    readback: list[dict[str, Any]]
    executed_by: str


class OneOperation(BaseModel):
    """An operation."""

    operation: OperationJson


class Operations(BaseModel):
    """A page of the history, newest first. `next_cursor` is null on the last one."""

    operations: list[OperationJson]
    next_cursor: str | None


class Row(BaseModel):
    """One thing that differs."""

    path: str


class PlannedCall(BaseModel):
    """One request to the workspace, without secrets."""

    method: str
    path: str
    body: dict[str, Any] | None


class PlanJson(BaseModel):
    """What a change would do. With a blocker it would be refused."""

    calls: list[PlannedCall]
    diff: list[Row]
    blast_radius: Literal["none", "instant", "rollout", "recreate", "destroy"]
    warnings: list[dict[str, Any]]
    blockers: list[dict[str, Any]]
    base: Base
    executed_by: str
    effects: list[dict[str, Any]]
    as_code: dict[str, str]


class VerdictJson(BaseModel):
    """Whether the chain of the history holds."""

    ok: bool
    rows: int
    head: str
    first_bad: dict[str, Any] | None = Field(description="null, or the first entry that was damaged")


def text(kind: str, says: str) -> Answers:
    """`responses=` of a route that answers 200 with a text of this media type."""
    return {200: {"description": says, "content": {kind: {"schema": {"type": "string"}}}}}
