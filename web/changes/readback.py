"""After a change: is what the workspace has now what was asked? Compared through the field registry."""

from typing import Any

from web.audit.ledger import Ledger
from web.changes.app_attach import APP_KINDS
from web.changes.diff import Row, diff
from web.changes.fields import current_config, editable, lineage, tags_of, writable_config
from web.changes.kinds import Kind
from web.changes.plan import Plan

Live = dict[str, Any] | None
# Nothing of these can be read back at once: the state follows, or the endpoint is gone.
UNREAD = APP_KINDS | {Kind.DELETE, Kind.STOP, Kind.START}
NAMES = {"permissions": "access_control_list"}
VERSION = "config.config_version"
BADLY = ("UPDATE_FAILED", "UPDATE_CANCELED")


def differences(ledger: Ledger, made: Plan, live: dict[str, Any] | None) -> list[Row]:
    """Rows `{"path", "before": what was asked, "after": what is there}`, without secrets. `live` as read after the
    change. What the workspace adds by itself, and what it never shows, is no difference."""
    if live is None or made.after is None or made.change.kind in UNREAD:
        return []
    asked, was = ledger.redact(made.after), ledger.redact(made.before or {})
    configs = [c for c in (live.get("pending_config"), live.get("config")) if c] or [None]
    tries = [_against(asked, was, ledger.redact({**live, "config": c})) for c in configs]
    return min(tries, key=len)


def overtaken(kind: Kind, calls: list[dict[str, Any]], before: Live, after: Live) -> list[Row]:
    """A row when more config updates happened than the one made here: somebody's, which was read by nobody, lies
    beneath it or above it. The workspace takes no precondition, so this is told after the fact (reference F3)."""
    if before is None or after is None or not _one_update(kind, calls):
        return []
    was, now = _versions(before), _versions(after)
    failed = (before.get("state") or {}).get("config_update") in BADLY
    if not was or not now or (failed and not before.get("pending_config")):
        return []  # the number of an update that failed is not told any more: nothing can be concluded
    expected = max(was) + 1
    return [{"path": VERSION, "before": expected, "after": max(now)}] if max(now) > expected else []


def _one_update(kind: Kind, calls: list[dict[str, Any]]) -> bool:
    return kind in (Kind.CONFIG, Kind.TRAFFIC, Kind.RESTORE) and any(
        str(call["path"]).endswith("/config") for call in calls
    )


def _versions(live: dict[str, Any]) -> list[int]:
    configs = (live.get("pending_config"), current_config(live))
    return [c["config_version"] for c in configs if c and isinstance(c.get("config_version"), int)]


def _against(asked: dict[str, Any], was: dict[str, Any], live: dict[str, Any]) -> list[Row]:
    have = {**live, **editable(live)}
    wanted = {NAMES.get(name, name): value for name, value in asked.items()}
    if isinstance(wanted.get("config"), dict):
        wanted["config"] = named(writable_config(wanted["config"]), have["config"])
    if "tags" in wanted:
        wanted["tags"] = [{"key": k, "value": v} for k, v in sorted(tags_of(wanted).items())]
    parts = [name for name in wanted if name in have]
    changed = {str(row["path"]): row["before"] for row in diff(was, wanted)}
    rows = diff({name: wanted[name] for name in parts}, {name: have[name] for name in parts})
    return [row for row in rows if _told(row, changed)]


def named(config: dict[str, Any], have: dict[str, Any]) -> dict[str, Any]:
    """`config` as asked; an entity sent without a name has the one that the workspace gave it in `have`."""
    given = {_model(entity): entity.get("name") for entity in have.get("served_entities") or []}
    asked = config.get("served_entities") or []
    entities = [e if e.get("name") else {**e, "name": given.get(_model(e))} for e in asked]
    return {**config, "served_entities": entities}


def _model(entity: dict[str, Any]) -> tuple[Any, Any]:
    return entity.get("entity_name"), entity.get("entity_version")


def _told(row: Row, changed: dict[str, Any]) -> bool:
    """What the workspace adds by itself is no difference; what was to be taken away and is still there is one."""
    path = str(row["path"])
    if any(field.write_only for field in lineage(path)) or path.endswith("_plaintext"):
        return False
    if row["before"] is None:
        return path in changed and bool(changed[path] == row["after"])
    return not (row["after"] is None and _hollow(row["before"]))


def _hollow(value: Any) -> bool:
    """Whether leaving the value out says the same: off, or empty. Zero says something: a rate limit of 0 blocks."""
    if isinstance(value, dict):
        return all(_hollow(item) for item in value.values())
    return value is None or value is False or value in ("", [])
