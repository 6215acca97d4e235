"""The plan of a Change, pure: which calls, what differs, how far it reaches, what to be warned of, what forbids it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from web.changes.app_attach import APP_KINDS, app_blockers, app_sides
from web.changes.calls import calls_for, desired_config
from web.changes.checks import Finding, check
from web.changes.diff import Row, diff, fingerprint
from web.changes.effects import Effect, effects
from web.changes.fields import BLAST_ORDER, Blast, current_config, editable, reach_of, tags_of
from web.changes.gateway_support import gateway_blockers
from web.changes.kinds import Base, Call, Change, Kind
from web.changes.parts import part_of
from web.changes.telemetry import config_of, telemetry_blockers
from web.changes.warn import warnings_for

Live = dict[str, Any] | None


@dataclass(frozen=True)
class Facts:
    """What the workspace said while a plan was made; an empty Facts plans without asking."""

    exists: bool = False
    grants: list[dict[str, Any]] = field(default_factory=list)
    blockers: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    executed_by: str = ""


@dataclass(frozen=True)
class Plan:
    """What a Change would do. `before` and `after` are the parts it touches; redact before storing or showing.
    `executed_by`: the app's principal where it makes the calls about permissions for the person; "" for nobody else."""

    change: Change
    calls: list[Call]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: list[Row]
    blast_radius: Blast
    warnings: list[Finding]
    blockers: list[Finding]
    base: Base
    effects: list[Effect]
    executed_by: str = ""

    def unaccepted(self, acknowledged: Collection[str]) -> list[Finding]:
        """Warnings that somebody has to accept and that are not among the codes in `acknowledged`."""
        return [w for w in self.warnings if w.must_acknowledge and w.code not in acknowledged]


def plan(change: Change, live: Live, facts: Facts | None = None) -> Plan:
    """`live` is the workspace's JSON of the endpoint, None when there is none (or none that this person may see)."""
    facts = facts or Facts()
    blockers = [*check(change), *_state_blockers(change, live), *facts.blockers]
    before, after = _sides(change, live, facts)
    whole = WHOLE.get(change.kind)
    rows = [{**row, "reach": whole or reach_of(str(row["path"]))} for row in diff(before or {}, after or {})]
    if live is not None and change.kind not in (Kind.CREATE, Kind.DELETE):
        blockers += _immutable(rows)
    if not rows and not blockers and change.kind not in (Kind.DELETE, Kind.STOP, Kind.START):
        blockers.append(Finding("", "Nothing differs from what is live."))
    return Plan(
        change=change,
        calls=calls_for(change, {**live, "access_control_list": facts.grants} if live and facts.grants else live),
        before=before,
        after=after,
        diff=rows,
        blast_radius=blast_radius(change, rows),
        warnings=[*warnings_for(change, live), *facts.warnings],
        blockers=blockers,
        base=base_of(change.kind, live, facts.grants),
        effects=effects(change, before, after, rows),
        executed_by=facts.executed_by,
    )


def _immutable(rows: list[Row]) -> list[Finding]:
    """The portal makes no endpoint anew behind somebody's back: what cannot change is refused with the way out."""
    text = "cannot be changed: it needs a new endpoint. Duplicate this one, with the value you want."
    return [Finding(str(r["path"]), f"'{r['path']}' {text}") for r in rows if r["reach"] == "recreate"]


def base_of(kind: Kind, live: Live, grants: list[dict[str, Any]] | None = None) -> Base:
    """What a change is made from: the config version, and a hash of the part that this kind of change touches."""
    if live is None:
        return Base()
    part = part_of(kind, live, grants or [])
    return Base(config_version=current_config(live).get("config_version"), hash=fingerprint(part))


def _sides(change: Change, live: Live, facts: Facts) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if change.kind is Kind.CREATE:
        return None, {"name": change.endpoint, **change.body}
    if live is None:
        return None, None
    if change.kind in APP_KINDS:
        return app_sides(change, live)
    now = editable(live)
    if change.kind is Kind.DELETE:
        lost = {"access_control_list": facts.grants} if facts.grants else {}
        return {"name": change.endpoint, **{k: v for k, v in now.items() if k != "suspended"}, **lost}, None
    if change.kind in (Kind.STOP, Kind.START):
        return {"suspended": now["suspended"]}, {"suspended": change.kind is Kind.STOP}
    return _edited(change, live, now, facts)


