"""The Change: a small value that says what shall be different. Contract: `{"kind", "endpoint", "body"}`."""

import math
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

DEEPEST, LONGEST = 40, 1000


class Kind(StrEnum):
    """The kinds of the JSON API. `endpoint.create` may carry `permissions`, granted after the endpoint exists;
    `endpoint.restore` brings the parts of an existing endpoint back to an earlier version, each by its own call."""

    CREATE = "endpoint.create"
    DELETE = "endpoint.delete"
    STOP = "endpoint.stop"
    START = "endpoint.start"
    CONFIG = "config.update"
    TRAFFIC = "traffic.update"
    TAGS = "tags.update"
    GATEWAY = "gateway.update"
    PERMISSIONS = "permissions.update"
    NOTIFICATIONS = "notifications.update"
    TELEMETRY = "telemetry.update"
    RESTORE = "endpoint.restore"
    APP_ATTACH = "app.attach"
    APP_DETACH = "app.detach"


class Change(BaseModel):
    """What somebody wants. `body` by kind:

    create: the body of POST serving-endpoints without `name` (config, tags, ai_gateway, description, route_optimized,
    email_notifications, budget_policy_id) and optionally `permissions` (direct grants for the new endpoint);
    config.update: `{"served_entities": [...], "traffic_config": {"routes": [...]}}`, the full desired state;
    traffic.update: `{"routes": {"entity": percent}}`; tags.update: `{"add": {k: v}, "delete": [k]}`;
    gateway.update: the full desired ai_gateway; permissions.update: `{"access_control_list": [...]}`, the full desired
    direct grants; notifications.update: `{"email_notifications": {...}}`;
    telemetry.update: `{"telemetry_config": {...}}`, empty to take it away; delete, stop, start: `{}`;
    app.attach: `{"app", "resource_key", "permission"}`, the endpoint as a resource of a Databricks App; app.detach:
    `{"app", "resource_key"}`;
    restore: any of config, tags, ai_gateway, email_notifications, permissions, each in full.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    endpoint: str = Field(min_length=1, max_length=200)
    body: dict[str, Any] = Field(default_factory=dict)

    @field_validator("endpoint", "body")
    @classmethod
    def _can_be_sent(cls, value: Any) -> Any:
        problem = unsendable(value)
        if problem:
            raise ValueError(problem)
        return value


def unsendable(value: Any, depth: int = 0) -> str:
    """Why this cannot be passed on as JSON, empty when it can: NaN, half a character, nested or listed without end."""
    if depth > DEEPEST:
        return f"It is nested deeper than {DEEPEST} levels."
    if isinstance(value, dict | list) and len(value) > LONGEST:
        return f"It has more than {LONGEST} items in one place."
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN and Infinity are no JSON numbers."
    if isinstance(value, str) and not _whole(value):
        return "It has half a character in it (a lone surrogate)."
    inside = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return next((problem for item in inside if (problem := unsendable(item, depth + 1))), "")


def _whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Base(BaseModel):
    """The live state a Change was made from: `{"config_version", "hash"}` as the plan gave it."""

    model_config = ConfigDict(extra="forbid")

    config_version: int | None = None
    hash: str = ""


class Call(BaseModel):
    """One request to the workspace. `path` starts with /api; `body` may hold secrets: redact before showing."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    says: str = ""
