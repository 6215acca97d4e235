"""What the New endpoint pages show: choices, the endpoint to copy, whether a name is free."""

from dataclasses import dataclass
from typing import Any, Literal

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.fields import current_config, tags_of, writable_config
from web.changes.forms import config, held
from web.changes.forms.entity import Kind
from web.changes.perform import Actor
from web.errors import Forbidden, Invalid, NotFound, PortalError
from web.features.create.forms import EndpointForm, from_body
from web.workspace import iam, names, serving, sight
from web.workspace.client import Workspace
from web.workspace.iam import Principal

COPIED = ("description", "ai_gateway", "email_notifications", "telemetry_config")


@dataclass(frozen=True)
class NameCheck:
    """Whether a name may be taken: `state` is empty, ok, bad or unsure."""

    state: Literal["empty", "ok", "bad", "unsure"]
    message: str


def check_name(ws: Workspace, name: str) -> NameCheck:
    """Rules first, then the workspace. An endpoint that the person may not see does not show here."""
    if not name:
        return NameCheck("empty", "")
    try:
        names.new_endpoint_name(name)
        sight.endpoint(ws, name)
    except Invalid as error:
        return NameCheck("bad", error.message)
    except (NotFound, Forbidden):
        return NameCheck("ok", "No endpoint that you may see has this name.")
    except PortalError as error:
        return NameCheck("unsure", f"The name could not be checked: {error.message}")
    return NameCheck("bad", f"An endpoint named '{name}' exists already.")


def copy_of(ws: Workspace, name: str, owner: str, kind: Kind | None) -> EndpointForm:
    """The form of an endpoint that exists, without its name and what the workspace owns. Raises NotFound, Forbidden."""
    live = sight.endpoint(ws, name)
    body: dict[str, Any] = {key: live[key] for key in COPIED if live.get(key)}
    body["config"] = writable_config(current_config(live)) if current_config(live) else {}
    body["tags"] = [{"key": key, "value": value} for key, value in tags_of(live).items()]
    body["route_optimized"] = live.get("route_optimized") is True
    found = serving.kind_of(live)
    guess: Kind = found if found in ("foundation", "provisioned", "custom", "external") else "custom"
    form = from_body("", held.hold_all(owner, body), kind or guess, copied=True)
    form.name = f"{name}-copy"[:63] if not name.startswith(names.RESERVED_PREFIX) else ""
    return form


def form_of_draft(ledger: Ledger, actor: Actor, draft: str) -> EndpointForm:
    """The form a person left for the Review page. Raises NotFound for a draft that is not theirs."""
    change, _ = drafts.load(ledger, actor, draft)
    return from_body(
        change.endpoint, held.hold_all(actor.email, change.body), config.kind_of(change.body.get("config") or {})
    )


def people(ws: Workspace, kind: str, q: str) -> list[Principal]:
    """People, groups or service principals whose name holds `q`, ten at most; none where listing is refused."""
    search = {"group": iam.search_groups, "service_principal": iam.search_service_principals}.get(
        kind, iam.search_users
    )
    try:
        return list(search(ws, q, 10).principals) if q.strip() else []
    except PortalError:
        return []
