"""How long things take on the real service, in seconds; the clock's speed divides them."""

from __future__ import annotations

from web.emulator.clock import Clock
from web.emulator.serving.endpoint import Config, Endpoint, Entity

BUILD_CPU_S = 240
BUILD_GPU_S = 540
BUILD_GPU_LARGE_S = 900
PROVISION_S = 480
HOSTED_S = 4
REROUTE_S = 12
RESTART_S = 120
COLD_START_S = 40
IDLE_S = 1800
GPU_LARGE = {"GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8", "MULTIGPU_MEDIUM"}
FAILS_AFTER_S = {"missing_module": 150, "out_of_memory": 210, "wrong_version": 80, "unknown_secret": 60}


def deadline_s(spec: dict[str, object]) -> int:
    """After how many seconds the platform gives a deployment up (30, 60 or 120 minutes)."""
    kind = str(spec.get("workload_type") or "CPU")
    if kind in GPU_LARGE:
        return 7200
    return 3600 if kind.startswith("GPU") else 1800


def build_s(kind: str, entity: Entity) -> int:
    """Seconds from the request to DEPLOYMENT_READY, or to the failure of a build that fails."""
    if entity.fails == "timeout":
        return deadline_s(entity.spec)
    if entity.fails:
        return FAILS_AFTER_S.get(entity.fails, 120)
    if kind in {"external", "foundation", "feature"}:
        return HOSTED_S
    if kind == "provisioned":
        return PROVISION_S
    workload = str(entity.spec.get("workload_type") or "CPU")
    if workload in GPU_LARGE:
        return BUILD_GPU_LARGE_S
    return BUILD_GPU_S if workload.startswith("GPU") else BUILD_CPU_S


def due_ms(clock: Clock, endpoint: Endpoint, config: Config, entity: Entity) -> int:
    """When this entity of a pending config reaches its end state, virtual ms."""
    if entity.deployment == "DEPLOYMENT_READY":
        seconds = REROUTE_S if endpoint.kind in {"custom", "provisioned"} else HOSTED_S
    else:
        seconds = RESTART_S if endpoint.down else build_s(endpoint.kind, entity)
    return config.start_ms + clock.span_ms(seconds)
