"""Everything the embedded workspace knows, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from web.emulator.apps import Apps
from web.emulator.catalog import Catalog
from web.emulator.clock import Clock
from web.emulator.faults import Faults
from web.emulator.files import Volumes
from web.emulator.people import People
from web.emulator.registry import Registry
from web.emulator.requestlog import RequestLog
from web.emulator.secrets import Secrets
from web.emulator.serving import lifecycle
from web.emulator.serving.endpoint import Endpoint
from web.emulator.serving.quota import Quota
from web.emulator.sql import Warehouses
from web.emulator.switches import Switches
from web.emulator.wire import missing

WORKSPACE_ID = "6051921418418893"
ACCOUNT_ID = "b1d2c3e4-0000-4000-8000-5f6a7b8c9d0e"


class World:
    """The state of one workspace. `reset()` brings the seed back; `state` is room for modules that keep more."""

    def __init__(self, seed: str = "demo", speed: float = 20.0) -> None:
        self.seed = seed
        self.speed = speed
        self.url = "http://127.0.0.1"
        self.reset()

    def reset(self) -> None:
        """Forget everything and plant the seed again; the clock returns to real time."""
        from web.emulator.seed import plant

        self.clock = Clock(self.speed)
        self.switches = Switches()
        self.people, before = People(), getattr(self, "people", None)
        self.endpoints: dict[str, Endpoint] = {}
        self.catalog = Catalog()
        self.registry = Registry()
        self.secrets = Secrets()
        self.apps = Apps()
        self.sql = Warehouses()
        self.volumes = Volumes()
        self.faults = Faults()
        self.requests = RequestLog()
        self.quota = Quota()
        self._usage: list[dict[str, Any]] = []
        self.earlier_usage: Callable[[], list[dict[str, Any]]] | None = None
        self.served_entities: list[dict[str, Any]] = []
        self.state: dict[str, Any] = {}
        plant(self, self.seed)
        if before:
            self.people.keep_issued(before)

    @property
    def usage(self) -> list[dict[str, Any]]:
        """Rows of `system.serving.endpoint_usage`, oldest first. The seed's are made when somebody first asks: making
        them takes five times as long as all the rest of a reset, and few ask."""
        if self.earlier_usage:
            self._usage, self.earlier_usage = self.earlier_usage(), None
        return self._usage

    def find(self, name: str) -> Endpoint:
        """An endpoint by name, brought up to the present moment. Raises the 404 of an unknown name."""
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            raise missing(f"Endpoint with name '{name}' does not exist.")
        lifecycle.settle(self, endpoint)
        return endpoint
