"""The paths of serving endpoints (§1.1, §1.2); invocations and what comes from them are elsewhere."""

from __future__ import annotations

from starlette.responses import Response

from web.emulator.permissions import level, require
from web.emulator.serving import attributes, buildlogs, config, create, echo, lifecycle
from web.emulator.wire import Call, Route, missing, reply

BASE = "/api/2.0/serving-endpoints"


async def list_endpoints(call: Call) -> Response:
    """Every endpoint the caller may see, shallow and unpaged."""
    shown = []
    for endpoint in call.world.endpoints.values():
        if level(call.world, call.person, endpoint) is not None:
            lifecycle.settle(call.world, endpoint)
            shown.append(echo.listed(call.world, endpoint))
    return reply({"endpoints": shown} if shown else {})


async def get_endpoint(call: Call) -> Response:
    """One endpoint by name, in full."""
    endpoint = call.world.find(call.params["name"])
    require(call, endpoint, "CAN_VIEW")
    return reply(echo.detailed(call.world, call.person, endpoint))


async def optimization_info(call: Call) -> Response:
    """Whether a model version can have provisioned throughput, and in which steps (tokens per second)."""
    name, version = call.params["entity"], call.params["version"]
    known = call.world.catalog.model(name)
    info = call.world.catalog.optimization(name, version)
    if known is None or info is None or not call.world.catalog.may_see(call.person, known):
        raise missing(f"Model version '{name}' version {version} does not exist.")
    return reply(info)


ROUTES: list[Route] = [
    ("GET", BASE, list_endpoints),
    ("GET", f"{BASE}/", list_endpoints),
    ("POST", BASE, create.create),
    ("POST", f"{BASE}/", create.create),
    ("POST", f"{BASE}/pt", create.create_pt),
    ("PUT", f"{BASE}/pt/{{name}}/config", config.update_pt_config),
    ("GET", f"{BASE}/get-model-optimization-info/{{entity}}/{{version}}", optimization_info),
    ("GET", f"{BASE}/{{name}}", get_endpoint),
    ("DELETE", f"{BASE}/{{name}}", create.delete),
    ("PUT", f"{BASE}/{{name}}/config", config.update_config),
    ("POST", f"{BASE}/{{name}}/config:stop", config.stop),
    ("POST", f"{BASE}/{{name}}/config:start", config.start),
    ("PATCH", f"{BASE}/{{name}}/tags", attributes.patch_tags),
    ("PUT", f"{BASE}/{{name}}/ai-gateway", attributes.put_gateway),
    ("PUT", f"{BASE}/{{name}}/rate-limits", attributes.put_rate_limits),
    ("PATCH", f"{BASE}/{{name}}/notifications", attributes.patch_notifications),
    ("PATCH", f"{BASE}/{{name}}/telemetry-config", attributes.patch_telemetry),
    ("GET", f"{BASE}/{{name}}/served-models/{{entity}}/build-logs", buildlogs.build_logs),
]
