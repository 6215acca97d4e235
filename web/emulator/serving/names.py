"""Names of endpoints, served entities and tags (§3.2)."""

from __future__ import annotations

import re
from typing import Any

from web.emulator.switches import Switches
from web.emulator.wire import invalid

ENDPOINT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
ENTITY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
RESERVED = "databricks-"


def endpoint_name(value: Any) -> str:
    """The name of a new endpoint. Raises 400 for one the platform does not take."""
    if not isinstance(value, str) or not value:
        raise invalid("Endpoint name must be provided.")
    if not ENDPOINT.fullmatch(value):
        raise invalid(
            f"Endpoint name '{value[:80]}' is invalid. It must be 1 to 63 characters long and contain only "
            "alphanumeric characters, dashes and underscores, with an alphanumeric character at both ends."
        )
    if value.lower().startswith(RESERVED):
        raise invalid(f"Endpoint name '{value}' is invalid. The prefix '{RESERVED}' is reserved.")
    return value


def entity_name(given: Any, default: str) -> str:
    """The name of a served entity, or the default with everything odd replaced by `-`. Raises 400 for a bad one."""
    if not given:
        return re.sub(r"[^A-Za-z0-9_-]+", "-", default).strip("-_")[:63]
    if not isinstance(given, str) or not ENTITY.fullmatch(given):
        raise invalid(
            f"Served entity name '{given}' is invalid. "
            "It must contain only alphanumeric characters, dashes and underscores."
        )
    return given


def tags(given: Any, switches: Switches) -> dict[str, str | None]:
    """Tags as sent, `[{"key", "value"}]`, as a dict. Raises 400 for repeated keys and beyond the limits."""
    if not isinstance(given or [], list):
        raise invalid("tags must be a list of key and value pairs.")
    found: dict[str, str | None] = {}
    for tag in given or []:
        key, value = (tag.get("key"), tag.get("value")) if isinstance(tag, dict) else (None, None)
        if not isinstance(key, str) or not key or not isinstance(value, str | None):
            raise invalid("Tag key must be provided.")
        if len(key) > switches.max_tag_key or len(value or "") > switches.max_tag_value:
            raise invalid(
                f"Tag '{key[:40]}' is too long: keys have at most {switches.max_tag_key} characters, "
                f"values at most {switches.max_tag_value}."
            )
        if key in found:
            raise invalid(f"Tag keys must be unique, but '{key}' is given more than once.")
        found[key] = value
    if len(found) > switches.max_tags:
        raise invalid(f"An endpoint can have at most {switches.max_tags} tags.")
    return found
