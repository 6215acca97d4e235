"""What the Review page shows."""

import json
from dataclasses import dataclass, field
from typing import Any

from web.audit.ledger import Ledger
from web.audit.models import QueuedChange
from web.changes import observe, preview, queue
from web.changes.app_attach import APP_KINDS
from web.changes.checks import Finding
from web.changes.effects import Effect
from web.changes.kinds import Base, Change, Kind
from web.changes.merge import Choice
from web.changes.perform import Unacknowledged
from web.changes.rebase import MERGEABLE
from web.changes.spell import LANGUAGES, as_code
from web.changes.standing import ROLLING, Update, update
from web.changes.words import MEANT
from web.errors import PortalError
from web.features.changes.clash import ClashView, clash_views
from web.workspace.client import Workspace

# Where a person goes to change what they see on the Review page.
BACK = {
    Kind.CREATE: "/endpoints/new?draft={draft}",
    Kind.DELETE: "/endpoints/{name}/delete",
    Kind.CONFIG: "/endpoints/{name}/config?draft={draft}",
    Kind.TRAFFIC: "/endpoints/{name}/traffic?draft={draft}",
    Kind.GATEWAY: "/endpoints/{name}/gateway?draft={draft}",
    Kind.PERMISSIONS: "/endpoints/{name}/permissions?draft={draft}",
    Kind.TAGS: "/endpoints/{name}/settings?draft={draft}#tags",
    Kind.NOTIFICATIONS: "/endpoints/{name}/settings?draft={draft}#notifications",
    Kind.RESTORE: "/endpoints/{name}/history",
    Kind.TELEMETRY: "/endpoints/{name}/telemetry?draft={draft}",
    Kind.APP_ATTACH: "/endpoints/{name}/integrate?draft={draft}",
    Kind.APP_DETACH: "/endpoints/{name}/integrate",
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
    seen: str
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
    theirs: list[dict[str, Any]]
    clashes: list[ClashView]
    mergeable: bool
    code: list[tuple[str, str, str, str]]
    run_as: str
    run_as_note: str
    back: str
    destructive: bool
    effects: list[Effect]
    executed_by: str = ""
    accepted: frozenset[str] = frozenset()
    update: Update | None = field(default=None)
    queued: QueuedChange | None = field(default=None)
    first: QueuedChange | None = field(default=None)
    error: PortalError | None = field(default=None)

    @property
    def unaccepted(self) -> bool:
        """Whether Apply was refused because a warning had not been accepted."""
        return isinstance(self.error, Unacknowledged)

    @property
    def waits(self) -> bool:
        """Whether the draft is in line."""
        return self.queued is not None and self.queued.state == queue.WAITING

    @property
    def can_wait(self) -> bool:
        """Whether the draft may be put in line: an update runs, and nothing else forbids the change."""
        return self.update is not None and not self.waits and not self.first and not self.blockers


def review(
    ledger: Ledger,
    ws: Workspace,
    change: Change,
    base: Base | None,
    draft: str,
    error: PortalError | None = None,
    accepted: frozenset[str] = frozenset(),
    choices: dict[str, Choice] | None = None,
) -> Review:
    """The plan of a draft, on top of the endpoint as it is now, or will be when the update in progress has ended.

    `accepted`: warnings that were ticked before; `choices`: of a conflict form that came back undecided.
    """
    look = preview.look(ledger, ws, change, base, ahead=True)
    made, live = look.plan, look.live
    observe.look(ledger, live or {})
    running = update(ledger, live) if change.kind in ROLLING else None
    first = queue.waiting_on(ledger, ws.host, change.endpoint) if running else None
    code = as_code(made.change, made.calls, host=ws.host, live=live)
    tone, reach, text = REACH[made.blast_radius]
    return Review(
        draft=draft,
        seen=made.base.hash,
        title=MEANT[change.kind],
        endpoint=change.endpoint,
        exists=live is not None,
        tone=tone,
        reach=reach,
        reach_text=REACH_NEW if change.kind is Kind.CREATE else text,
        diff=ledger.redact(made.diff),
        calls=[_call(ledger, c.method, c.path, c.says, c.body) for c in made.calls],
        warnings=made.warnings,
        blockers=[b for b in made.blockers if running is None or IN_PROGRESS not in b.message],
        theirs=list(look.rebased.theirs),
        clashes=clash_views(ledger, change.endpoint, look.rebased.clashes, choices),
        mergeable=look.rebased.known and change.kind in MERGEABLE,
        code=[(key, label, code[key], lang) for key, label, lang in LANGUAGES],
        run_as="you" if change.kind in APP_KINDS else str((live or {}).get("creator") or "you"),
        run_as_note=NOTES.get(change.kind, RUN_AS),
        back=_back(change, draft, afresh=bool(look.rebased.clashes)),
        destructive=change.kind in (Kind.DELETE, Kind.STOP),
        effects=made.effects,
        executed_by=made.executed_by,
        accepted=accepted,
        update=running,
        queued=queue.by_draft(ledger, draft),
        first=first if first and first.draft != draft else None,
        error=error,
    )


def _back(change: Change, draft: str, *, afresh: bool) -> str:
    """Where the form is: as it was left, or `afresh` from what is live."""
    address = BACK.get(change.kind, "/endpoints/{name}").replace("{name}", change.endpoint)
    return address.partition("?")[0] if afresh else address.replace("{draft}", draft)


def resolved(
    ledger: Ledger, ws: Workspace, change: Change, base: Base | None, choices: dict[str, Choice]
) -> tuple[Change, Base] | None:
    """The change with its conflicts decided, and the base it lies on. None while one is undecided."""
    look = preview.look(ledger, ws, change, base, choices, ahead=True)
    return None if look.rebased.clashes else (look.rebased.change, look.plan.base)


IN_PROGRESS = "in progress"
REACH_NEW = "Nothing serves until the first deployment has succeeded."
RUN_AS_NEW = "You become the endpoint's creator for good: the workspace re-checks your grants at every later update."
RUN_AS_APP = "The app itself runs as its own service principal, which the permission is for."
RUN_AS = "The workspace re-checks this creator's grants at every update. It cannot be changed."
NOTES = {Kind.CREATE: RUN_AS_NEW, Kind.APP_ATTACH: RUN_AS_APP, Kind.APP_DETACH: RUN_AS_APP}


def _call(ledger: Ledger, method: str, path: str, says: str, body: Any) -> CallView:
    text = "" if body in (None, {}) else json.dumps(ledger.redact(body), indent=2, ensure_ascii=False)
    return CallView(method, path, says, text)
