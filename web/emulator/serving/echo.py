"""What the API says about an endpoint: no secrets, and more than the SDK knows (§1.5, §1.6, §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.emulator.clock import whole_second
from web.emulator.serving import unknown, workload
from web.emulator.serving.endpoint import Config, Endpoint, Entity

if TYPE_CHECKING:
    from web.emulator.people import Person
    from web.emulator.world import World

ENTITY_TYPES = {
    "custom": "UC_MODEL", "provisioned": "FOUNDATION_MODEL", "foundation": "FOUNDATION_MODEL",
    "external": "EXTERNAL_MODEL", "feature": "FEATURE_SPEC",
}  # fmt: skip
ENDPOINT_TYPES = {"external": "EXTERNAL_MODEL", "foundation": "FOUNDATION_MODEL_API"}
COMPUTE = ("workload_size", "workload_type", "scale_to_zero_enabled", "environment_vars", "instance_profile_arn",
           "min_provisioned_concurrency", "max_provisioned_concurrency", "provisioned_model_units")  # fmt: skip
THROUGHPUT = ("min_provisioned_throughput", "max_provisioned_throughput")


def state(endpoint: Endpoint) -> dict[str, str]:
    """`state`, with the `suspend` the SDK drops."""
    return {
        "ready": "READY" if endpoint.ready else "NOT_READY",
        "config_update": endpoint.config_update,
        "suspend": "STOPPED" if endpoint.suspended else "NOT_SUSPENDED",
    }


def _common(world: World, endpoint: Endpoint) -> dict[str, Any]:
    person = world.people.get(endpoint.creator)
    kind = "ServicePrincipal" if person and person.kind == "service_principal" else "User"
    shown: dict[str, Any] = {
        "name": endpoint.name,
        "creator": endpoint.creator,
        "creator_display_name": person.display_name if person else endpoint.creator,
        "creator_kind": kind,
        "creation_timestamp": whole_second(endpoint.created_ms),
        "last_updated_timestamp": whole_second(endpoint.updated_ms),
        "state": state(endpoint),
        "description": endpoint.description,
        "resource_credential_strategy": "EMBEDDED_CREDENTIALS",
    }
    optional = {
        "id": endpoint.id,
        "task": endpoint.task,
        "endpoint_type": ENDPOINT_TYPES.get(endpoint.kind),
        "tags": [{"key": key, "value": value or ""} for key, value in endpoint.tags.items()],
        "ai_gateway": endpoint.ai_gateway,
        "budget_policy_id": endpoint.budget_policy_id,
        "effective_budget_policy_id": endpoint.budget_policy_id,
        "telemetry_config": endpoint.telemetry_config,
        **endpoint.extra,
    }
    if endpoint.id is None:
        for field in ("creator", "creator_display_name", "creator_kind"):
            del shown[field]
    return shown | {key: value for key, value in optional.items() if value or value is False}


def listed(world: World, endpoint: Endpoint) -> dict[str, Any]:
    """An item of the listing: shallow, entities by name only."""
    shown = _common(world, endpoint)
    if not world.switches.creator_always_listed:
        shown.pop("creator", None)
    config = endpoint.config or (endpoint.pending if world.switches.list_shows_pending else None)
    if config is not None:
        shown["config"] = summary(endpoint, config)
    return shown


def summary(endpoint: Endpoint, config: Config) -> dict[str, Any]:
    """The entities of a config as the listing has them, with their deprecated mirror."""
    kind = ENTITY_TYPES[endpoint.kind]
    fields = ("name", "entity_name", "entity_version", "foundation_model")
    shown: dict[str, Any] = {"served_entities": []}
    for entity in config.entities:
        item = {field: entity.spec[field] for field in fields if field in entity.spec} | {"type": kind}
        if endpoint.kind == "external":
            model = entity.spec["external_model"]
            item["external_model"] = {field: model[field] for field in ("provider", "name", "task")}
        shown["served_entities"].append(item)
    if endpoint.kind != "external":
        shown["served_models"] = [_model_names(entity) for entity in config.entities]
    return shown


def _model_names(entity: Entity) -> dict[str, Any]:
    named = {"name": entity.name(), "model_name": entity.spec.get("entity_name")}
    version = entity.spec.get("entity_version")
    return {**named, "model_version": version} if version else named


def detailed(world: World, person: Person, endpoint: Endpoint) -> dict[str, Any]:
    """What GET, create and update answer; `permission_level` is the caller's own."""
    from web.emulator.permissions import level

    shown = _common(world, endpoint) | {"route_optimized": endpoint.route_optimized}
    shown["permission_level"] = level(world, person, endpoint)
    if endpoint.config is not None:
        shown["config"] = _config(world, endpoint, endpoint.config)
    if endpoint.pending is not None:
        pending = _config(world, endpoint, endpoint.pending)
        shown["pending_config"] = {"start_time": whole_second(endpoint.pending.start_ms), **pending}
    if endpoint.email_notifications:
        shown["email_notifications"] = endpoint.email_notifications
    if endpoint.route_optimized and endpoint.id:
        shown |= _route_optimized(world, endpoint)
    if world.switches.unknown_enums:
        shown["endpoint_type"] = "ENDPOINT_TYPE_FROM_THE_FUTURE"
        shown["state"]["config_update"] = "UPDATE_PAUSED"
    return shown