def _edited(
    change: Change, live: dict[str, Any], now: dict[str, Any], facts: Facts
) -> tuple[dict[str, Any], dict[str, Any]]:
    if change.kind in (Kind.CONFIG, Kind.TRAFFIC):
        return {"config": now["config"]}, {"config": desired_config(change, live)}
    if change.kind is Kind.TELEMETRY:
        return {"telemetry_config": config_of(live)}, {"telemetry_config": config_of(change.body)}
    if change.kind is Kind.TAGS:
        return {"tags": now["tags"]}, {"tags": _tags(change, live)}
    if change.kind is Kind.GATEWAY:
        return {"ai_gateway": now["ai_gateway"]}, {"ai_gateway": change.body}
    if change.kind is Kind.RESTORE:
        return _restored(change, now, facts)
    if change.kind is Kind.PERMISSIONS:
        wanted = change.body.get("access_control_list") or []
        return {"access_control_list": facts.grants}, {"access_control_list": wanted}
    wanted = change.body.get("email_notifications") or {}
    return {"email_notifications": now["email_notifications"]}, {"email_notifications": wanted}


def _restored(change: Change, now: dict[str, Any], facts: Facts) -> tuple[dict[str, Any], dict[str, Any]]:
    names = {"permissions": "access_control_list"}
    have = {**now, "permissions": facts.grants}
    before = {names.get(k, k): have.get(k) for k in change.body}
    return before, {names.get(k, k): v for k, v in change.body.items()}


def _tags(change: Change, live: dict[str, Any]) -> list[dict[str, str]]:
    tags = {**tags_of(live), **(change.body.get("add") or {})}
    for key in change.body.get("delete") or []:
        tags.pop(key, None)
    return [{"key": k, "value": v} for k, v in sorted(tags.items())]


def _state_blockers(change: Change, live: Live) -> list[Finding]:
    """What the endpoint's present state forbids."""
    if change.kind is Kind.CREATE:
        return [Finding("name", "An endpoint with this name exists already.")] if live is not None else []
    if live is None:
        return [Finding("", "There is no such endpoint.")]
    if change.kind in APP_KINDS:
        return [Finding(*one) for one in app_blockers(change, live)]
    if not live.get("id"):
        return [Finding("", "Databricks runs this endpoint for all workspaces: it cannot be changed here.")]
    if live.get("permission_level") not in (None, "CAN_MANAGE"):
        return [Finding("", f"You need CAN_MANAGE on this endpoint; you have {live['permission_level']}.")]
    if change.kind in BY_KIND:
        return [Finding(*one) for one in BY_KIND[change.kind](change, live)]
    state = live.get("state") or {}
    runs = (Kind.CONFIG, Kind.TRAFFIC, Kind.STOP, Kind.START)
    rolls = change.kind in runs or (
        change.kind is Kind.RESTORE and any("/config" in c.path for c in calls_for(change, live))
    )
    if rolls and state.get("config_update") == "IN_PROGRESS":
        return [Finding("", "A config update is in progress; one runs at a time. Apply again when it has ended.")]
    stopped = state.get("suspend") == "STOPPED"
    if change.kind is Kind.STOP and stopped:
        return [Finding("", "The endpoint is stopped already.")]
    if change.kind is Kind.START and not stopped:
        return [Finding("", "The endpoint is not stopped.")]
    return []


# Kinds whose state has rules in a module of their own.
BY_KIND: dict[Kind, Callable[[Change, dict[str, Any]], Iterator[tuple[str, str]]]] = {
    Kind.GATEWAY: lambda change, live: gateway_blockers(change.body, live),
    Kind.TELEMETRY: lambda _, live: telemetry_blockers(live),
}


def blast_radius(change: Change, rows: list[Row]) -> Blast:
    """none: nothing differs; instant: takes effect at once; rollout: entities are built or traffic moves while the old
    config serves; recreate: needs a new endpoint; destroy: something is gone for good."""
    if change.kind in WHOLE:
        return WHOLE[change.kind]
    return max((row["reach"] for row in rows), key=BLAST_ORDER.index, default="none")


# These reach as far whatever differs.
WHOLE: dict[Kind, Blast] = {
    Kind.DELETE: "destroy",
    Kind.CREATE: "rollout",
    Kind.START: "rollout",
    Kind.STOP: "instant",
}
