"""Create and delete endpoints."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from starlette.responses import Response

from web.emulator.permissions import creator_grants, require
from web.emulator.serving import config as configs
from web.emulator.serving import echo, gateway, lifecycle, names, quota, tasks, usage_rows
from web.emulator.serving.endpoint import Config, Endpoint
from web.emulator.wire import ApiError, Call, invalid, reply


async def create(call: Call) -> Response:
    """Create an endpoint; it has only a `pending_config` until its first deployment succeeds."""
    return _create(call, await call.json())


async def create_pt(call: Call) -> Response:
    """Create a provisioned-throughput endpoint of model units."""
    body = await call.json()
    for entity in (body.get("config") or {}).get("served_entities") or []:
        if not isinstance(entity, dict) or entity.get("provisioned_model_units") is None:
            raise invalid("provisioned_model_units must be provided for each served entity.")
    if not body.get("config"):
        raise invalid("config must be provided.")
    return _create(call, body)


def _create(call: Call, body: dict[str, Any]) -> Response:
    name = names.endpoint_name(body.get("name"))
    if name in call.world.endpoints:
        status = call.world.switches.duplicate_name_status
        code = "RESOURCE_ALREADY_EXISTS" if status == 409 else "INVALID_PARAMETER_VALUE"
        raise ApiError(status, code, f"Endpoint with name '{name}' already exists.")
    kind, config = _config(call, body.get("config"))
    endpoint = _blank(call, name, kind, body)
    if config is not None:
        endpoint.task = tasks.of(call.world, config)
    if body.get("ai_gateway"):
        endpoint.ai_gateway = gateway.check(endpoint.kind, endpoint.task, config, body["ai_gateway"], None)
    quota.spend(call)
    call.world.endpoints[name] = endpoint
    if config is not None:
        lifecycle.begin(call.world, endpoint, config)
    return reply(echo.detailed(call.world, call.person, endpoint))


def _config(call: Call, given: Any) -> tuple[str, Config | None]:
    if not given:
        return "custom", None
    if not isinstance(given, dict):
        raise invalid("config must be an object.")
    return configs.make(call, given, call.person)


def _blank(call: Call, name: str, kind: str, body: dict[str, Any]) -> Endpoint:
    now = call.world.clock.now_ms()
    return Endpoint(
        name, uuid4().hex, call.person.user_name, now, now, kind,
        description=str(body.get("description") or ""),
        route_optimized=bool(body.get("route_optimized")),
        tags=names.tags(body.get("tags"), call.world.switches),
        email_notifications=gateway.emails(body.get("email_notifications")),
        budget_policy_id=body.get("budget_policy_id"),
        telemetry_config=body.get("telemetry_config") or None,
        rate_limits=gateway.legacy(body.get("rate_limits")),
        grants=creator_grants(call.person),
    )  # fmt: skip


async def delete(call: Call) -> Response:
    """Delete an endpoint, whatever its state."""
    endpoint = call.world.find(call.params["name"])
    require(call, endpoint, "CAN_MANAGE")
    if endpoint.id is None:
        raise invalid(f"Endpoint {endpoint.name} is managed by Databricks and cannot be deleted.")
    usage_rows.close(call.world, endpoint)
    del call.world.endpoints[endpoint.name]
    return reply({})
