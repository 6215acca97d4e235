"""Brings a change that was made from an older base onto the endpoint as it is now."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.changes.app_attach import APP_KINDS, desired, merged_change
from web.changes.calls import desired_config
from web.changes.checks import Finding, check, traffic_findings
from web.changes.diff import Row, canonical, diff, fingerprint
from web.changes.fields import route_name, tags_of
from web.changes.kinds import Base, Change, Kind
from web.changes.merge import Choice, Clash, merge
from web.changes.parts import part_of
from web.changes.telemetry import config_of

MERGEABLE = APP_KINDS | {
    Kind.CONFIG,
    Kind.TRAFFIC,
    Kind.TAGS,
    Kind.GATEWAY,
    Kind.PERMISSIONS,
    Kind.NOTIFICATIONS,
    Kind.TELEMETRY,
}


@dataclass(frozen=True)
class Rebased:
    """`change` as it applies to the live endpoint; `theirs`: what others changed since the base; `clashes`: what only a
    person can decide (then nothing may be sent); `known` False: the base is not on record, so nothing can be merged."""

    change: Change
    moved: bool = False
    theirs: tuple[Row, ...] = ()
    clashes: tuple[Clash, ...] = ()
    known: bool = True


def rebase(
    ledger: Ledger,
    change: Change,
    base: Base | None,
    live: dict[str, Any] | None,
    grants: list[dict[str, Any]],
    choices: dict[str, Choice] | None = None,
) -> Rebased:
    """The change on top of `live`. Unmoved when no base was given or the part it touches is what it was."""
    if base is None or not base.hash or change.kind is Kind.CREATE or live is None:
        return Rebased(change)
    now = part_of(change.kind, live, grants)
    if fingerprint(now) == base.hash:
        return Rebased(change)
    seen = queries.snapshot(ledger.engine, change.endpoint, change.kind, base.hash)
    if seen is None:
        whole = Clash("", None, ledger.redact(now), ledger.redact(change.body))
        return Rebased(change, True, (), (whole,), known=False)
    theirs = tuple(diff(seen.body, ledger.redact(now)))
    if change.kind not in MERGEABLE:
        whole = Clash("", seen.body, ledger.redact(now), ledger.redact(change.body))
        return Rebased(change, True, theirs, (whole,))
    return _merged(change, seen.body, now, theirs, ledger.redact, choices or {})


def _merged(
    change: Change,
    base: dict[str, Any],
    now: dict[str, Any],
    theirs: tuple[Row, ...],
    redact: Callable[[Any], Any],
    choices: dict[str, Choice],
) -> Rebased:
    mine = wanted_part(change, base)
    found = merge(base, now, mine, redact, choices)
    clashes = list(found.clashes)
    made = change_for(change, found.value, now)
    if not clashes:
        clashes = [Clash(f.path, base, redact(now), f.message) for f in _breaks(made, found.value)]
    return Rebased(made, True, theirs, tuple(clashes))


def _breaks(change: Change, part: dict[str, Any]) -> list[Finding]:
    """Two sound edits can make an unsound whole: a share for an entity that the other side took away."""
    return [*check(change), *traffic_findings(part.get("config") or {}, "")] if "config" in part else check(change)


def wanted_part(change: Change, base: dict[str, Any]) -> dict[str, Any]:
    """The part as I wanted it, seen from the base I had before me."""
    if change.kind in APP_KINDS:
        return {"resources": desired(change, base.get("resources") or [])}
    if change.kind in (Kind.CONFIG, Kind.TRAFFIC):
        return {"config": desired_config(change, {"config": base.get("config") or {}})}
    if change.kind is Kind.TAGS:
        tags = {**tags_of(base), **(change.body.get("add") or {})}
        gone = set(change.body.get("delete") or [])
        return {"tags": [{"key": k, "value": v} for k, v in sorted(tags.items()) if k not in gone]}
    if change.kind is Kind.TELEMETRY:
        return {"telemetry_config": config_of(change.body)}
    if change.kind is Kind.GATEWAY:
        return {"ai_gateway": change.body}
    if change.kind is Kind.PERMISSIONS:
        return {"access_control_list": change.body.get("access_control_list") or []}
    return {"email_notifications": change.body.get("email_notifications") or {}}


def change_for(change: Change, part: dict[str, Any], live: dict[str, Any]) -> Change:
    """The change that makes `part` out of `live`. A traffic change whose entities moved becomes a config change."""
    if change.kind in APP_KINDS:
        return merged_change(change, part)
    if change.kind is Kind.TRAFFIC:
        return change.model_copy(update={"body": {"routes": _routes(part)}})
    if change.kind is Kind.CONFIG:
        return change.model_copy(update={"body": part["config"]})
    if change.kind is Kind.TAGS:
        wanted, have = tags_of(part), tags_of(live)
        add = {k: v for k, v in wanted.items() if have.get(k) != v}
        return change.model_copy(update={"body": {"add": add, "delete": [k for k in have if k not in wanted]}})
    if change.kind is Kind.GATEWAY:
        return change.model_copy(update={"body": part["ai_gateway"]})
    return change.model_copy(update={"body": canonical(part)})


def _routes(part: dict[str, Any]) -> dict[str, Any]:
    routes = (part["config"].get("traffic_config") or {}).get("routes") or []
    return {route_name(r): r.get("traffic_percentage") for r in routes}
