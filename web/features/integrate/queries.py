"""What the Integrate page shows: the apps, where the endpoint is attached, and the endpoint itself as code."""

from dataclasses import dataclass, field
from typing import Any, Literal

from web.audit import queries
from web.audit.ledger import Ledger
from web.audit.queries import May
from web.changes.app_attach import endpoint_of, undo
from web.changes.grants import direct_grants
from web.changes.kinds import Change
from web.changes.spell import described
from web.changes.spell.texts import identifier, profile_flag, shell
from web.errors import Conflict, NotFound, PortalError
from web.features.integrate.forms import DEFAULT_PROFILE
from web.features.integrate.snippets import question
from web.openapi import schema_of
from web.openapi.examples import example
from web.workspace import apps, serving
from web.workspace.client import Workspace
from web.workspace.scopes import lacks_scope

MOST_APPS = 500


@dataclass(frozen=True)
class Attached:
    """One app that has the endpoint."""

    app: str
    key: str
    permission: str
    state: str
    url: str


@dataclass(frozen=True)
class Apps:
    """The apps of this person. `state`: ready, empty, scope (the sign-in does not reach the Apps API) or trouble;
    `through_app`: the portal's own principal attaches to an app that they name."""

    state: Literal["ready", "empty", "scope", "trouble"]
    mine: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    reason: str = ""
    hint: str = ""
    through_app: bool = False

    @property
    def choices(self) -> dict[str, list[str]]:
        """Groups of names for a select."""
        return {label: names for label, names in (("Yours", self.mine), ("Others", self.others)) if names}


def apps_for(ws: Workspace, me: str, endpoint: str, *, manages: bool) -> Apps:
    """Never raises: an app list that cannot be read takes away one of the three ways only."""
    try:
        found = apps.list_apps(ws, max_rows=MOST_APPS)
    except PortalError as error:
        scope = lacks_scope(error)
        through = scope and manages and ws.behalf is not None
        return Apps("scope" if scope else "trouble", reason=error.message, hint=error.hint, through_app=through)
    named = sorted((app for app in found if app.get("name")), key=lambda app: str(app["name"]))
    mine = [str(app["name"]) for app in named if app.get("creator") == me]
    others = [str(app["name"]) for app in named if app.get("creator") != me]
    attached = [one for app in named for one in _attached(app, endpoint)]
    return Apps("ready" if named else "empty", mine, others, attached)


def _attached(app: dict[str, Any], endpoint: str) -> list[Attached]:
    resources = [r for r in app.get("resources") or [] if isinstance(r, dict) and endpoint_of(r) == endpoint]
    state = str((app.get("app_status") or {}).get("state") or (app.get("compute_status") or {}).get("state") or "")
    return [
        Attached(
            str(app["name"]),
            str(r.get("name")),
            str(r["serving_endpoint"].get("permission") or ""),
            state,
            str(app.get("url") or ""),
        )
        for r in resources
    ]


def asked(ws: Workspace, live: dict[str, Any]) -> Any:
    """A request that the endpoint takes: by its task, else from its schema, else one to fill in."""
    if known := question(str(live.get("task") or "")):
        return known
    document = schema_of(ws, live).document
    ways = document.entities[0].alternatives if document and document.entities else ()
    way = next((one for one in ways if one.key == "dataframe_records"), next(iter(ways), None))
    return example(way) if way else {"dataframe_records": [{"column": "value"}]}


@dataclass(frozen=True)
class AsCode:
    """The endpoint itself, for a repository."""

    bundle: str
    terraform: str
    commands: str


def as_code(ws: Workspace, live: dict[str, Any], *, manages: bool) -> AsCode | None:
    """None for an endpoint that Databricks runs: nobody can describe it."""
    if not live.get("id"):
        return None
    texts = described(_with_grants(ws, live) if manages else live)
    name, key, flag = str(live["name"]), identifier(str(live["name"])), profile_flag(DEFAULT_PROFILE)
    commands = (
        "# Bundle: put the YAML into resources/, then take the endpoint over. `databricks bundle generate` has no\n"
        "# generator for serving endpoints; for an app it has one:\n"
        f"databricks bundle deployment bind {key} {shell(name)} {flag}\n"
        f"databricks bundle generate app --existing-app-name <APP> {flag}\n\n"
        "# Terraform before 1.5, which has no import block:\n"
        f"terraform import databricks_model_serving.{key} {shell(name)}\n"
    )
    return AsCode(texts["bundle"], texts["terraform"], commands)


def _with_grants(ws: Workspace, live: dict[str, Any]) -> dict[str, Any]:
    try:
        return {**live, "access_control_list": direct_grants(serving.permissions(ws, str(live["id"])))}
    except PortalError:
        return live


def undone(ledger: Ledger, may: May, name: str, op_id: str) -> Change:
    """The change that takes an attach or detach back. Raises NotFound, or Conflict for what was not applied."""
    operation = queries.operation(ledger.engine, op_id, may)
    if operation.endpoint != name:
        raise NotFound("There is no such operation of this endpoint.")
    change = undo(operation.change, operation.before) if operation.outcome == "success" else None
    if change is None:
        raise Conflict("There is nothing to undo: this operation did not change an app.")
    return change
