"""A new endpoint as a copy of one that exists: everything but its name, and in words what could not come along."""

from dataclasses import dataclass
from typing import Any

from web.changes.fields import current_config, tags_of, writable_config
from web.changes.forms import held
from web.changes.forms.entity import Kind
from web.changes.forms.tree import branch
from web.changes.grants import direct_grants
from web.errors import PortalError
from web.features.create.forms import EndpointForm, from_body
from web.workspace import names, serving, sight
from web.workspace.client import Workspace

COPIED = ("description", "ai_gateway", "email_notifications", "telemetry_config")
KEYS = "Keys that were typed for it are not known to anybody: type them again."


@dataclass(frozen=True)
class Copy:
    """The form, and what to say above it."""

    form: EndpointForm
    notes: list[str]


def copy_of(ws: Workspace, name: str, owner: str, kind: Kind | None) -> Copy:
    """The form of an endpoint that exists, without its name and what the workspace owns. Raises NotFound, Forbidden."""
    live = sight.endpoint(ws, name)
    notes = [f"A copy of {name}. {KEYS}"]
    body: dict[str, Any] = {key: live[key] for key in COPIED if live.get(key)}
    body["config"] = writable_config(current_config(live)) if current_config(live) else {}
    body["tags"] = [{"key": key, "value": value} for key, value in tags_of(live).items()]
    body["route_optimized"] = live.get("route_optimized") is True
    if grants := _grants(ws, live, owner, notes):
        body["permissions"] = grants
    _tables(body, notes)
    found = serving.kind_of(live)
    guess: Kind = found if found in ("foundation", "provisioned", "custom", "external") else "custom"
    form = from_body("", held.hold_all(owner, body), kind or guess, copied=True)
    form.name = f"{name[:58]}-copy" if not name.startswith(names.RESERVED_PREFIX) else ""
    return Copy(form, notes)


def _grants(ws: Workspace, live: dict[str, Any], owner: str, notes: list[str]) -> list[dict[str, Any]]:
    """The grants made on the endpoint itself, without one's own: a creator manages anyway."""
    if not live.get("id"):
        return []
    try:
        grants = direct_grants(serving.permissions(ws, str(live["id"])))
    except PortalError as error:
        notes.append(f"Its permissions could not be read, so none are copied: {error.message}")
        return []
    others = [grant for grant in grants if owner not in (grant.get("user_name"), grant.get("service_principal_name"))]
    if others:
        notes.append("Its direct grants are copied below: look at who shall have them on the new endpoint.")
    return others


def _tables(body: dict[str, Any], notes: list[str]) -> None:
    """Two endpoints must not log into one table, and new endpoints get no legacy one."""
    if body["config"].pop("auto_capture_config", None):
        notes.append("Its legacy inference table is left out: switch on the AI Gateway's inference table instead.")
    table = branch(branch(body, "ai_gateway"), "inference_table_config")
    if table.get("enabled") and table.get("table_name_prefix"):
        kept = {key: value for key, value in table.items() if key not in ("table_name_prefix", "state")}
        body["ai_gateway"] = {**body["ai_gateway"], "inference_table_config": kept}
        notes.append("Its inference table stays its own: the copy's is named after the new endpoint.")
