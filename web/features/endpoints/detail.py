"""One endpoint: what serves now and what is being tried, as two separate facts, and everything around them."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from web.audit import kept_logs, queries
from web.audit.ledger import Ledger
from web.audit.models import Operation
from web.audit.queries import Filter, May
from web.changes.grants import direct_grants
from web.changes.run_as import departed
from web.changes.settle import settle
from web.changes.standing import Standing, standing
from web.errors import PortalError
from web.features.endpoints import facts
from web.features.endpoints.entities import ConfigView, EntityView, config_view
from web.features.endpoints.failure import Failure, late, waking
from web.identity.person import Caller
from web.workspace import serving
from web.workspace.client import Workspace
from web.workspace.doctor import Finding
from web.workspace.entity_state import BROKEN, READY

SHOWN_OPERATIONS = 5


@dataclass(frozen=True)
class Try:
    """A config that is being tried, or was tried in vain. `outcome`: running, failed, canceled or waiting."""

    config: ConfigView
    outcome: str
    elapsed_s: float | None
    first: bool
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class EntitiesView:
    """What serves and what is tried. `live`: something will change by itself, so the page asks again."""

    name: str
    serving: ConfigView | None
    tried: Try | None
    stopped: bool
    hosted: bool
    live: bool
    waking: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Detail:
    """The endpoint's page."""

    entities: EntitiesView
    address: str
    address_note: str
    endpoint_id: str
    creator: str
    created: int | None
    updated: int | None
    details: list[tuple[str, str]]
    gateway: list[tuple[str, str]]
    tags: list[tuple[str, str]]
    operations: list[Operation]
    unsettled: list[Operation]
    standing: Standing
    configured: bool


def settle_unknown(ledger: Ledger, who: Caller, name: str) -> None:
    """Ask what became of changes of this endpoint that nobody got an answer to."""
    if queries.unsettled(ledger.engine, name):
        settle(ledger, who.workspace, sees_all=who.is_admin, me=who.email, endpoint=name)


def detail(ledger: Ledger, who: Caller, may: May, raw: dict[str, Any], kind: str) -> Detail:
    """Everything the page shows of `raw`, the JSON of GET."""
    name = str(raw["name"])
    operations = queries.page(ledger.engine, Filter(endpoint=name, limit=SHOWN_OPERATIONS), may).operations
    return Detail(
        entities=entities(raw, kind, who.workspace),
        address=facts.address(raw, who.workspace.host),
        address_note=_address_note(raw, kind),
        endpoint_id=str(raw.get("id") or ""),
        creator=str(raw.get("creator") or ""),
        created=raw.get("creation_timestamp"),
        updated=raw.get("last_updated_timestamp"),
        details=facts.details(raw),
        gateway=facts.gateway(raw),
        tags=facts.tags(raw),
        operations=operations,
        unsettled=[o for o in operations if o.outcome in ("unknown", "pending")],
        standing=standing(ledger, who.workspace.host, raw),
        configured=bool(raw.get("config") or raw.get("pending_config")),
    )


def entities(raw: dict[str, Any], kind: str, ws: Workspace | None = None) -> EntitiesView:
    """The two configs of an endpoint; with `ws` also why an update that runs is late."""
    state = raw.get("state") or {}
    stopped = state.get("suspend") == "STOPPED"
    serves = config_view(raw.get("config"), kind)
    if serves and stopped:
        serves = replace(serves, entities=[_at_rest(entity) for entity in serves.entities])
    tried = _try(config_view(raw.get("pending_config"), kind), state, serves is None)
    if tried and tried.elapsed_s and ws:
        tried = replace(tried, findings=_late(ws, raw, tried, kind))
    moving = any(e.busy or "Scaling from zero" in e.message for e in serves.entities) if serves else False
    return EntitiesView(
        name=str(raw["name"]),
        serving=serves,
        tried=tried,
        stopped=stopped,
        hosted=not raw.get("id"),
        live=state.get("config_update") == "IN_PROGRESS" or moving,
        waking=waking(serves.entities) if serves else [],
    )


def _at_rest(entity: EntityView) -> EntityView:
    """The workspace goes on calling the entities of a stopped endpoint ready; they answer nothing."""
    return (
        replace(entity, label="Stopped", tone="neutral", icon="stop-circle") if entity.deployment == READY else entity
    )


def _try(config: ConfigView | None, state: dict[str, Any], first: bool) -> Try | None:
    if config is None:
        return None
    outcomes = {"IN_PROGRESS": "running", "UPDATE_FAILED": "failed", "UPDATE_CANCELED": "canceled"}
    outcome = outcomes.get(str(state.get("config_update")), "waiting")
    if outcome == "waiting" and any(e.deployment in BROKEN for e in config.entities):
        outcome = "failed"
    # Whole seconds: nobody wants the milliseconds of a deployment.
    since = config.started if outcome == "running" else None
    elapsed = float(max(0, int(time.time() - since / 1000))) if since else None
    return Try(config, outcome, elapsed, first)


def _late(ws: Workspace, raw: dict[str, Any], tried: Try, kind: str) -> list[Finding]:
    waiting = next((entity for entity in tried.config.entities if entity.busy), None)
    return late(ws, raw, waiting, tried.elapsed_s or 0.0, kind) if waiting else []


def keep_logs(ledger: Ledger, raw: dict[str, Any], found: Failure | None) -> str:
    """Keep the logs that were read of a failed update; the id of the operation that led to it, or ""."""
    kept = [
        kept_logs.keep(ledger, raw, one.entity.name, which, text)
        for one in (found.broken if found else [])
        for which, text in one.logs.items()
    ]
    return next(filter(None, kept), "")


def _address_note(raw: dict[str, Any], kind: str) -> str:
    if raw.get("route_optimized"):
        return "Route optimized: this address takes OAuth tokens made for it, no personal access token."
    if kind in ("foundation", "external", "provisioned", "agent") or str(raw.get("task") or "").startswith("llm/"):
        return "OpenAI clients use /serving-endpoints as base address and the endpoint's name as model."
    return ""


@dataclass(frozen=True)
class RunAs:
    """Whom the endpoint runs as. `known` False: the directory cannot be asked, or has another kind of name."""

    creator: str
    departed: bool
    known: bool


def run_as(ws: Workspace, creator: str) -> RunAs:
    """Whether the creator is still a member of the workspace. Only e-mail addresses can be looked up."""
    gone = departed(ws, creator) if "@" in creator else None
    return RunAs(creator, departed=gone is True, known=gone is not None)


@dataclass(frozen=True)
class Loss:
    """What deleting takes away. `grants` None: the person may not count them."""

    entities: list[str]
    version: int | None
    serving: bool
    traffic: list[str]
    grants: int | None
    tags: int
    inference_tables: bool


def loss(ws: Workspace, raw: dict[str, Any], kind: str) -> Loss:
    """What is lost with this endpoint."""
    view = entities(raw, kind)
    config = view.serving or (view.tried.config if view.tried else None)
    try:
        grants: int | None = len(direct_grants(serving.permissions(ws, str(raw.get("id")))))
    except PortalError:
        grants = None
    tables = [fact for fact in facts.gateway(raw) + facts.details(raw) if "table" in fact[0] or "Payload" in fact[0]]
    return Loss(
        entities=[f"{e.name} ({e.model})" for e in config.entities] if config else [],
        version=config.version if config else None,
        serving=(raw.get("state") or {}).get("ready") == "READY",
        traffic=[f"{r.percent} % {r.name}" for r in config.routes if r.percent] if config else [],
        grants=grants,
        tags=len(facts.tags(raw)),
        inference_tables=bool(tables),
    )
