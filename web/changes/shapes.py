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
        "add",
    }
)
LISTS = frozenset({"served_entities", "rate_limits", "access_control_list", "permissions", "delete"})
OF_OBJECTS = LISTS - {"delete"}
FREE = frozenset({"environment_vars", "add", "custom_provider_config"})
"""Objects whose keys are people's own names, not fields."""
NEITHER = frozenset({"tags", "routes"})
"""A list of objects in most changes, an object by name in others."""
Breach = tuple[str, str]


def misshapen(body: dict[str, Any], prefix: str = "") -> Iterator[Breach]:
    """(path, what it has to be) of every field that is something else than the API has there."""
    for name, value in body.items():
        path = prefix + name
        if value is None:
            continue
        if name in OBJECTS and not isinstance(value, dict):
            yield path, f"'{name}' is an object."
        elif name in LISTS and not isinstance(value, list):
            yield path, f"'{name}' is a list."
        elif name in NEITHER and not isinstance(value, list | dict):
            yield path, f"'{name}' is a list or an object."
        elif isinstance(value, dict) and name not in FREE:
            yield from misshapen(value, f"{path}.")
        elif isinstance(value, list):
            yield from _items(name, value, path)


def _items(name: str, items: list[Any], path: str) -> Iterator[Breach]:
    for place, item in enumerate(items):
        if isinstance(item, dict):
            yield from misshapen(item, f"{path}[{place}].")
        elif name in OF_OBJECTS | NEITHER:
            yield f"{path}[{place}]", f"Each of '{name}' is an object."
