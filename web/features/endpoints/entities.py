"""Served entities and configs as the endpoint page shows them."""

from dataclasses import dataclass, field
from typing import Any

from web.audit.redact import is_reference, is_secret
from web.changes.fields import route_name
from web.workspace.answers import number
from web.workspace.entity_state import look, model_of, name_of

GPU_LARGE = ("GPU_LARGE", "GPU_XLARGE", "GPU_XLARGE_8", "MULTIGPU_MEDIUM")


@dataclass(frozen=True)
class Setting:
    """An environment variable or a provider's setting. A typed value of a secret is never given: `masked` then."""

    name: str
    value: str
    reference: bool = False
    masked: bool = False


@dataclass(frozen=True)
class EntityView:
    """One served entity. `percent` is its share of the traffic, None where the config has no routes."""

    name: str
    model: str
    facts: list[str]
    percent: int | None
    label: str
    tone: str
    icon: str
    busy: bool
    deployment: str
    message: str
    settings: list[Setting] = field(default_factory=list)
    settings_title: str = "Environment variables"


@dataclass(frozen=True)
class RouteView:
    """A share of the traffic."""

    name: str
    percent: int


@dataclass(frozen=True)
class ConfigView:
    """A config: what serves, or what is being tried. `started` in ms since 1970 for one that is being tried."""

    version: int | None
    entities: list[EntityView]
    routes: list[RouteView]
    started: int | None
    deadline_s: int | None


def config_view(config: Any, kind: str) -> ConfigView | None:
    """A view of `config` or `pending_config`; None when there is none."""
    if not isinstance(config, dict) or not config:
        return None
    raw = [e for e in config.get("served_entities") or [] if isinstance(e, dict)]
    traffic = config.get("traffic_config") or {}
    routes = [RouteView(route_name(r), number(r.get("traffic_percentage"))) for r in _maps(traffic.get("routes"))]
    shares = {route.name: route.percent for route in routes}
    return ConfigView(
        version=config.get("config_version"),
        entities=[entity_view(e, kind, shares) for e in raw],
        routes=routes,
        started=number(config.get("start_time")) or None,
        deadline_s=max((deadline_s(e) for e in raw), default=None) if kind in ("custom", "agent") else None,
    )


def entity_view(entity: dict[str, Any], kind: str, shares: dict[str, int]) -> EntityView:
    """One served entity."""
    seen = look(entity)
    name = name_of(entity)
    external = entity.get("external_model")
    return EntityView(
        name=name,
        model=model_of(entity),
        facts=_facts(entity, kind),
        percent=shares.get(name, 0) if shares else None,
        label=seen.label,
        tone=seen.tone,
        icon=seen.icon,
        busy=seen.busy,
        deployment=str((entity.get("state") or {}).get("deployment") or ""),
        message=seen.message,
        settings=_provider_settings(external) if isinstance(external, dict) else _environment(entity),
        settings_title="Provider settings" if isinstance(external, dict) else "Environment variables",
    )


def deadline_s(entity: dict[str, Any]) -> int:
    """After how long the platform gives a deployment up: 30 min on CPU, 60 on small and medium GPUs, 120 on larger."""
    kind = str(entity.get("workload_type") or "CPU")
    return 7200 if kind in GPU_LARGE else 3600 if "GPU" in kind else 1800


def _maps(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _facts(entity: dict[str, Any], kind: str) -> list[str]:
    external = entity.get("external_model")
    if isinstance(external, dict):
        return [str(external["task"])] if external.get("task") else []
    facts = [f"version {entity['entity_version']}"] if entity.get("entity_version") else []
    if isinstance(entity.get("foundation_model"), dict) and entity.get("entity_name"):
        facts.insert(0, str(entity["entity_name"]))
    size = " ".join(str(entity[k]) for k in ("workload_type", "workload_size") if entity.get(k))
    facts += [size] if size else []
    facts += _range(entity, "provisioned_concurrency", "concurrent requests")
    facts += _range(entity, "provisioned_throughput", "tokens/s")
    if entity.get("provisioned_model_units"):
        facts.append(f"{entity['provisioned_model_units']} model units")
    if entity.get("instance_profile_arn"):
        facts.append(f"instance profile {entity['instance_profile_arn']}")
    if "scale_to_zero_enabled" in entity and kind in ("custom", "agent", "provisioned"):
        facts.append("scales to zero" if entity["scale_to_zero_enabled"] else "always on")
    return facts


def _range(entity: dict[str, Any], what: str, unit: str) -> list[str]:
    low, high = entity.get(f"min_{what}"), entity.get(f"max_{what}")
    return [] if high is None else [f"{low if low is not None else 0} to {high} {unit}"]


def _environment(entity: dict[str, Any]) -> list[Setting]:
    variables = entity.get("environment_vars")
    if not isinstance(variables, dict):
        return []
    return [_setting(str(key), value, "environment_vars") for key, value in sorted(variables.items())]


def _provider_settings(external: dict[str, Any]) -> list[Setting]:
    found = []
    for group, values in external.items():
        if group.endswith("_config") and isinstance(values, dict):
            for key, value in values.items():
                nested = value.items() if isinstance(value, dict) else [(key, value)]
                found += [_setting(str(name), one, group) for name, one in nested]
    return found


def _setting(name: str, value: Any, inside: str) -> Setting:
    if is_secret(name, value, inside):
        return Setting(name, "", masked=True)
    return Setting(name, str(value), reference=is_reference(value))
