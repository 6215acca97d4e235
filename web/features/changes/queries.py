"""What the Review page shows."""

import json
from dataclasses import dataclass, field
from typing import Any

from web.audit.ledger import Ledger
from web.changes import preview
from web.changes.checks import Finding
from web.changes.fields import current_config
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Moved
from web.changes.spell import as_code
from web.errors import PortalError
from web.workspace.client import Workspace

TITLES = {
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
}
# Where a person goes to change what they see on the Review page.
BACK = {
    Kind.CREATE: "/endpoints/new",
    Kind.DELETE: "/endpoints/{name}/delete",
    Kind.CONFIG: "/endpoints/{name}/config",
    Kind.TRAFFIC: "/endpoints/{name}/traffic",
    Kind.GATEWAY: "/endpoints/{name}/gateway",
    Kind.PERMISSIONS: "/endpoints/{name}/permissions",
}
REACH = {
    "none": ("neutral", "Nothing changes", "The workspace already has what you ask for."),
    "instant": ("info", "Takes effect at once", "No served entity is rebuilt."),
    "rollout": ("info", "Rolls out", "The config that serves now keeps answering until the new one is ready."),
    "recreate": ("warning", "Needs a new endpoint", "The endpoint is made again: new id, permissions granted again."),
    "destroy": ("danger", "Cannot be undone", "The endpoint and its permissions are gone for good."),
}


@dataclass(frozen=True)
class CallView:
    """One request as it will be sent, without secrets. `body` is indented JSON, empty for none."""

    method: str
    path: str
    says: str
    body: str


@dataclass(frozen=True)
class Review:
    """A plan, ready to be read."""

    draft: str
    title: str
    endpoint: str
    exists: bool
    tone: str
    reach: str
    reach_text: str
    diff: list[dict[str, Any]]
    calls: list[CallView]
    warnings: list[Finding]
    blockers: list[Finding]
    code: dict[str, str]
    run_as: str
    run_as_note: str
    back: str
    destructive: bool
    base_version: int | None
    error: PortalError | None = field(default=None)


def review(
    ledger: Ledger, ws: Workspace, change: Change, base: Base | None, draft: str, error: PortalError | None = None
) -> Review:
    """The plan of a draft against the endpoint as it is now."""
    made, live = preview.look(ledger, ws, change)
    tone, reach, text = REACH[made.blast_radius]
    creator = str((live or {}).get("creator") or "")
    if change.kind is Kind.CREATE:
        text = "Nothing serves until the first deployment has succeeded."
    return Review(
        draft=draft,
        title=TITLES[change.kind],
        endpoint=change.endpoint,
        exists=live is not None,
        tone=tone,
        reach=reach,
        reach_text=text,
        diff=ledger.redact(made.diff),
        calls=[_call(ledger, c.method, c.path, c.says, c.body) for c in made.calls],
        warnings=made.warnings,
        blockers=made.blockers,
        code=as_code(change, made.calls, host=ws.host, live=live),
        run_as=creator or "you",
        run_as_note=RUN_AS_NEW if change.kind is Kind.CREATE else RUN_AS,
        back=BACK.get(change.kind, "/endpoints/{name}").replace("{name}", change.endpoint),
        destructive=change.kind in (Kind.DELETE, Kind.STOP),
        base_version=(base.config_version if base else None) or current_config(live or {}).get("config_version"),
        error=error,
    )


RUN_AS_NEW = "You become the endpoint's creator for good: the workspace re-checks your grants at every later update."
RUN_AS = "The workspace re-checks this creator's grants at every update. It cannot be changed."


def _call(ledger: Ledger, method: str, path: str, says: str, body: Any) -> CallView:
    text = "" if body in (None, {}) else json.dumps(ledger.redact(body), indent=2, ensure_ascii=False)
    return CallView(method, path, says, text)


def moved_view(change: Change, moved: Moved, draft: str) -> dict[str, Any]:
    """The three sides of a conflict, each as indented JSON."""
    sides = {"base": moved.base, "live": moved.live, "mine": moved.mine}
    texts = {k: json.dumps(v, indent=2, ensure_ascii=False, default=str) for k, v in sides.items()}
    return {**texts, "endpoint": change.endpoint, "title": TITLES[change.kind], "error": moved, "draft": draft}
