"""The `task` of an endpoint: that of its external or foundation model, or what its model was logged with (§3.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.emulator.serving.endpoint import Config

if TYPE_CHECKING:
    from web.emulator.world import World


def of(world: World, config: Config) -> str | None:
    """The task all entities of a config share, None for plain MLflow scoring."""
    from web.emulator.models.base import resolve

    for entity in config.entities:
        external = entity.spec.get("external_model")
        if external:
            return str(external["task"])
        model = resolve(world, entity.spec)
        if model is not None and model.task:
            return model.task
    return None
