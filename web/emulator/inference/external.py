"""External models: the keys their provider configuration refers to must exist before the provider can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from web.emulator.models.base import ServingError
from web.emulator.serving.endpoint import Entity
from web.emulator.world import World

_REFERENCE = re.compile(r"\{\{secrets/([^/{}]+)/([^/{}]+)\}\}")


def check_secrets(world: World, entity: Entity) -> None:
    """Raises ServingError when a secret reference of an external entity leads nowhere."""
    for text in _texts(entity.spec.get("external_model") or {}):
        match = _REFERENCE.fullmatch(text)
        if match and not world.secrets.exists(match[1], match[2]):
            message = f"Secret does not exist with scope: {match[1]} and key: {match[2]}"
            raise ServingError(400, "INVALID_PARAMETER_VALUE", message)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
