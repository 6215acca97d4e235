"""The traffic page's view: what serves with its shares, or why there is nothing to shift."""

from dataclasses import dataclass
from typing import Any, Literal

from web.audit.ledger import Ledger
from web.changes import drafts
from web.changes.fields import route_name
from web.changes.kinds import Kind
from web.changes.perform import Actor
from web.errors import NotFound
from web.features.traffic.forms import Shares
from web.features.traffic.steps import STEPS
from web.workspace.answers import number
from web.workspace.entity_state import Look, look, model_of, name_of

Mode = Literal["edit", "hosted", "viewer", "first", "nothing", "empty", "stopped", "alone"]


@dataclass(frozen=True)
class Row:
    """One served entity. `percent` as the form shows it, `live` as it is (None: not served now)."""

    name: str
    model: str
    version: str
    look: Look | None
    percent: int | str
    live: int | None
    error: str


@dataclass(frozen=True)
class Part:
    """A share as the bars show it."""

    name: str
    percent: int


@dataclass(frozen=True)
class View:
    """`mode` says what the page can be used for; `update` what is said of an update: "", "running" or "failed".

    `version` is that of the config that serves, `tried` that of the update. `planned`: the split the update brings.
    `fallback`: an entity without traffic answers when another fails.
    """

    mode: Mode
    rows: list[Row]
    now: list[Part]
    update: str
    version: int | None
    tried: int | None
    planned: list[Part]
    fallback: bool
    canary: str
    error: str
    steps: tuple[int, ...] = STEPS


def view(raw: dict[str, Any], can_manage: bool, shares: Shares | None = None) -> View:
    """The page for `raw`, the JSON of GET; with `shares` as somebody has them in the form."""
    config, pending = _map(raw.get("config")), _map(raw.get("pending_config"))
    live, entities = split(config), _entities(config)
    shares = shares or Shares(dict(live))
    update = {"IN_PROGRESS": "running", "UPDATE_FAILED": "failed"}.get(str(_map(raw.get("state")).get("config_update")))
    rows = [_row(entity, live, shares) for entity in entities]
    known = {row.name for row in rows}
    rows += [_gone(name, shares) for name in shares.typed if name not in known]
    canary = shares.canary if shares.canary in known else newest(entities, live)
    return View(
        mode=_mode(raw, can_manage, entities),
        rows=rows,
        now=[Part(name, share) for name, share in live.items()],
        update=update or "",
        version=config.get("config_version"),
        tried=pending.get("config_version"),
        planned=[Part(name, share) for name, share in split(pending).items()],
        fallback=bool(_map(_map(raw.get("ai_gateway")).get("fallback_config")).get("enabled")),
        canary=canary,
        error=shares.error,
    )


def split(config: Any) -> dict[str, int]:
    """Served entity → share, in the order of the entities; the only one of a config without routes has all."""
    config = _map(config)
    routes = _maps(_map(config.get("traffic_config")).get("routes"))
    shares = {route_name(route): number(route.get("traffic_percentage")) for route in routes}
    names = [name_of(entity) for entity in _entities(config)]
    return {name: shares.get(name, 0) if shares or len(names) > 1 else 100 for name in names}


def newest(entities: list[dict[str, Any]], live: dict[str, int]) -> str:
    """The entity that a canary steps up: the newest version of one model, else the one with the least share."""
    versions = {name_of(e): int(v) for e in entities if (v := str(e.get("entity_version") or "")).isdigit()}
    one_model = len({e.get("entity_name") for e in entities}) == 1
    if one_model and len(versions) == len(entities) and len(set(versions.values())) > 1:
        return max(versions, key=lambda name: (versions[name], -live[name]))
    return min(reversed(live), key=lambda name: live[name], default="")


def from_draft(ledger: Ledger, actor: Actor, draft: str, name: str, live: dict[str, int]) -> Shares:
    """The numbers a person took to Review. Raises NotFound for a draft that is not theirs or of something else."""
    change, _ = drafts.load(ledger, actor, draft)
    if change.kind is not Kind.TRAFFIC or change.endpoint != name:
        raise NotFound("This draft is about something else.", hint="Start again from the Traffic tab.")
    routes: dict[str, int] = change.body["routes"]
    return Shares({**{entity: routes.get(entity, 0) for entity in live}, **routes})


def _mode(raw: dict[str, Any], can_manage: bool, entities: list[dict[str, Any]]) -> Mode:
    state = _map(raw.get("state"))
    if not raw.get("id"):
        return "hosted"
    if not entities:
        if not raw.get("pending_config"):
            return "empty"
        return "first" if state.get("config_update") == "IN_PROGRESS" else "nothing"
    if not can_manage:
        return "viewer"
    if state.get("suspend") == "STOPPED":
        return "stopped"
    return "edit" if len(entities) > 1 else "alone"


def _row(entity: dict[str, Any], live: dict[str, int], shares: Shares) -> Row:
    name, version = name_of(entity), str(entity.get("entity_version") or "")
    percent = shares.typed.get(name, 0)
    return Row(name, model_of(entity), version, look(entity), percent, live[name], shares.errors.get(name, ""))


def _gone(name: str, shares: Shares) -> Row:
    return Row(name, "", "", None, shares.typed[name], None, shares.errors.get(name, ""))


def _entities(config: dict[str, Any]) -> list[dict[str, Any]]:
    return _maps(config.get("served_entities"))


def _maps(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
