"""The part of an endpoint that a kind of change touches: what two edits can collide on, and a base is a hash of."""

from typing import Any

from web.changes.app_attach import APP_KINDS, resources_of
from web.changes.fields import editable
from web.changes.kinds import Kind
from web.changes.telemetry import config_of

PARTS: dict[Kind, tuple[str, ...]] = {
    Kind.CONFIG: ("config",),
    Kind.TRAFFIC: ("config",),
    Kind.TAGS: ("tags",),
    Kind.GATEWAY: ("ai_gateway",),
    Kind.NOTIFICATIONS: ("email_notifications",),
    Kind.STOP: ("suspended",),
    Kind.START: ("suspended",),
    Kind.RESTORE: ("config", "tags", "ai_gateway", "email_notifications"),
    Kind.DELETE: ("id", "config", "tags", "ai_gateway", "email_notifications"),
}


def part_of(kind: Kind, live: dict[str, Any] | None, grants: list[dict[str, Any]]) -> dict[str, Any]:
    """The part of `live` that `kind` changes, as a mapping; empty when there is no endpoint."""
    if live is None:
        return {}
    if kind in APP_KINDS:
        return {"resources": resources_of(live)}
    if kind is Kind.TELEMETRY:
        return {"telemetry_config": config_of(live)}
    if kind is Kind.PERMISSIONS:
        return {"access_control_list": grants}
    whole = editable(live)
    return {name: whole[name] for name in PARTS.get(kind, ())}
