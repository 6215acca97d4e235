"""Which log to show: every served entity of the pending and the active config, and the one that explains most."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from web.changes.fields import route_name
from web.workspace.answers import number

BROKEN = ("DEPLOYMENT_FAILED", "DEPLOYMENT_ABORTED")
BUILD, SERVICE = "build", "service"
FAILED_UPDATE = ("UPDATE_FAILED", "UPDATE_CANCELED")


@dataclass(frozen=True)
class Source:
    """A served entity of one config. `which` is the log that tells most about it; `message` what the workspace says."""

    entity: str
    version: int | None
    pending: bool
    deployment: str
    message: str
    which: str

    @property
    def broken(self) -> bool:
        """Whether its deployment has failed."""
        return self.deployment in BROKEN

    @property
    def label(self) -> str:
        """The entity with its config version, and whether that one serves."""
        version = f", config version {self.version}" if self.version is not None else ""
        state = "failed" if self.broken else "being tried" if self.pending else "serving"
        return f"{self.entity}{version} ({state})"

    @property
    def key(self) -> str:
        """One value for a form field."""
        return f"{self.version if self.version is not None else ''}:{self.entity}"


def sources(raw: dict[str, Any]) -> list[Source]:
    """All that can be asked for, in the order of what somebody wants to see first."""
    tried, serving = _of(raw.get("pending_config"), pending=True), _of(raw.get("config"), pending=False)
    failed = (raw.get("state") or {}).get("config_update") in FAILED_UPDATE
    tried.sort(key=lambda one: not one.broken)
    return [*tried, *serving] if failed or tried else serving


def choose(known: list[Source], key: str) -> Source | None:
    """The source with this key, else the first."""
    return next((one for one in known if one.key == key), known[0] if known else None)


def query(source: Source, which: str) -> str:
    """The part of an address behind the question mark that leads to one log."""
    return urlencode({"source": source.key, "log": which})


def _of(config: Any, *, pending: bool) -> list[Source]:
    if not isinstance(config, dict):
        return []
    routes = (config.get("traffic_config") or {}).get("routes") or []
    shares = {route_name(r): number(r.get("traffic_percentage")) for r in routes if isinstance(r, dict)}
    entities = [one for one in config.get("served_entities") or [] if isinstance(one, dict) and one.get("name")]
    entities.sort(key=lambda one: -shares.get(str(one["name"]), 0))
    return [_source(one, config.get("config_version"), pending) for one in entities]


def _source(entity: dict[str, Any], version: Any, pending: bool) -> Source:
    state = entity.get("state") or {}
    deployment, message = str(state.get("deployment") or ""), str(state.get("deployment_state_message") or "")
    late = "service logs" in message.lower()
    which = SERVICE if late or (deployment == "DEPLOYMENT_READY" and not pending) else BUILD
    return Source(
        str(entity["name"]), version if isinstance(version, int) else None, pending, deployment, message, which
    )
