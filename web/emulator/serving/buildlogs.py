"""What the container build of a served entity printed, up to the present moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from web.emulator.permissions import require
from web.emulator.serving.durations import BUILD_CPU_S, FAILS_AFTER_S, build_s
from web.emulator.serving.endpoint import Config, Endpoint, Entity
from web.emulator.wire import Call, invalid, missing, reply

if TYPE_CHECKING:
    from web.emulator.world import World

Script = list[tuple[float, str]]


def _opening(entity: Entity) -> Script:
    name, version = entity.spec.get("entity_name", "model"), entity.spec.get("entity_version", "1")
    lines = [
        f"Starting build for model {name}, version {version}",
        "Downloading model artifacts",
        "Downloaded 6 artifacts (41.7 MB)",
        "Building image from conda.yaml and requirements.txt",
        "Collecting package metadata (repodata.json): ...working... done",
        "Solving environment: ...working... done",
        "Installing pip dependencies: ...working...",
        "Collecting mlflow==2.22.1",
        "Collecting cloudpickle==3.1.1",
        "Collecting numpy==1.26.4",
        "Collecting pandas==2.2.3",
        "Collecting scikit-learn==1.6.1",
    ]
    return [(place / 30, text) for place, text in enumerate(lines)]


def _success(entity: Entity) -> Script:
    lines = [
        "Successfully installed cloudpickle-3.1.1 mlflow-2.22.1 numpy-1.26.4 pandas-2.2.3 scikit-learn-1.6.1",
        "Committing image layers",
        "Pushing image to the workspace registry",
        "Image pushed, digest sha256:" + entity.id.ljust(64, "0")[:64],
        "Starting container",
        "[INFO] Starting gunicorn 23.0.0",
        "[INFO] Listening at: http://0.0.0.0:8080 (1)",
        "[INFO] Booting worker with pid: 7",
        "Loading model",
        "Model loaded in 2.4 s",
        "Health check passed, served entity is ready",
    ]
    return [(0.45 + place / 20, text) for place, text in enumerate(lines)]


_STARTED = [
    (0.5, "Successfully installed cloudpickle-3.1.1 mlflow-2.22.1 numpy-1.26.4 pandas-2.2.3 scikit-learn-1.6.1"),
    (0.6, "Pushing image to the workspace registry"),
    (0.7, "Starting container"),
    (0.75, "[INFO] Starting gunicorn 23.0.0"),
    (0.8, "Loading model"),
]
FAILURES: dict[str, Script] = {
    "missing_module": [
        *_STARTED,
        (1, "Traceback (most recent call last):"),
        (1, '  File "site-packages/mlflow/pyfunc/__init__.py", line 1122, in load_model'),
        (1, "    model_impl = importlib.import_module(conf[MAIN])._load_pyfunc(data_path)"),
        (1, "ModuleNotFoundError: No module named 'lightgbm'"),
        (1, "[ERROR] Worker (pid:7) exited with code 3. Shutting down: Master. Reason: Worker failed to boot."),
        (1, "Container creation failed: add the missing module to pip_requirements and log the model again."),
    ],
    "out_of_memory": [
        *_STARTED,
        (0.9, "Loading checkpoint shards: 33%|###3      | 1/3"),
        (0.95, "Loading checkpoint shards: 67%|######6   | 2/3"),
        (1, "[ERROR] Worker (pid:7) was sent SIGKILL! Perhaps out of memory?"),
        (1, "Container exited with code 137 (OOMKilled): memory limit 4096 MB, peak 4096 MB"),
        (1, "Container creation failed: the model needs more memory than the workload type offers."),
    ],
    "wrong_version": [
        (0.9, "ERROR: Ignored versions that require a different python version: 2.4.0 Requires-Python >=3.12"),
        (1, "ERROR: Could not find a version that satisfies the requirement numpy==2.4.0 (from versions: 2.2.6)"),
        (1, "ERROR: No matching distribution found for numpy==2.4.0"),
        (1, "CondaEnvException: Pip failed"),
        (1, "Container image creation failed: the environment of the model could not be installed."),
    ],
    "unknown_secret": [
        (1, "ERROR: Failed to resolve environment variables: a referenced secret does not exist or cannot be read."),
    ],
    "timeout": [
        *[(0.1, text) for _, text in _STARTED],
        (0.2, "Waiting for the health check of the container"),
        (0.5, "Health check failed: connection refused on port 8080"),
        (1, "Served entity creation aborted because the endpoint update timed out."),
    ],
}  # fmt: skip


def lines(world: World, endpoint: Endpoint, entity: Entity) -> list[str]:
    """The lines printed so far, each with its time (UTC)."""
    ending = FAILURES.get(entity.fails, FAILURES["missing_module"]) if entity.fails else _success(entity)
    total = build_s(endpoint.kind, entity) or BUILD_CPU_S
    if entity.fails and entity.fails not in {"timeout", *FAILS_AFTER_S}:
        total = BUILD_CPU_S
    shown = []
    for share, text in sorted([*_opening(entity), *ending], key=lambda line: line[0]):
        at = entity.created_ms + world.clock.span_ms(min(share, 1) * total)
        if at <= world.clock.now_ms():
            shown.append(f"[{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S +0000}] {text}")
    return [*shown, *entity.build_log]


def find(call: Call, needed: str) -> tuple[Endpoint, Config, Entity]:
    """The entity a log is asked of; without `config_version` the active config's, else the pending one's."""
    endpoint = call.world.find(call.params["name"])
    require(call, endpoint, needed)
    if endpoint.kind not in {"custom", "provisioned", "feature"}:
        raise invalid(
            f"Logs are not available for endpoint {endpoint.name}: its models are not hosted in the workspace."
        )
    wanted = call.query.get("config_version")
    configs = endpoint.configs()
    if wanted is None:
        configs = [config for config in (endpoint.config, endpoint.pending) if config]
    elif not wanted.isdigit():
        raise invalid(f"config_version '{wanted}' is not a number.")
    else:
        configs = [config for config in configs if config.version == int(wanted)]
    for config in configs:
        if entity := config.entity(call.params["entity"]):
            return endpoint, config, entity
    raise missing(f"Served model '{call.params['entity']}' does not exist in endpoint '{endpoint.name}'.")


async def build_logs(call: Call) -> Response:
    """`{"logs": "…"}`; `config_version` reaches a failed update's."""
    endpoint, _, entity = find(call, call.world.switches.logs_level)
    return reply({"logs": "\n".join(lines(call.world, endpoint, entity))})
