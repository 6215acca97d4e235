"""Where an edit starts: the config that serves or the one that was tried, and what to know about the endpoint."""

from dataclasses import dataclass
from typing import Any

from web.audit import queries
from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.fields import writable_config
from web.changes.forms import config, live
from web.changes.kinds import Kind
from web.changes.perform import Actor
from web.changes.plan import base_of
from web.errors import NotFound
from web.features.config.forms import SERVING, TRIED, ConfigForm, blank, follow_rename, from_config, kind_named
from web.workspace import serving

OUTCOMES = {"IN_PROGRESS": "running", "UPDATE_FAILED": "failed", "UPDATE_CANCELED": "canceled"}


@dataclass(frozen=True)
class Now:
    """The endpoint as it is. Versions are None where the workspace names none; `tried`: "", "running", "failed",
    "canceled" or "waiting", what became of the config beside the one that serves; `since` in ms."""

    version: int | None
    tried: str
    tried_version: int | None
    since: int | None
    serves: bool
    empty: bool
    stopped: bool


def now(raw: dict[str, Any]) -> Now:
    """The facts above the form."""
    state = raw.get("state") or {}
    pending, serves = raw.get("pending_config") or {}, raw.get("config") or {}
    outcome = OUTCOMES.get(str(state.get("config_update")), "waiting") if pending else ""
    return Now(
        version=serves.get("config_version"),
        tried=outcome,
        tried_version=pending.get("config_version"),
        since=pending.get("start_time"),
        serves=bool(serves),
        empty=not (serves or pending),
        stopped=state.get("suspend") == "STOPPED",
    )


def writable(raw: dict[str, Any], which: str) -> dict[str, Any]:
    """One of the two configs as it may be written, secrets as marks; {} when there is none."""
    name = "pending_config" if which == TRIED or not raw.get("config") else "config"
    found = live.marked(raw).get(name)
    return writable_config(found) if found else {}


def opened(ledger: Ledger, raw: dict[str, Any], which: str, kind: str) -> ConfigForm:
    """The form to begin with. `kind` is asked for where the endpoint has no config yet."""
    which = TRIED if which == TRIED and raw.get("pending_config") else SERVING
    body = writable(raw, which)
    form = from_config(body, "custom", names(writable(raw, SERVING))) if body else blank(kind_named(kind, _guess(raw)))
    base = drafts.open_base(ledger, Kind.CONFIG, raw)
    form.base_hash, form.base_version = base.hash, "" if base.config_version is None else str(base.config_version)
    form.start = which
    return form


def reopened(ledger: Ledger, actor: Actor, raw: dict[str, Any], draft: str) -> ConfigForm:
    """The form a person left for the Review page. Raises NotFound for a draft that is not theirs."""
    change, base = drafts.reopen(ledger, actor, draft)
    if change.kind is not Kind.CONFIG or change.endpoint != raw["name"]:
        raise NotFound("This draft is not one of this endpoint's config.", hint="Nothing was sent.")
    body, known = change.body, names(writable(raw, SERVING))
    form = follow_rename(from_config(body, config.kind_of(body), known), known)
    if base is not None:
        form.base_hash, form.base_version = base.hash, "" if base.config_version is None else str(base.config_version)
    return form


def before(ledger: Ledger, raw: dict[str, Any], form: ConfigForm) -> dict[str, Any]:
    """The config this edit began from, secrets as marks: the live one until it moves, else as remembered."""
    if base_of(Kind.CONFIG, raw).hash == form.base_hash:
        return writable(raw, SERVING)
    return remembered(ledger, str(raw["name"]), form)


def remembered(ledger: Ledger, name: str, form: ConfigForm) -> dict[str, Any]:
    """The same without asking the workspace; {} when it is not on record."""
    seen = queries.snapshot(ledger.engine, name, Kind.CONFIG, form.base_hash) if form.base_hash else None
    return live.marked(seen.body).get("config") or {} if seen else {}


def names(body: dict[str, Any]) -> set[str]:
    """The names of a config's entities."""
    return {str(e.get("name")) for e in body.get("served_entities") or [] if isinstance(e, dict)}


def _guess(raw: dict[str, Any]) -> Any:
    found = serving.kind_of(raw)
    return found if found in ("provisioned", "external", "foundation") else "custom"
