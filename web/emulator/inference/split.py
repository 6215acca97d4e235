"""Which served entity answers: the routes' shares by a smooth weighted rotation, and whom to fall back to."""

from __future__ import annotations

from web.emulator.serving.endpoint import Config, Endpoint, Entity
from web.emulator.wire import missing


def order(endpoint: Endpoint, config: Config, pinned: str | None) -> list[Entity]:
    """The entity to ask, then those to fall back to in list order. Raises the 404 of an unknown pinned entity."""
    if pinned is not None:
        entity = config.entity(pinned)
        if entity is None:
            raise missing(f"Served entity '{pinned}' does not exist on endpoint '{endpoint.name}'.")
        return [entity]
    chosen = config.entity(_turn(endpoint, config)) or config.entities[0]
    gateway = endpoint.ai_gateway or {}
    falls_back = endpoint.kind == "external" and (gateway.get("fallback_config") or {}).get("enabled")
    return [chosen, *(entity for entity in config.entities if entity is not chosen)] if falls_back else [chosen]


def _turn(endpoint: Endpoint, config: Config) -> str:
    """The next entity: over 100 requests each has exactly its percentage, evenly spread."""
    shares = {name: share for name, share in config.routes if share > 0} or {config.entities[0].name(): 100}
    balance = endpoint.served.balance.setdefault(config.version, {})
    for name, share in shares.items():
        balance[name] = balance.get(name, 0) + share
    chosen = max(shares, key=lambda name: balance[name])
    balance[chosen] -= sum(shares.values())
    return chosen
