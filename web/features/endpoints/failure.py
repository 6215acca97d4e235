"""Why an update failed or is late: the entities concerned, the telling end of their logs, and what the doctor finds."""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from web.errors import Forbidden, PortalError
from web.features.endpoints.entities import EntityView, config_view, deadline_s
from web.workspace import catalog, entity_logs
from web.workspace.client import Workspace
from web.workspace.doctor import RULES, Case, Finding, diagnose
from web.workspace.entity_state import BROKEN

EXCERPT_LINES = 14
MOST_ENTITIES = 3
LATE = 0.6
MANAGERS = (None, "CAN_MANAGE")
EMPTY = "The build log is empty."
NOT_ALLOWED = "Reading build logs needs CAN_MANAGE on this endpoint. Ask its creator, or somebody who manages it."
TELLING = re.compile(r"error|exception|traceback|failed|fatal|killed|oom|could not|no matching|refused|timed out", re.I)
OUTCOMES = {"UPDATE_FAILED": "failed", "UPDATE_CANCELED": "canceled"}


@dataclass(frozen=True)
class BrokenEntity:
    """One entity that did not come up. `excerpt` is the telling end of its log; `note` says why there is none.

    `findings`: what the doctor finds, the first one first; empty when it does not know. `logs`: the whole texts.
    """

    entity: EntityView
    excerpt: str = ""
    note: str = ""
    findings: list[Finding] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A failed update to config `version`. `may_read` False: the person may not read build logs."""

    version: int | None
    broken: list[BrokenEntity]
    may_read: bool


def failure(ws: Workspace, raw: dict[str, Any], kind: str, *, departed: bool | None = None) -> Failure | None:
    """What is known about the update that failed; None when none did. Reads at most MOST_ENTITIES build logs.

    `departed`: whether the endpoint's creator has left, where somebody has asked.
    """
    pending = config_view(raw.get("pending_config"), kind)
    outcome = OUTCOMES.get(str((raw.get("state") or {}).get("config_update")))
    if pending is None or outcome is None:
        return None
    broken = sorted((e for e in pending.entities if e.deployment in BROKEN), key=lambda e: BROKEN.index(e.deployment))
    may = raw.get("permission_level") in MANAGERS
    told = [_entity(ws, raw, one, outcome, may, kind, departed) for one in broken[:MOST_ENTITIES]]
    return Failure(pending.version, told, may)


def late(ws: Workspace, raw: dict[str, Any], entity: EntityView, elapsed_s: float, kind: str) -> list[Finding]:
    """Why an entity of an update that still runs takes so long; its log is read only once it is late."""
    given = _given(raw, entity.name)
    case = Case("running", entity.message, workload=_workload(given), facts=_facts(raw, given))
    if (
        elapsed_s < LATE * deadline_s(given)
        or kind in entity_logs.NO_CONTAINER
        or raw.get("permission_level") not in MANAGERS
    ):
        return diagnose(case, RULES)
    note, logs = _logs(ws, str(raw["name"]), entity, (raw.get("pending_config") or {}).get("config_version"))
    known = bool(logs) or note == EMPTY
    timed = replace(case, log="\n".join(logs.values()), elapsed_s=elapsed_s, deadline_s=deadline_s(given))
    return diagnose(timed if known else case, RULES)


def _entity(
    ws: Workspace, raw: dict[str, Any], entity: EntityView, outcome: str, may: bool, kind: str, departed: bool | None
) -> BrokenEntity:
    version = (raw.get("pending_config") or {}).get("config_version")
    note, logs = "", dict[str, str]()
    if kind in entity_logs.NO_CONTAINER:
        note = "This kind of model has no container, so there is no build log."
    elif not may:
        note = NOT_ALLOWED
    else:
        note, logs = _logs(ws, str(raw["name"]), entity, version)
    given = _given(raw, entity.name)
    case = Case(
        outcome,
        entity.message,
        "\n".join(logs.values()),
        entity.deployment,
        _workload(given),
        departed=departed,
        facts=_facts(raw, given),
    )
    found = diagnose(case, RULES) or diagnose(replace(case, version_status=_version_status(ws, given)), RULES)
    return BrokenEntity(entity, excerpt(case.log), note, found, logs)


def waking(entities: list[EntityView]) -> list[Finding]:
    """What the state of serving entities tells, each cause once: a cold start."""
    found = [finding for entity in entities for finding in diagnose(Case("serving", entity.message), RULES)]
    return list({one.key: one for one in found}.values())


def _version_status(ws: Workspace, given: dict[str, Any]) -> str:
    """The model version's status in Unity Catalog, asked for when nothing else explains; "" when it cannot be read."""
    name, number = str(given.get("entity_name") or ""), str(given.get("entity_version") or "")
    if name.count(".") != 2 or not number.isdigit():
        return ""
    try:
        return catalog.version(ws, name, int(number)).status
    except PortalError:
        return ""


def _logs(ws: Workspace, name: str, entity: EntityView, version: int | None) -> tuple[str, dict[str, str]]:
    """(why there is none, the logs by kind): the build log, and the service log where the workspace points to it."""
    try:
        logs = entity_logs.of(ws, name, entity.name, entity.message, version)
    except Forbidden:
        return NOT_ALLOWED, {}
    except PortalError as error:
        return f"The build log could not be read: {error.message}", {}
    return ("" if logs else EMPTY), logs


def excerpt(log: str, lines: int = EXCERPT_LINES) -> str:
    """The last telling lines: from the first line about an error near the end, at most `lines` of them."""
    tail = log.rstrip().splitlines()[-lines:]
    first = next((place for place, line in enumerate(tail) if TELLING.search(line)), 0)
    return "\n".join(line[:400] for line in tail[max(0, first - 1) :])


def _given(raw: dict[str, Any], entity: str) -> dict[str, Any]:
    found = ((raw.get("pending_config") or {}).get("served_entities")) or []
    return next((one for one in found if isinstance(one, dict) and one.get("name") == entity), {})


def _workload(given: dict[str, Any]) -> str:
    return str(given.get("workload_type") or "CPU")


def _facts(raw: dict[str, Any], given: dict[str, Any]) -> dict[str, str]:
    return {
        "endpoint": str(raw.get("name") or ""),
        "entity": str(given.get("name") or ""),
        "model": str(given.get("entity_name") or ""),
        "version": str(given.get("entity_version") or ""),
    }
