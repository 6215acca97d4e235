"""Changes, fields and values in words a person reads without knowing the JSON."""

import json
import re
from typing import Any

from web.changes.kinds import Kind

DONE = {
    Kind.CREATE: "Created the endpoint",
    Kind.DELETE: "Deleted the endpoint",
    Kind.STOP: "Stopped the endpoint",
    Kind.START: "Started the endpoint",
    Kind.CONFIG: "Changed config",
    Kind.TRAFFIC: "Shifted traffic",
    Kind.TAGS: "Changed tags",
    Kind.GATEWAY: "Changed AI Gateway",
    Kind.PERMISSIONS: "Changed permissions",
    Kind.NOTIFICATIONS: "Changed notifications",
    Kind.TELEMETRY: "Changed telemetry",
    Kind.APP_ATTACH: "Attached to an app",
    Kind.APP_DETACH: "Detached from an app",
    Kind.RESTORE: "Restored an earlier version",
}
MEANT = {
    Kind.CREATE: "Create endpoint",
    Kind.DELETE: "Delete endpoint",
    Kind.STOP: "Stop endpoint",
    Kind.START: "Start endpoint",
    Kind.CONFIG: "Change config",
    Kind.TRAFFIC: "Shift traffic",
    Kind.TAGS: "Change tags",
    Kind.GATEWAY: "Change AI Gateway",
    Kind.PERMISSIONS: "Change permissions",
    Kind.NOTIFICATIONS: "Change notifications",
    Kind.RESTORE: "Restore an earlier version",
    Kind.TELEMETRY: "Change telemetry",
    Kind.APP_ATTACH: "Attach to an app",
    Kind.APP_DETACH: "Detach from an app",
}
PARTS = {
    "config": "Config",
    "tags": "Tags",
    "ai_gateway": "AI Gateway",
    "telemetry_config": "Telemetry",
    "resources": "Resources of the app",
    "email_notifications": "Email notifications",
    "access_control_list": "Permissions",
    "id": "Endpoint id",
    "served_entities": "Served entities",
    "entity_version": "Model version",
    "entity_name": "Model",
    "environment_vars": "Environment variables",
    "scale_to_zero_enabled": "Scale to zero",
    "traffic_percentage": "Traffic percentage",
    "routes": "Traffic split",
}
ITEMS = {"served_entities": "served entity", "routes": "route", "tags": "tag", "rate_limits": "rate limit"}
STEP = re.compile(r"([^.\[\]]+)(?:\[([^\]]*)\])?")
SHORT = 60


def field_words(path: str) -> str:
    """`config.served_entities[churn-1].workload_size` is "Workload size of served entity churn-1"."""
    steps = STEP.findall(path)
    if not steps:
        return "The whole endpoint"
    name, item = steps[-1]
    owner = next((f"{ITEMS.get(n, n.replace('_', ' '))} {i}" for n, i in reversed(steps[:-1]) if i), "")
    if item:
        owner = f"{ITEMS.get(name, name.replace('_', ' '))} {item}"
        return owner[:1].upper() + owner[1:]
    words = PARTS.get(name) or name.replace("_", " ")
    words = words[:1].upper() + words[1:]
    if owner:
        return f"{words} of {owner}"
    area = PARTS.get(steps[0][0], "")
    return f"{words} ({area})" if len(steps) > 2 and area else words


def value_words(value: Any) -> str:
    """A simple value as text, a traffic split as a sentence, anything else as indented JSON."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, dict) and value.get("redacted"):
        return "a secret that is not shown"
    if isinstance(value, list) and value and all(isinstance(v, dict) and "traffic_percentage" in v for v in value):
        names = ((v.get("served_entity_name") or v.get("served_model_name"), v["traffic_percentage"]) for v in value)
        return ", ".join(f"{name} {percent} %" for name, percent in names)
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def simple(value: Any) -> bool:
    """Whether `value_words` says it in one line."""
    return "\n" not in value_words(value)


def summary(rows: list[dict[str, Any]]) -> str:
    """What differs, in one line: the first fields, and how many more there are."""
    told = [text for row in rows if (text := _row(row))][:2]
    more = len(rows) - len(told)
    if not told:
        return f"{more} fields" if more > 1 else "1 field" if more else ""
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _row(row: dict[str, Any]) -> str:
    steps = STEP.findall(str(row["path"]))
    if not steps:
        return ""
    name, item = steps[-1]
    before, after = row.get("before"), row.get("after")
    became = "added" if before is None else "removed" if after is None else "changed"
    if item:
        what = f"{ITEMS.get(name, name.replace('_', ' '))} {item}"
        return f"{what} {became}"
    if not (simple(before) and simple(after)):
        words = field_words(str(row["path"]))
        return f"{words[:1].lower()}{words[1:]} {became}"
    owner = next((i for _, i in reversed(steps[:-1]) if i), "")
    short = {"entity_version": "version", "traffic_percentage": "traffic"}.get(name, name.replace("_", " "))
    values = f"{value_words(before)[:SHORT]} → {value_words(after)[:SHORT]}"
    return f"{owner} {short} {values}".strip()
