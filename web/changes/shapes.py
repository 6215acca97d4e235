"""The shape of a Change's body: where the API has an object or a list, nothing else gets past here.

Rules behind this one may rely on it. Fields that nobody here knows are left alone, whatever they are.
"""

from collections.abc import Iterator
from typing import Any

OBJECTS = frozenset(
    {
        "config",
        "traffic_config",
        "ai_gateway",
        "email_notifications",
        "telemetry_config",
        "external_model",
        "environment_vars",
        "guardrails",
        "usage_tracking_config",
        "inference_table_config",
        "fallback_config",
        "auto_capture_config",
        "table_names",
        "add",
    }
)
LISTS = frozenset({"served_entities", "rate_limits", "access_control_list", "permissions", "tags", "delete"})
FREE = frozenset({"environment_vars", "add", "custom_provider_config"})
"""Objects whose keys are people's own names, not fields."""
SPLIT = "routes"
"""An object by name in a change of traffic, a list of objects in a config."""
Breach = tuple[str, str]


def misshapen(body: dict[str, Any], prefix: str = "") -> Iterator[Breach]:
    """(path, what it has to be) of every field that is something else than the API has there."""
    for name, value in body.items():
        path = prefix + name
        if value is None:
            continue
        if (name in OBJECTS or path == SPLIT) and not isinstance(value, dict):
            yield path, f"'{name}' is an object."
        elif (name in LISTS or (name == SPLIT and prefix)) and not isinstance(value, list):
            yield path, f"'{name}' is a list."
        elif isinstance(value, dict) and name not in FREE:
            yield from misshapen(value, f"{path}.")
        elif isinstance(value, list):
            yield from _items(name, value, path)


def _items(name: str, items: list[Any], path: str) -> Iterator[Breach]:
    for place, item in enumerate(items):
        here = f"{path}[{place}]"
        if name == "delete":
            if not isinstance(item, str):
                yield here, "Each of 'delete' is the key of a tag."
        elif isinstance(item, dict):
            yield from misshapen(item, f"{here}.")
            if name == "tags" and not isinstance(item.get("key"), str):
                yield f"{here}.key", "The key of a tag is a text."
        elif name in LISTS or name == SPLIT:
            yield here, f"Each of '{name}' is an object."
