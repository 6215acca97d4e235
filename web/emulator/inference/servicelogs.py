"""The log of the model server of one entity, made of its start and of the requests it really served."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from web.emulator.inference.metrics import Served

if TYPE_CHECKING:
    from web.emulator.serving.endpoint import Endpoint, Entity
    from web.emulator.world import World


def lines(world: World, endpoint: Endpoint, entity: Entity) -> list[str]:
    """The log lines of the entity's replicas, oldest first; none before it started and while it is scaled to zero."""
    if entity.deployment in ("DEPLOYMENT_FAILED", "DEPLOYMENT_ABORTED"):
        return _start(entity)[:3] + _failure(entity)
    if entity.ready_ms is None or entity.message == "Scaled to zero" or endpoint.suspended:
        return []
    served = endpoint.served.lines.get(entity.name(), ())
    return _start(entity) + [line for one in served if one.at_ms >= entity.created_ms for line in _request(entity, one)]


def _prefix(entity: Entity, at_ms: int) -> str:
    stamp = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"[{entity.id[:5]}] [{stamp} +0000]"


def _start(entity: Entity) -> list[str]:
    at = entity.ready_ms or entity.created_ms
    prefix = _prefix(entity, at)
    model = f"{entity.spec.get('entity_name', entity.name())} version {entity.spec.get('entity_version', '1')}"
    return [
        f"{prefix} [2] [INFO] Starting gunicorn 23.0.0",
        f"{prefix} [2] [INFO] Listening at: http://0.0.0.0:8080 (2)",
        f"{prefix} [7] [INFO] Booting worker with pid: 7",
        f"{prefix} [7] [INFO] Loaded model {model}",
        f"{prefix} [7] [INFO] Model server is ready",
    ]


_FAILURES = {
    "missing_module": "ModuleNotFoundError: No module named 'lightgbm'",
    "out_of_memory": "Worker (pid:7) was sent SIGKILL! Perhaps out of memory?",
    "wrong_version": "AttributeError: module 'numpy' has no attribute 'float_'",
}


def _failure(entity: Entity) -> list[str]:
    prefix = _prefix(entity, entity.created_ms)
    reason = _FAILURES.get(entity.fails or "", "Model server did not become ready in time")
    return [f"{prefix} [7] [ERROR] Exception in worker process", reason, f"{prefix} [2] [ERROR] Worker failed to boot."]


def _request(entity: Entity, one: Served) -> list[str]:
    prefix = _prefix(entity, one.at_ms)
    level = "INFO" if one.status < 400 else "WARNING" if one.status < 500 else "ERROR"
    line = f"{prefix} [7] [{level}] POST {one.path} {one.status} {one.took_ms:.1f}ms request_id={one.request_id}"
    return [line, f"{prefix} [7] [{level}] {one.error}"] if one.error else [line]
