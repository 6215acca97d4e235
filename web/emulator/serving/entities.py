"""Served entities of a create or a PUT config: checked, defaults filled in, secrets apart (§3.2)."""

from __future__ import annotations

from typing import Any

from web.emulator.people import Person
from web.emulator.serving import external, foundation, names, workload
from web.emulator.serving.endpoint import Entity
from web.emulator.wire import Call, denied, invalid, missing

FOUNDATION = "system.ai."
THROUGHPUT = ("min_provisioned_throughput", "max_provisioned_throughput", "provisioned_model_units")
MODEL_FIELDS = {"model_name": "entity_name", "model_version": "entity_version"}
MAX_VARIABLES = 30
KNOWN = {
    "name", "entity_name", "entity_version", "external_model", "environment_vars", "instance_profile_arn",
    "workload_size", "workload_type", "scale_to_zero_enabled", "min_provisioned_concurrency",
    "max_provisioned_concurrency", *THROUGHPUT,
}  # fmt: skip


def listed(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The entities as sent, `served_models` translated. Raises 400 when there is none or they are no objects."""
    entities, models = config.get("served_entities"), config.get("served_models")
    if entities and models:
        raise invalid("Only one of served_entities and served_models can be specified.")
    given = entities or models or []
    if not isinstance(given, list) or not given or not all(isinstance(entity, dict) for entity in given):
        raise invalid("At least one served entity must be specified.")
    return [{MODEL_FIELDS.get(key, key): value for key, value in entity.items()} for entity in given]


def kind_of(call: Call, spec: dict[str, Any]) -> str:
    """custom, provisioned, foundation, external or feature: what kind of endpoint an entity makes."""
    if spec.get("external_model") is not None:
        return "external"
    if any(spec.get(field) is not None for field in THROUGHPUT):
        return "provisioned"
    name = str(spec.get("entity_name") or "")
    if name.startswith(FOUNDATION):
        return "foundation"
    return "feature" if name in call.world.registry.feature_specs else "custom"


def build(call: Call, given: list[dict[str, Any]], creator: Person, before: list[Entity]) -> tuple[str, list[Entity]]:
    """The kind of the endpoint and its entities. An unchanged entity of `before` is carried over as it is."""
    most = call.world.switches.max_served_entities
    if len(given) > most:
        raise invalid(f"The number of served entities must be at most {most}, but {len(given)} were given.")
    kinds = {kind_of(call, spec) for spec in given}
    if len(kinds) > 1:
        raise invalid(f"All served entities of an endpoint must be of one kind, but found {', '.join(sorted(kinds))}.")
    kind = kinds.pop()
    entities = [_entity(call, kind, spec, creator, before) for spec in given]
    found = [entity.name() for entity in entities]
    if len(set(found)) < len(found):
        raise invalid("Served entity names must be unique within an endpoint.")
    if len({entity.spec["external_model"]["task"] for entity in entities if kind == "external"}) > 1:
        raise invalid("All external models of an endpoint must have the same task.")
    return kind, entities


def _entity(call: Call, kind: str, given: dict[str, Any], creator: Person, before: list[Entity]) -> Entity:
    spec = {key: value for key, value in given.items() if value is not None and key in KNOWN}
    secrets: dict[str, str] = {}
    earlier = next((entity for entity in before if entity.name() == spec.get("name")), None)
    if kind == "external":
        kept = earlier.secrets if earlier and call.world.switches.plaintext_survives else {}
        spec["external_model"], secrets = external.check(call, spec["external_model"], kept)
        secrets = secrets or dict(kept)
        spec["name"] = names.entity_name(spec.get("name"), spec["external_model"]["name"])
    else:
        _model(call, kind, spec, creator)
        workload.check(call, kind, spec)
    _variables(call, spec)
    if earlier and earlier.spec == spec and earlier.secrets == secrets and earlier.deployment == "DEPLOYMENT_READY":
        return earlier
    entity = Entity(spec, secrets, call.person.user_name, call.world.clock.now_ms())
    entity.fails = _failure(call, kind, spec)
    return entity


def _model(call: Call, kind: str, spec: dict[str, Any], creator: Person) -> None:
    name = spec.get("entity_name")
    if not isinstance(name, str) or not name:
        raise invalid("entity_name must be provided for each served entity.")
    version = str(spec.get("entity_version") or "")
    if version:
        spec["entity_version"] = version
    short = name.rpartition(".")[2]
    spec["name"] = names.entity_name(spec.get("name"), f"{short}-{version}" if version else short)
    if "." not in name:
        _workspace_model(call, name, version)
    elif kind != "feature":
        _catalog_model(call, kind, name, version, creator)
    if kind in {"foundation", "provisioned"} and name.startswith(FOUNDATION):
        spec["foundation_model"] = foundation.card(name)


def _workspace_model(call: Call, name: str, version: str) -> None:
    if call.world.registry.version(name, version) is None:
        raise missing(f"RegisteredModel '{name}' with version '{version}' not found.")


def _catalog_model(call: Call, kind: str, name: str, version: str, creator: Person) -> None:
    catalog = call.world.catalog
    if catalog.model(name) is None:
        raise missing(f"Registered model '{name}' does not exist.")
    for person in (call.person, creator):
        if not catalog.may_execute(person, name):
            raise denied(f"User '{person.user_name}' does not have EXECUTE on Routine or Model '{name}'.")
    if not version and kind == "custom":
        raise invalid(f"entity_version must be provided for served entity '{name}'.")
    if version and not version.isdigit():
        raise invalid(f"entity_version '{version}' is not a version number. Aliases are not accepted.")
    found = catalog.version(name, version)
    if found is None:
        raise missing(f"Model version '{name}' version {version} does not exist.")
    if found.status != "READY":
        raise invalid(f"Model version '{name}' version {version} is not READY, its status is {found.status}.")


def _variables(call: Call, spec: dict[str, Any]) -> None:
    variables = spec.get("environment_vars")
    if variables is None:
        return
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise invalid("environment_vars must be a map of strings.")
    if len(variables) > MAX_VARIABLES:
        raise invalid(f"A served entity can have at most {MAX_VARIABLES} environment variables.")
    for value in variables.values():
        external.reference(call, value)


def _failure(call: Call, kind: str, spec: dict[str, Any]) -> str | None:
    if external.dangling(call.world, list((spec.get("environment_vars") or {}).values())):
        return "unknown_secret"
    if kind != "custom":
        return None
    name, version = spec["entity_name"], spec.get("entity_version", "")
    if "." not in name:
        return None
    found = call.world.catalog.version(name, version)
    return found.fails if found else None