def _route_optimized(world: World, endpoint: Endpoint) -> dict[str, Any]:
    from web.emulator.world import WORKSPACE_ID

    url = f"https://{endpoint.id}.serving.cloud.databricks.com/{WORKSPACE_ID}/serving-endpoints/{endpoint.name}/invocations"
    details = (
        '[{"type":"workspace_permission","object_type":"serving-endpoints",'
        f'"object_path":"/serving-endpoints/{endpoint.id}","actions":["query_inference_endpoint"]}}]'
    )
    info = {"query_info": {"authorization_details": details, "endpoint_url": url}}
    return {"endpoint_url": url, "data_plane_info": info}


def _config(world: World, endpoint: Endpoint, config: Config) -> dict[str, Any]:
    entities = config.entities
    if world.switches.entities_alphabetical:
        entities = sorted(entities, key=Entity.name)
    shown: dict[str, Any] = {
        "config_version": config.version,
        "served_entities": [_entity(endpoint, entity) for entity in entities],
        "traffic_config": {
            "routes": [
                {"served_model_name": name, "served_entity_name": name, "traffic_percentage": percent}
                for name, percent in config.routes
            ]
        },
    }
    if endpoint.kind != "external":
        shown["served_models"] = [_mirror(endpoint, entity) for entity in entities]
    if config.auto_capture:
        shown["auto_capture_config"] = config.auto_capture
    return unknown.add(shown, config.unknown)


def _entity_state(entity: Entity) -> dict[str, str]:
    return {"deployment": entity.deployment, "deployment_state_message": entity.message}


def _entity(endpoint: Endpoint, entity: Entity) -> dict[str, Any]:
    fields = ("name", "entity_name", "entity_version", "external_model", "foundation_model", *COMPUTE, *THROUGHPUT)
    shown = {field: entity.spec[field] for field in fields if field in entity.spec}
    shown |= {
        "type": ENTITY_TYPES[endpoint.kind],
        "creator": entity.creator,
        "creation_timestamp": whole_second(entity.created_ms),
        "state": _entity_state(entity),
    }
    if endpoint.kind in {"custom", "provisioned"}:
        shown["min_dbus"], shown["max_dbus"] = workload.dbus(endpoint.kind, entity.spec)
    return shown


def _mirror(endpoint: Endpoint, entity: Entity) -> dict[str, Any]:
    shown = _model_names(entity) | {field: entity.spec[field] for field in COMPUTE if field in entity.spec}
    shown |= {"creator": entity.creator, "creation_timestamp": whole_second(entity.created_ms)}
    return shown | {"state": _entity_state(entity)}
