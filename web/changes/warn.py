"""What a person should know before applying, none of which forbids it. Each warning has a stable code."""

from collections.abc import Iterator
from typing import Any

from web.changes.app_attach import APP_KINDS, app_warnings
from web.changes.calls import desired_config
from web.changes.checks import Finding
from web.changes.effects import entities_of, moves, shares
from web.changes.fields import current_config, writable_config
from web.changes.gateway_rules import gateway_warnings
from web.changes.kinds import Change, Kind

BIG_SHIFT = 50  # percentage points at once to an entity that had no traffic


def warnings_for(change: Change, live: dict[str, Any] | None) -> list[Finding]:
    """Warnings of one change against the endpoint as it is."""
    if change.kind is Kind.CREATE:
        return list(_new_config(change.body.get("config") or {}, {}))
    if live is None:
        return []
    if change.kind is Kind.DELETE:
        return _delete(live)
    if change.kind is Kind.STOP:
        return [Finding("", "Calls are refused with HTTP 400 until the endpoint is started again.", "stops-serving")]
    if change.kind is Kind.START:
        return [Finding("", "Starting makes a new config version.", "new-version")]
    if change.kind in (Kind.CONFIG, Kind.TRAFFIC):
        return list(_new_config(desired_config(change, live), live))
    if change.kind is Kind.RESTORE and isinstance(change.body.get("config"), dict):
        return list(_new_config(change.body["config"], live))
    if change.kind in APP_KINDS:
        return [Finding(*one) for one in app_warnings(change, live)]
    if change.kind is Kind.GATEWAY:
        return [Finding(*one) for one in gateway_warnings(change.body, live.get("ai_gateway") or {})]
    return []


def _delete(live: dict[str, Any]) -> list[Finding]:
    again = "An endpoint made again under this name has a new id: permissions are lost unless granted again."
    found = [
        Finding("", "Callers get an error at once. There is no undo in Databricks.", "no-undo"),
        Finding("", again, "new-id"),
    ]
    if (live.get("state") or {}).get("ready") == "READY":
        found.insert(0, Finding("", "The endpoint is READY: it may be serving calls right now.", "serving"))
    return found


def _new_config(config: dict[str, Any], live: dict[str, Any]) -> Iterator[Finding]:
    """Warnings of what the change alters; what was so before is no news."""
    now = writable_config(current_config(live)) if live and current_config(live) else {}
    yield from _entities(config, now, live)
    if now:
        yield from _removed(config, now)
        yield from _big_shift(config, now)


def _entities(config: dict[str, Any], now: dict[str, Any], live: dict[str, Any]) -> Iterator[Finding]:
    entities = [e for e in config.get("served_entities") or [] if isinstance(e, dict)]
    share, had, was = shares(config), shares(now), entities_of(now)
    fallback = ((live.get("ai_gateway") or {}).get("fallback_config") or {}).get("enabled")
    for place, entity in enumerate(entities):
        name = str(entity.get("name") or "")
        taken = share.get(name) or (100 if len(entities) == 1 else 0)
        same = name in was and bool(had.get(name)) == bool(taken)
        if len(entities) > 1 and not taken and not fallback and not same:
            yield Finding(f"served_entities[{place}]", f"'{name or place + 1}' gets no traffic (0 %).", "no-traffic")
        if entity.get("scale_to_zero_enabled") and taken and not (same and was[name].get("scale_to_zero_enabled")):
            message = f"'{name or place + 1}' scales to zero: the first call after a pause waits for a cold start."
            yield Finding(f"served_entities[{place}].scale_to_zero_enabled", message, "scale-to-zero")


def _removed(config: dict[str, Any], now: dict[str, Any]) -> Iterator[Finding]:
    kept = entities_of(config).keys()
    for name in entities_of(now):
        if name not in kept:
            message = f"'{name}' is taken away once the new config serves."
            yield Finding("served_entities", message, "entity-removed")
    serving = {name for name, share in shares(now).items() if share}
    if serving and not serving & kept:
        message = "No entity that takes traffic now stays: all traffic moves to new ones at once."
        yield Finding("served_entities", message, "nothing-stays")


def _big_shift(config: dict[str, Any], now: dict[str, Any]) -> Iterator[Finding]:
    """An entity that had no traffic gets a lot of it at once, from one that stays and could have kept it."""
    had, kept = shares(now), entities_of(config).keys()
    for target in dict.fromkeys(move.target for move in moves(now, config) if move.source in kept):
        share = shares(config).get(target, 0)
        if not had.get(target) and share >= BIG_SHIFT:
            message = (
                f"'{target}' goes from 0 % to {share} % in one step. With a few percent first, trouble stays small."
            )
            yield Finding("traffic_config.routes", message, "big-shift")
