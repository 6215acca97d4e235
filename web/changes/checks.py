"""Rules known before anything is sent (reference §3.2): each breach is a finding with the field it belongs to."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from web.changes.app_attach import app_breaches
from web.changes.calls import uses_model_units
from web.changes.compute_rules import compute_breaches
from web.changes.fields import route_name
from web.changes.gateway_rules import gateway_breaches
from web.changes.kinds import Change, Kind
from web.changes.providers import PROVIDERS, provider_breaches
from web.changes.shapes import misshapen
from web.changes.telemetry import telemetry_breaches
from web.workspace.names import ENDPOINT, NAME_RULE, RESERVED_PREFIX, SERVED_ENTITY

# Unverified in the documents or said differently by different sources (reference §6): one constant each.
MAX_ENTITIES = 15
MAX_TAGS, MAX_TAG_KEY, MAX_TAG_VALUE = 20, 127, 255
MAX_ENVIRONMENT_VARS = 30

ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PROVIDER_CONFIG = {provider.key: provider.config for provider in PROVIDERS.values()}


@dataclass(frozen=True)
class Finding:
    """A breach of a rule, or a warning: `path` points into the change's body, `message` says what to do. A warning has
    a stable `code`, perhaps `details`, and with `must_acknowledge` nothing is sent before somebody has accepted it."""

    path: str
    message: str
    code: str = ""
    details: tuple[str, ...] = ()
    must_acknowledge: bool = False

    def as_json(self) -> dict[str, Any]:
        """The blocker or warning as the JSON API gives it."""
        more = {"code": self.code, "details": list(self.details), "must_acknowledge": self.must_acknowledge}
        return {"path": self.path, "message": self.message, **{k: v for k, v in more.items() if v}}


def check(change: Change) -> list[Finding]:
    """Every rule that the change breaks by itself, without asking the workspace."""
    body = change.body
    found = [Finding(*one) for one in misshapen(body)]
    if found:
        return found
    if not ENDPOINT.fullmatch(change.endpoint):
        found.append(Finding("name", f"A name has {NAME_RULE}"))
    elif change.kind is Kind.CREATE and change.endpoint.lower().startswith(RESERVED_PREFIX):
        found.append(Finding("name", "The prefix 'databricks-' is reserved for Databricks' own endpoints."))
    if change.kind is Kind.CREATE:
        found += config_findings(body.get("config") or {}, "config.")
        found += tag_findings({t["key"]: t.get("value") for t in body.get("tags") or []})
        found += gateway_findings(body.get("ai_gateway") or {}, "ai_gateway.")
    elif change.kind is Kind.RESTORE and body.get("config"):
        found += traffic_findings(body["config"], "config.")
    elif change.kind is Kind.CONFIG:
        found += config_findings(body, "")
    elif change.kind is Kind.TRAFFIC:
        found += _split(list((body.get("routes") or {}).values()), "routes")
    elif change.kind is Kind.TAGS:
        found += tag_findings(body.get("add") or {})
    elif change.kind in BY_KIND:
        found += [Finding(*one) for one in BY_KIND[change.kind](change)]
    return found


# Kinds whose rules live in a module of their own.
BY_KIND: dict[Kind, Callable[[Change], Iterator[tuple[str, str]]]] = {
    Kind.GATEWAY: lambda change: gateway_breaches(change.body),
    Kind.TELEMETRY: lambda change: telemetry_breaches(change.body),
    Kind.APP_ATTACH: app_breaches,
    Kind.APP_DETACH: app_breaches,
}


def config_findings(config: dict[str, Any], prefix: str) -> list[Finding]:
    """Entities, their names and the routes between them."""
    entities: list[dict[str, Any]] = config.get("served_entities") or []
    if not entities:
        return [Finding(prefix + "served_entities", "An endpoint needs at least one served entity.")]
    if len(entities) > MAX_ENTITIES:
        return [Finding(prefix + "served_entities", f"An endpoint has at most {MAX_ENTITIES} served entities.")]
    found: list[Finding] = []
    names = [str(e.get("name") or "") for e in entities]
    for place, entity in enumerate(entities):
        path = f"{prefix}served_entities[{place}]."
        if names[place] and names.count(names[place]) > 1:
            found.append(Finding(path + "name", f"Two served entities are named '{names[place]}'."))
        found += entity_findings(entity, path)
    found += _mixing(entities, prefix)
    return found + list(traffic_findings(config, prefix))


def entity_findings(entity: dict[str, Any], path: str) -> Iterator[Finding]:
    """One served entity by itself."""
    name = entity.get("name")
    if name and not SERVED_ENTITY.fullmatch(str(name)):
        yield Finding(path + "name", "A served entity's name has letters, digits, '-', '_' and '.'.")
    if entity.get("external_model") is not None:
        yield from _external(entity["external_model"], path + "external_model.")
    else:
        yield from _model(entity, path)
    variables = entity.get("environment_vars") or {}
    if len(variables) > MAX_ENVIRONMENT_VARS:
        yield Finding(path + "environment_vars", f"At most {MAX_ENVIRONMENT_VARS} environment variables.")
        return
    for variable, value in variables.items():
        if not isinstance(value, str):
            yield Finding(path + "environment_vars", f"The value of '{variable}' is a text: put it in quotes.")
        if not ENV_NAME.fullmatch(str(variable)):
            yield Finding(path + "environment_vars", f"'{variable}' cannot be the name of an environment variable.")


def _model(entity: dict[str, Any], path: str) -> Iterator[Finding]:
    if not entity.get("entity_name"):
        yield Finding(path + "entity_name", "Choose a model.")
    throughput = "max_provisioned_throughput" in entity or uses_model_units({"served_entities": [entity]})
    hosted = str(entity.get("entity_name")).startswith("system.ai.")
    version = str(entity.get("entity_version") or "")
    if version and not version.isdigit():
        yield Finding(path + "entity_version", "A version is a number; an alias is resolved to one before it is sent.")
    elif not version and not throughput and not hosted:
        yield Finding(path + "entity_version", "Choose a version.")
    if not throughput and not hosted and not isinstance(entity.get("scale_to_zero_enabled"), bool):
        yield Finding(path + "scale_to_zero_enabled", "Say whether the entity scales to zero: true or false.")
    if entity.get("workload_size") and entity.get("max_provisioned_concurrency"):
        yield Finding(path + "workload_size", "Give either a workload size or a concurrency, not both.")
    low, high = entity.get("min_provisioned_throughput"), entity.get("max_provisioned_throughput")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        yield Finding(path + "min_provisioned_throughput", "The minimum is above the maximum.")
    yield from (Finding(path + field, message) for field, message in compute_breaches(entity))


def _external(model: dict[str, Any], path: str) -> Iterator[Finding]:
    for need in ("provider", "name", "task"):
        if not model.get(need):
            yield Finding(path + need, f"An external model needs a {need}.")
    provider = str(model.get("provider") or "")
    if provider and provider not in PROVIDER_CONFIG:
        yield Finding(path + "provider", f"'{provider}' is not a provider. Choose one of {', '.join(PROVIDER_CONFIG)}.")
    wanted = PROVIDER_CONFIG.get(provider)
    if wanted and not isinstance(model.get(wanted), dict):
        yield Finding(path + wanted, f"The provider {provider} needs its settings.")
    for other in set(PROVIDER_CONFIG.values()) - {wanted}:
        if model.get(other):
            yield Finding(path + other, f"These settings belong to another provider than {provider}.")
    settings: Any = model.get(wanted) if wanted else None
    for field in settings if isinstance(settings, dict) else ():
        if field.endswith("_plaintext") and settings.get(field.removesuffix("_plaintext")):
            yield Finding(path + f"{wanted}.{field}", "Give either a secret reference or a plaintext key, not both.")
    yield from (Finding(path + field, message) for field, message in provider_breaches(model))


def _mixing(entities: list[dict[str, Any]], prefix: str) -> Iterator[Finding]:
    external = [e for e in entities if e.get("external_model")]
    if external and len(external) != len(entities):
        yield Finding(prefix + "served_entities", "External models and other models cannot share an endpoint.")
    tasks = {str(e["external_model"].get("task")) for e in external}
    if len(tasks) > 1:
        yield Finding(prefix + "served_entities", "All external models of an endpoint share one task.")


def traffic_findings(config: dict[str, Any], prefix: str) -> Iterator[Finding]:
    """The split by itself: every share has its entity, and the shares make 100."""
    names = [str(e.get("name") or "") for e in config.get("served_entities") or []]
    routes: list[dict[str, Any]] = (config.get("traffic_config") or {}).get("routes") or []
    path = prefix + "traffic_config.routes"
    if not routes:
        if len(names) > 1:
            yield Finding(path, "With more than one served entity, say how traffic is split.")
        return
    for route in routes:
        if all(names) and route_name(route) not in names:
            yield Finding(path, f"'{route_name(route)}' has a traffic share, but no served entity has that name.")
    yield from _split([r.get("traffic_percentage") for r in routes], path)


def _split(shares: list[Any], path: str) -> list[Finding]:
    if any(isinstance(s, bool) or not isinstance(s, int) or not 0 <= s <= 100 for s in shares):
        return [Finding(path, "Traffic percentages are whole numbers from 0 to 100.")]
    if sum(shares) != 100:
        return [Finding(path, f"Traffic percentages add up to {sum(shares)}, not to 100.")]
    return []


def tag_findings(tags: dict[str, Any]) -> list[Finding]:
    """Limits of tags, assumed where the documents say nothing."""
    found = []
    if len(tags) > MAX_TAGS:
        found.append(Finding("tags", f"At most {MAX_TAGS} tags."))
    for key, value in tags.items():
        if not str(key).strip() or len(str(key)) > MAX_TAG_KEY:
            found.append(Finding("tags", f"A tag's key has 1 to {MAX_TAG_KEY} characters."))
        if len(str(value or "")) > MAX_TAG_VALUE:
            found.append(Finding("tags", f"The value of '{key}' has more than {MAX_TAG_VALUE} characters."))
    return found


def gateway_findings(gateway: dict[str, Any], prefix: str) -> list[Finding]:
    """Rate limits, inference table and guardrails by themselves (reference §1.4)."""
    return [Finding(prefix + path, message) for path, message in gateway_breaches(gateway)]
