"""What can be changed without a new config version: tags, gateway, rate limits, notifications, telemetry (§1.1)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from starlette.responses import Response

from web.emulator.permissions import require
from web.emulator.serving import echo, gateway, names
from web.emulator.serving.endpoint import Endpoint
from web.emulator.wire import ApiError, Call, invalid, reply

FEATURES = {f"TELEMETRY_FEATURE_{name}" for name in ("INFERENCE_TABLE", "LOGS", "METRICS", "TRACES")}


def _managed(call: Call) -> Endpoint:
    endpoint = call.world.find(call.params["name"])
    require(call, endpoint, "CAN_MANAGE")
    return endpoint


async def patch_tags(call: Call) -> Response:
    """Add and delete tags; answers all tags."""
    endpoint = _managed(call)
    body = await call.json()
    added = names.tags(body.get("add_tags"), call.world.switches)
    gone = body.get("delete_tags") or []
    if not isinstance(gone, list) or not all(isinstance(key, str) for key in gone):
        raise invalid("delete_tags must be a list of tag keys.")
    if both := sorted(set(added) & set(gone)):
        raise invalid(f"Tag '{both[0]}' is both added and deleted.")
    if not call.world.switches.tag_overwrites and (again := sorted(set(added) & set(endpoint.tags))):
        raise invalid(f"Tag '{again[0]}' already exists.")
    result = {key: value for key, value in endpoint.tags.items() if key not in gone} | added
    if len(result) > call.world.switches.max_tags:
        raise invalid(f"An endpoint can have at most {call.world.switches.max_tags} tags.")
    endpoint.tags = result
    return reply({"tags": [{"key": key, "value": value or ""} for key, value in result.items()]})


async def put_gateway(call: Call) -> Response:
    """Replace the whole AI Gateway configuration; blocks left out are unset."""
    endpoint = _managed(call)
    body = await call.json()
    config = endpoint.config or endpoint.pending
    endpoint.ai_gateway = gateway.check(endpoint.kind, endpoint.task, config, body, endpoint.ai_gateway)
    call.world.state.setdefault("gateway_changed_ms", {})[endpoint.name] = call.world.clock.now_ms()
    return reply(endpoint.ai_gateway or {})


async def put_rate_limits(call: Call) -> Response:
    """The deprecated rate limits of Databricks' foundation-model endpoints."""
    endpoint = _managed(call)
    body = await call.json()
    if endpoint.kind != "foundation":
        raise invalid(f"Rate limits are only supported for foundation model endpoints, not for {endpoint.name}.")
    endpoint.rate_limits = gateway.legacy(body.get("rate_limits"))
    return reply({"rate_limits": endpoint.rate_limits or []})


async def patch_notifications(call: Call) -> Response:
    """Set the addresses told about updates."""
    endpoint = _managed(call)
    body = await call.json()
    endpoint.email_notifications = gateway.emails(body.get("email_notifications"))
    return reply({"name": endpoint.name, "email_notifications": endpoint.email_notifications or {}})


async def patch_telemetry(call: Call) -> Response:
    """Set or, with an empty body, remove telemetry; `table_names` become a profile."""
    endpoint = _managed(call)
    body = await call.json()
    if endpoint.updating:
        raise ApiError(409, "RESOURCE_CONFLICT", f"Endpoint {endpoint.name} is currently being updated.")
    if endpoint.kind in {"external", "foundation"} or endpoint.config is None:
        raise invalid("Telemetry is not supported for endpoints of external models and endpoints without a config.")
    given = body.get("telemetry_config")
    if not given:
        endpoint.telemetry_config = None
        return reply(echo.detailed(call.world, call.person, endpoint))
    if not isinstance(given, dict) or not set(given.get("enabled_telemetry_features") or []) <= FEATURES:
        raise invalid(f"enabled_telemetry_features must be among {', '.join(sorted(FEATURES))}.")
    if bool(given.get("table_names")) == bool(given.get("telemetry_profile_id")):
        raise invalid("Exactly one of table_names and telemetry_profile_id must be provided.")
    kept = {key: value for key, value in given.items() if key != "table_names"}
    kept.setdefault("telemetry_profile_id", str(uuid5(NAMESPACE_URL, str(given.get("table_names")))))
    endpoint.telemetry_config = kept
    return reply(echo.detailed(call.world, call.person, endpoint))
