"""After a change: is what the workspace has now what was asked? Compared through the field registry."""

from typing import Any

from web.audit.ledger import Ledger
from web.changes.app_attach import APP_KINDS
from web.changes.diff import Row, diff
from web.changes.fields import editable, lineage
from web.changes.kinds import Kind
from web.changes.observe import heading_for
from web.changes.plan import Plan

# Nothing of these can be read back at once: the state follows, or the endpoint is gone.
UNREAD = APP_KINDS | {Kind.DELETE, Kind.STOP, Kind.START}


def differences(ledger: Ledger, made: Plan, live: dict[str, Any] | None) -> list[Row]:
    """Rows `{"path", "before": what was asked, "after": what is there}`, without secrets. `live` as read after the
    change. What the workspace adds by itself, and what it never shows, is no difference."""
    if live is None or made.after is None or made.change.kind in UNREAD:
        return []
    asked, was = ledger.redact(made.after), ledger.redact(made.before or {})
    have = {
        **ledger.redact(editable(heading_for(live))),
        "telemetry_config": ledger.redact(live.get("telemetry_config")),
    }
    if "access_control_list" in live:
        have["access_control_list"] = ledger.redact(live["access_control_list"])
    parts = [name for name in asked if name in have]
    rows = diff({name: asked[name] for name in parts}, {name: have[name] for name in parts})
    ours = {str(row["path"]) for row in diff(was, asked)}
    return [row for row in rows if _told(row, ours)]


def _told(row: Row, ours: set[str]) -> bool:
    path = str(row["path"])
    if any(field.write_only for field in lineage(path)) or path.endswith("_plaintext"):
        return False
    return row["before"] is not None or path in ours
