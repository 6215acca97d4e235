"""What a serving endpoint is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from web.emulator.inference.metrics import ServedStats
from web.emulator.serving.unknown import Unknown


@dataclass
class Entity:
    """A served entity of one config. `fails` names why its build will fail, None: it succeeds. Times in ms."""

    spec: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    creator: str = ""
    created_ms: int = 0
    deployment: str = "DEPLOYMENT_CREATING"
    message: str = ""
    build_log: list[str] = field(default_factory=list)
    ready_ms: int | None = None
    fails: str | None = None
    last_request_ms: int | None = None
    waking_ms: int | None = None  # since when it is starting from zero
    id: str = field(default_factory=lambda: uuid4().hex)

    def name(self) -> str:
        """Its name within the endpoint; routes and logs call it by this."""
        return str(self.spec["name"])


@dataclass
class Config:
    """One version of an endpoint's configuration; `routes` are (served entity name, traffic percentage)."""

    version: int
    entities: list[Entity]
    routes: list[tuple[str, int]]
    start_ms: int
    auto_capture: dict[str, Any] | None = None
    unknown: Unknown = field(default_factory=Unknown)

    def entity(self, name: str) -> Entity | None:
        """The served entity of that name."""
        return next((entity for entity in self.entities if entity.name() == name), None)


@dataclass
class Endpoint:
    """An endpoint: what serves (`config`), what is being tried (`pending`), who may do what (`grants`)."""

    name: str
    id: str | None
    creator: str
    created_ms: int
    updated_ms: int
    kind: str  # "custom" | "provisioned" | "foundation" | "external" | "feature"
    task: str | None = None
    description: str = ""
    route_optimized: bool = False
    tags: dict[str, str | None] = field(default_factory=dict)
    ai_gateway: dict[str, Any] | None = None
    email_notifications: dict[str, Any] | None = None
    budget_policy_id: str | None = None
    telemetry_config: dict[str, Any] | None = None
    rate_limits: list[dict[str, Any]] | None = None
    config: Config | None = None
    pending: Config | None = None
    config_update: str = "NOT_UPDATING"
    suspended: bool = False
    down: bool = False  # started again after a stop, not yet serving
    grants: dict[str, dict[str, str]] = field(default_factory=dict)  # {"user_name"|…: {principal: level}}
    extra: dict[str, Any] = field(default_factory=dict)
    past: list[Config] = field(default_factory=list)
    last_version: int = 0
    served: ServedStats = field(default_factory=ServedStats)

    @property
    def ready(self) -> bool:
        """Whether it takes requests (`state.ready`)."""
        return self.config is not None and not self.suspended and not self.down

    @property
    def updating(self) -> bool:
        """Whether an update runs."""
        return self.config_update == "IN_PROGRESS"

    def configs(self) -> list[Config]:
        """Every config still known, the one being tried first, then the active one, then older ones, newest first."""
        return [config for config in (self.pending, self.config) if config] + self.past[::-1]
