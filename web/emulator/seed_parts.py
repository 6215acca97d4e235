"""Building blocks of the seeds: served entities and endpoints that have been there for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from web.emulator.serving import foundation, lifecycle, tasks, usage_rows
from web.emulator.serving.endpoint import Config, Endpoint, Entity

if TYPE_CHECKING:
    from web.emulator.world import World

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
Spec = dict[str, Any]
Grants = dict[str, dict[str, str]]
TEAM: Grants = {"group_name": {"ml-team": "CAN_MANAGE"}}


def custom(model: str, version: int, /, **more: Any) -> Spec:
    """A custom model of schema `main.ml` unless a full name is given; CPU, Small, no scale to zero."""
    full = model if "." in model else f"main.ml.{model}"
    spec = {
        "name": f"{full.rpartition('.')[2]}-{version}", "entity_name": full, "entity_version": str(version),
        "workload_type": "CPU", "workload_size": "Small", "scale_to_zero_enabled": False,
    }  # fmt: skip
    return {**spec, **more}


def hosted(model: str, /, **more: Any) -> Spec:
    """A foundation model of `system.ai`."""
    full = f"system.ai.{model}"
    return {"name": model.replace("_", "-"), "entity_name": full, "foundation_model": foundation.card(full), **more}


def external(name: str, provider: str, model: str, config: dict[str, Any], task: str = "llm/v1/chat") -> Spec:
    """An external model; `config` is that of its provider."""
    key = f"{provider.replace('-', '_')}_config"
    return {"name": name, "external_model": {"provider": provider, "name": model, "task": task, key: config}}


def config(
    world: World, version: int, specs: list[Spec], at_ms: int, creator: str, routes: list[int] | None = None
) -> Config:
    """A config whose entities serve since `at_ms`; `routes` are percentages in the order of the entities."""
    entities = []
    for spec in specs:
        entity = Entity(dict(spec), {}, creator, at_ms, "DEPLOYMENT_READY", ready_ms=at_ms + 300_000)
        entity.last_request_ms = None if spec.get("scale_to_zero_enabled") else at_ms + 300_000
        entities.append(entity)
    shares = routes or [100, *[0] * (len(specs) - 1)]
    return Config(
        version, entities, [(str(spec["name"]), share) for spec, share in zip(specs, shares, strict=True)], at_ms
    )


def add(
    world: World, name: str, kind: str, creator: str, active: Config | None, *,
    age_days: float = 60, grants: Grants | None = None, **more: Any,
) -> Endpoint:  # fmt: skip
    """Put an endpoint into the world, created `age_days` ago; its creator manages it. `more` are fields of Endpoint."""
    created = world.clock.now_ms() - round(age_days * DAY_MS)
    person = world.people.get(creator)
    own = "service_principal_name" if person and person.kind == "service_principal" else "user_name"
    given: Grants = {own: {creator: "CAN_MANAGE"}}
    for who, levels in (grants or {}).items():
        given.setdefault(who, {}).update(levels)
    endpoint = Endpoint(
        name, uuid5(NAMESPACE_URL, name).hex, creator, created, active.start_ms if active else created, kind,
        config=active, grants=given, **more,
    )  # fmt: skip
    if active is not None:
        endpoint.last_version = active.version
        endpoint.task = tasks.of(world, active)
        usage_rows.record(world, endpoint, active)
    world.endpoints[name] = endpoint
    return endpoint


def trying(world: World, endpoint: Endpoint, specs: list[Spec], ago_s: float, fails: str | None, creator: str) -> None:
    """Let the endpoint have begun an update `ago_s` real seconds ago; with `fails` it fails when its time comes."""
    start = world.clock.now_ms() - round(ago_s * 1000)
    entities = [Entity(dict(spec), {}, creator, start) for spec in specs]
    entities[-1].fails = fails
    routes = [(entity.name(), 100 if entity is entities[0] else 0) for entity in entities]
    lifecycle.begin(world, endpoint, Config(lifecycle.next_version(world, endpoint), entities, routes, start))
    endpoint.task = endpoint.task or tasks.of(world, endpoint.pending or Config(1, [], [], start))
    lifecycle.settle(world, endpoint)
