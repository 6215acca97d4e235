"""The state machine of §3.1, moved to the present whenever somebody looks: there are no timers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.emulator.serving import tasks, usage_rows
from web.emulator.serving.durations import COLD_START_S, IDLE_S, due_ms
from web.emulator.serving.endpoint import Config, Endpoint, Entity

if TYPE_CHECKING:
    from web.emulator.world import World

CREATING = "Creating resources for served entity."
BUILD_FAILED = "Container creation failed. Please see build logs for more information."
TIMED_OUT = (
    "Served model creation aborted because the endpoint update timed out. Please see service logs for more information."
)
OTHER_FAILED = "Served model creation aborted because the creation of another served model of this update failed."
SCALED_TO_ZERO = "Scaled to zero"
WAKING = "Scaling from zero…"


def begin(world: World, endpoint: Endpoint, config: Config) -> None:
    """Start deploying `config`; what serves now goes on serving."""
    for entity in config.entities:
        if entity.deployment != "DEPLOYMENT_READY":
            entity.message = CREATING
    endpoint.pending = config
    endpoint.config_update = "IN_PROGRESS"
    endpoint.last_version = config.version
    endpoint.updated_ms = config.start_ms
    usage_rows.record(world, endpoint, config)


def next_version(world: World, endpoint: Endpoint) -> int:
    """The config_version a new update gets."""
    failed = endpoint.pending is not None and endpoint.config_update != "IN_PROGRESS"
    return endpoint.last_version + (0 if failed and world.switches.failed_version_reused else 1)


def settle(world: World, endpoint: Endpoint) -> None:
    """Bring the endpoint to the present: finish or fail what is due, put idle entities to sleep."""
    if endpoint.pending is not None and endpoint.config_update == "IN_PROGRESS":
        _advance(world, endpoint, endpoint.pending)
    if endpoint.config is not None and endpoint.ready:
        for entity in endpoint.config.entities:
            if entity.spec.get("scale_to_zero_enabled"):
                _breathe(world, entity)


def _advance(world: World, endpoint: Endpoint, pending: Config) -> None:
    now = world.clock.now_ms()
    due = {entity.id: due_ms(world.clock, endpoint, pending, entity) for entity in pending.entities}
    failing = [entity for entity in pending.entities if entity.fails and due[entity.id] <= now]
    if failing:
        first = min(failing, key=lambda entity: due[entity.id])
        _fail(endpoint, pending, first, due[first.id])
        return
    for entity in pending.entities:
        if due[entity.id] <= now and entity.deployment == "DEPLOYMENT_CREATING":
            entity.deployment, entity.message, entity.ready_ms = "DEPLOYMENT_READY", "", due[entity.id]
            entity.last_request_ms = None
    last = max(due.values(), default=pending.start_ms)
    if last <= now:
        _activate(world, endpoint, pending, last)


def _activate(world: World, endpoint: Endpoint, pending: Config, at_ms: int) -> None:
    if endpoint.config is not None:
        endpoint.past.append(endpoint.config)
    endpoint.config, endpoint.pending = pending, None
    endpoint.config_update = "NOT_UPDATING"
    endpoint.down = False
    endpoint.task = tasks.of(world, pending)
    endpoint.updated_ms = at_ms


def _fail(endpoint: Endpoint, pending: Config, culprit: Entity, at_ms: int) -> None:
    serving = endpoint.config.entities if endpoint.config else []
    for entity in pending.entities:
        if entity is culprit:
            timed_out = entity.fails == "timeout"
            entity.deployment = "DEPLOYMENT_ABORTED" if timed_out else "DEPLOYMENT_FAILED"
            entity.message = TIMED_OUT if timed_out else BUILD_FAILED
        elif not any(entity is other for other in serving):
            entity.deployment, entity.message = "DEPLOYMENT_ABORTED", OTHER_FAILED
    endpoint.config_update = "UPDATE_FAILED"
    endpoint.updated_ms = at_ms


def cancel(world: World, endpoint: Endpoint) -> None:
    """Give up a running update, as the button of the real UI does (there is no public API for it)."""
    settle(world, endpoint)
    pending = endpoint.pending
    if pending is None or endpoint.config_update != "IN_PROGRESS":
        return
    serving = endpoint.config.entities if endpoint.config else []
    for entity in pending.entities:
        if not any(entity is other for other in serving):
            entity.deployment, entity.message = "DEPLOYMENT_ABORTED", "Served model creation aborted: update canceled."
    endpoint.config_update = "UPDATE_CANCELED"
    endpoint.updated_ms = world.clock.now_ms()
    if not world.switches.pending_after_cancel:
        endpoint.past.append(pending)
        endpoint.pending = None


def _breathe(world: World, entity: Entity) -> None:
    now = world.clock.now_ms()
    if entity.waking_ms is not None and now >= entity.waking_ms + world.clock.span_ms(COLD_START_S):
        entity.last_request_ms = max(entity.last_request_ms or 0, entity.waking_ms + world.clock.span_ms(COLD_START_S))
        entity.waking_ms = None
        entity.message = ""
    if entity.waking_ms is not None:
        entity.message = WAKING
    elif entity.deployment == "DEPLOYMENT_READY":
        last = max(entity.ready_ms or 0, entity.last_request_ms or 0)
        entity.message = SCALED_TO_ZERO if now - last >= world.clock.span_ms(IDLE_S) else ""


def is_cold(world: World, entity: Entity) -> bool:
    """Whether no replica of a scale-to-zero entity runs right now (asleep or still starting)."""
    if entity.spec.get("scale_to_zero_enabled"):
        _breathe(world, entity)
    return entity.message in {SCALED_TO_ZERO, WAKING}


def wake(world: World, entity: Entity) -> int:
    """A request came: start a sleeping entity. Gives the milliseconds until it can answer (0: warm, it is used)."""
    now = world.clock.now_ms()
    if not is_cold(world, entity):
        entity.last_request_ms = now
        return 0
    if entity.waking_ms is None:
        entity.waking_ms, entity.message = now, WAKING
    return max(entity.waking_ms + world.clock.span_ms(COLD_START_S) - now, 1)
