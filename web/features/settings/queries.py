"""What the Settings page shows: the two forms as they are live or as a draft left them, and what cannot be changed."""

from dataclasses import dataclass
from typing import Any

from web.audit import queries as history
from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.fields import REGISTRY, current_config, tags_of
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Actor
from web.errors import PortalError
from web.features.settings.forms import MailForm, TagsForm, mail_of

NOTES = {one.path: one.note for one in REGISTRY}
OWNER = "The creator is fixed for good, and so is what the endpoint may reach: it runs with the creator's grants."


@dataclass(frozen=True)
class Fixed:
    """A setting that no form changes: `why` from the field registry; `way` leads on: "copy", "console", "telemetry"."""

    label: str
    value: str
    why: str
    way: str = "copy"
    code: Any = None


@dataclass(frozen=True)
class Settings:
    """The page. A base each: two forms, two parts of the endpoint."""

    tags: TagsForm
    mail: MailForm
    tags_base: Base
    mail_base: Base
    fixed: list[Fixed]


def settings(ledger: Ledger, raw: dict[str, Any], left: tuple[Change, Base | None] | None = None) -> Settings:
    """The page of `raw`, the JSON of GET. `left`: a draft that was left at Review, to go on with."""
    view = Settings(
        tags=TagsForm(list(tags_of(raw).items()), tags_of(raw)),
        mail=mail_of(raw.get("email_notifications")),
        tags_base=drafts.open_base(ledger, Kind.TAGS, raw),
        mail_base=drafts.open_base(ledger, Kind.NOTIFICATIONS, raw),
        fixed=fixed(raw),
    )
    return _gone_on(ledger, view, *left) if left else view


def left_at_review(ledger: Ledger, actor: Actor, name: str, draft: str) -> tuple[Change, Base | None] | None:
    """One's own draft of this endpoint's tags or notifications; None for any other, and for one that is gone."""
    try:
        change, base = drafts.load(ledger, actor, draft)
    except PortalError:
        return None
    fits = change.endpoint == name and change.kind in (Kind.TAGS, Kind.NOTIFICATIONS)
    return (change, base) if fits else None


def _gone_on(ledger: Ledger, view: Settings, change: Change, base: Base | None) -> Settings:
    seen = history.snapshot(ledger.engine, change.endpoint, change.kind, base.hash) if base else None
    if change.kind is Kind.TAGS:
        was = _readable(seen.body, view.tags.was) if seen else view.tags.was
        gone = set(change.body.get("delete") or [])
        rows = {**{k: v for k, v in was.items() if k not in gone}, **(change.body.get("add") or {})}
        form = TagsForm(list(rows.items()), was)
        return Settings(form, view.mail, base if seen and base else view.tags_base, view.mail_base, view.fixed)
    form_ = mail_of(change.body.get("email_notifications"))
    form_.was = (seen.body.get("email_notifications") or {}) if seen else view.mail.was
    return Settings(view.tags, form_, view.tags_base, base if seen and base else view.mail_base, view.fixed)


def _readable(part: dict[str, Any], live: dict[str, str]) -> dict[str, str]:
    """The tags of a snapshot; a value that history keeps without its secret is taken from what is live."""
    hidden = {tag["key"] for tag in part.get("tags") or [] if isinstance(tag.get("value"), dict)}
    return {key: live.get(key, "") if key in hidden else value for key, value in tags_of(part).items()}


def fixed(raw: dict[str, Any]) -> list[Fixed]:
    """Every setting that cannot be changed here, with its value and why."""
    name, config = str(raw.get("name")), current_config(raw)
    optimized = "Yes" if raw.get("route_optimized") else "No"
    budget = str(raw.get("effective_budget_policy_id") or raw.get("budget_policy_id") or "")
    found = [
        Fixed("Name", name, NOTES["name"]),
        Fixed("Description", str(raw.get("description") or "None"), NOTES["description"]),
        Fixed("Route optimization", optimized, NOTES["route_optimized"]),
        Fixed("Creator, and runs as", str(raw.get("creator") or "Not said"), OWNER),
        Fixed("Budget policy", budget or "None", NOTES["budget_policy_id"], "console"),
    ]
    if policy := raw.get("usage_policy_id"):
        found.append(Fixed("Usage policy", str(policy), "Given by an account admin.", "console"))
    if capture := config.get("auto_capture_config"):
        note = NOTES["config.auto_capture_config"] + " A copy logs with an AI Gateway inference table instead."
        found.append(Fixed("Inference table (legacy)", "", note, code=capture))
    if telemetry := raw.get("telemetry_config"):
        found.append(Fixed("Telemetry", "", "It can be changed, on a page of its own.", "telemetry", code=telemetry))
    return found
