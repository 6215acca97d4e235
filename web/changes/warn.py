"""What a person should know before applying, none of which forbids it."""

from collections.abc import Iterator
from typing import Any

from web.changes.app_attach import APP_KINDS, app_warnings
from web.changes.calls import desired_config
from web.changes.checks import Finding
from web.changes.fields import current_config, route_name, writable_config
from web.changes.gateway_rules import gateway_warnings
from web.changes.kinds import Change, Kind


def warnings_for(change: Change, live: dict[str, Any] | None) -> list[Finding]:
    """Warnings of one change against the endpoint as it is."""
    if change.kind is Kind.CREATE:
        return list(_new_config(change.body.get("config") or {}, {}))
    if live is None:
        return []
    if change.kind is Kind.DELETE:
        return _delete(live)
    if change.kind is Kind.STOP:
        return [Finding("", "Calls are refused with HTTP 400 until the endpoint is started again.")]
    if change.kind is Kind.START:
        return [Finding("", "Starting makes a new config version.")]
    if change.kind in (Kind.CONFIG, Kind.TRAFFIC):
        return list(_new_config(desired_config(change, live), live))
    if change.kind in APP_KINDS:
        return [Finding(*one) for one in app_warnings(change, live)]
    if change.kind is Kind.GATEWAY:
        return [Finding(*one) for one in gateway_warnings(change.body, live.get("ai_gateway") or {})]
    return []


def _delete(live: dict[str, Any]) -> list[Finding]:
    found = [
        Finding("", "Callers get an error at once. There is no undo in Databricks."),
        Finding("", "An endpoint made again under this name has a new id: permissions are lost unless granted again."),
    ]
    if (live.get("state") or {}).get("ready") == "READY":
        found.insert(0, Finding("", "The endpoint is READY: it may be serving calls right now."))
    return found


def _new_config(config: dict[str, Any], live: dict[str, Any]) -> Iterator[Finding]:
    entities = [e for e in config.get("served_entities") or [] if isinstance(e, dict)]
    raw = (config.get("traffic_config") or {}).get("routes") or []
    share = {route_name(r): r.get("traffic_percentage") for r in raw if isinstance(r, dict)}
    fallback = ((live.get("ai_gateway") or {}).get("fallback_config") or {}).get("enabled")
    for place, entity in enumerate(entities):
        name = str(entity.get("name") or "")
        if len(entities) > 1 and not share.get(name) and not fallback:
            yield Finding(f"served_entities[{place}]", f"'{name or place + 1}' gets no traffic (0 %).")
        if entity.get("scale_to_zero_enabled") and (share.get(name) or len(entities) == 1):
            message = f"'{name or place + 1}' scales to zero: the first call after a pause waits for a cold start."
            yield Finding(f"served_entities[{place}].scale_to_zero_enabled", message)
    if live:
        yield from _removed(entities, live)


def _removed(entities: list[dict[str, Any]], live: dict[str, Any]) -> Iterator[Finding]:
    now = writable_config(current_config(live))
    kept = {str(e.get("name")) for e in entities}
    gone = [str(e.get("name")) for e in now["served_entities"] if str(e.get("name")) not in kept]
    for name in gone:
        yield Finding("served_entities", f"'{name}' is taken away once the new config serves.")
    serving = {route_name(r) for r in now["traffic_config"].get("routes") or [] if r.get("traffic_percentage")}
    if serving and not serving & kept:
        yield Finding(
            "served_entities", "No entity that takes traffic now stays: all traffic moves to new ones at once."
        )
