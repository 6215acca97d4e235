"""PUT config, start and stop: whatever makes a new config version (§3.1)."""

from __future__ import annotations

import copy
from typing import Any

from starlette.responses import Response

from web.emulator.people import Person
from web.emulator.permissions import require
from web.emulator.serving import echo, entities, lifecycle, quota, tasks, traffic, unknown
from web.emulator.serving.endpoint import Config, Endpoint
from web.emulator.wire import ApiError, Call, denied, invalid, reply

CAPTURE = ("catalog_name", "schema_name", "table_name_prefix", "enabled")


def make(call: Call, body: dict[str, Any], creator: Person, endpoint: Endpoint | None = None) -> tuple[str, Config]:
    """The kind of endpoint and the config a request body describes; version 1 unless `endpoint` has had some."""
    before = endpoint.config.entities if endpoint and endpoint.config else []
    sent = entities.listed(body)
    kind, found = entities.build(call, sent, creator, before)
    version = lifecycle.next_version(call.world, endpoint) if endpoint else 1
    routes = traffic.routes(body, found, kind)
    now = call.world.clock.now_ms()
    rest = unknown.Unknown()
    if call.world.switches.unknown_fields_kept:
        named = {entity.name(): spec for entity, spec in zip(found, sent, strict=True)}
        rest = unknown.found(body, named, entities.KNOWN)
    return kind, Config(version, found, routes, now, _capture(body.get("auto_capture_config")), rest)


def _capture(given: Any) -> dict[str, Any] | None:
    if not given:
        return None
    if not isinstance(given, dict) or not given.get("catalog_name") or not given.get("schema_name"):
        raise invalid("auto_capture_config needs catalog_name and schema_name.")
    kept = {key: given[key] for key in CAPTURE if key in given}
    kept.setdefault("enabled", True)
    table = f"{kept.get('table_name_prefix') or 'endpoint'}_payload"
    return {**kept, "state": {"payload_table": {"name": table, "status": "READY", "status_message": ""}}}


def changeable(call: Call, name: str) -> tuple[Endpoint, Person]:
    """The endpoint and its creator, if the caller may change its config now. Raises 403, 404, 409."""
    endpoint = call.world.find(name)
    require(call, endpoint, "CAN_MANAGE")
    if endpoint.kind == "foundation" and endpoint.id is None:
        raise invalid(f"Endpoint {name} is managed by Databricks and its configuration cannot be changed.")
    refuse_while_updating(call, endpoint)
    creator = call.world.people.get(endpoint.creator)
    if creator is None or not creator.active:
        raise denied(f"The creator of endpoint {name}, {endpoint.creator}, is no longer a member of this workspace.")
    return endpoint, creator


def refuse_while_updating(call: Call, endpoint: Endpoint) -> None:
    """One update at a time: raises 409 (or what the switch says)."""
    if endpoint.updating:
        code = "RESOURCE_CONFLICT" if call.world.switches.concurrent_update_status == 409 else "INVALID_STATE"
        message = f"Endpoint {endpoint.name} is currently being updated. Please wait until the update is finished."
        raise ApiError(call.world.switches.concurrent_update_status, code, message)


async def update_config(call: Call) -> Response:
    """Replace entities and routes as a whole."""
    body = await call.json()
    return _update(call, body, call.params["name"])


async def update_pt_config(call: Call) -> Response:
    """The model-unit variant: the body holds `config`."""
    body = await call.json()
    config = body.get("config")
    if not isinstance(config, dict):
        raise invalid("config must be provided.")
    return _update(call, config, call.params["name"])


def _update(call: Call, body: dict[str, Any], name: str) -> Response:
    endpoint, creator = changeable(call, name)
    if endpoint.suspended:
        raise ApiError(400, "INVALID_STATE", f"Endpoint {name} is stopped. Start it before updating its configuration.")
    kind, config = make(call, _dropped(call, body), creator, endpoint)
    external = "external" in {kind, endpoint.kind}
    if kind != endpoint.kind and (endpoint.config or endpoint.pending) and external:
        raise invalid("An endpoint cannot be converted between external models and other models.")
    quota.spend(call)
    endpoint.kind = kind
    if endpoint.config is None:
        endpoint.task = tasks.of(call.world, config)
    _retire(endpoint)
    lifecycle.begin(call.world, endpoint, config)
    return reply(echo.detailed(call.world, call.person, endpoint))


def _dropped(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    lost = call.world.switches.config_drops
    given = body.get("served_entities")
    if not lost or not isinstance(given, list):
        return body
    kept = [{k: v for k, v in e.items() if k != lost} if isinstance(e, dict) else e for e in given]
    return {**body, "served_entities": kept}


def _retire(endpoint: Endpoint) -> None:
    if endpoint.pending is not None:
        endpoint.past.append(endpoint.pending)


async def stop(call: Call) -> Response:
    """Stop a custom-model endpoint: its config stays, nothing serves."""
    endpoint, _ = changeable(call, call.params["name"])
    if endpoint.kind != "custom":
        raise invalid(f"Endpoint {endpoint.name} does not serve custom models and cannot be stopped.")
    if endpoint.suspended or endpoint.config is None:
        raise ApiError(400, "INVALID_STATE", f"Endpoint {endpoint.name} is not running.")
    endpoint.suspended = True
    endpoint.config_update = "NOT_UPDATING"
    _retire(endpoint)
    endpoint.pending = None
    endpoint.updated_ms = call.world.clock.now_ms()
    return reply(echo.detailed(call.world, call.person, endpoint))


async def start(call: Call) -> Response:
    """Start a stopped endpoint: a new config version with the same entities."""
    endpoint, _ = changeable(call, call.params["name"])
    if not endpoint.suspended or endpoint.config is None:
        raise ApiError(400, "INVALID_STATE", f"Endpoint {endpoint.name} is not stopped.")
    quota.spend(call)
    now = call.world.clock.now_ms()
    again = [copy.copy(entity) for entity in endpoint.config.entities]
    for entity in again:
        entity.deployment, entity.ready_ms, entity.waking_ms, entity.last_request_ms = (
            "DEPLOYMENT_CREATING",
            None,
            None,
            None,
        )
    version = lifecycle.next_version(call.world, endpoint)
    config = Config(version, again, endpoint.config.routes, now, endpoint.config.auto_capture, endpoint.config.unknown)
    endpoint.suspended, endpoint.down = False, True
    lifecycle.begin(call.world, endpoint, config)
    return reply(echo.detailed(call.world, call.person, endpoint))
