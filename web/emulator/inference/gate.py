"""May this request be served at all? The caller's grant, the endpoint's state, and the way it came."""

from __future__ import annotations

from web.emulator import permissions
from web.emulator.serving.endpoint import Config, Endpoint
from web.emulator.wire import ApiError, Call

_GONE = (
    "The given endpoint does not exist, please retry after checking the specified model and version deployment exists."
)


def admit(call: Call, endpoint: Endpoint) -> Config:
    """The config that serves. Raises 403 without CAN_QUERY, 400 if stopped or route-optimized, 404/400 before READY."""
    permissions.require(call, endpoint, "CAN_QUERY")
    if endpoint.route_optimized:
        raise ApiError(
            400, "BAD_REQUEST",
            f"Endpoint '{endpoint.name}' is route-optimized and cannot be queried through the workspace URL. "
            "Query its endpoint_url with an OAuth token instead.",
        )  # fmt: skip
    if endpoint.suspended:
        raise ApiError(400, "INVALID_STATE", f"Endpoint '{endpoint.name}' is stopped. Start it before querying it.")
    if endpoint.config is None or not endpoint.ready or not endpoint.config.entities:
        status = call.world.switches.not_ready_status
        raise ApiError(status, "RESOURCE_DOES_NOT_EXIST" if status == 404 else "INVALID_STATE", _GONE)
    return endpoint.config
