"""Why an update failed: the entities that broke, what their build said last, and what that usually means."""

import re
from dataclasses import dataclass
from typing import Any

from web.errors import Forbidden, PortalError
from web.features.endpoints.entities import EntityView, config_view
from web.workspace import serving
from web.workspace.client import Workspace
from web.workspace.entity_state import BROKEN

EXCERPT_LINES = 14
MOST_ENTITIES = 3
NO_BUILD = ("external", "foundation")
NOT_ALLOWED = "Reading build logs needs CAN_MANAGE on this endpoint. Ask its creator, or somebody who manages it."
TELLING = re.compile(r"error|exception|traceback|failed|fatal|killed|oom|could not|no matching|refused|timed out", re.I)


@dataclass(frozen=True)
class Meaning:
    """Words of a log, what they mean, and the way out."""

    pattern: re.Pattern[str]
    text: str


def _meaning(pattern: str, text: str) -> Meaning:
    return Meaning(re.compile(pattern, re.I), text)


MEANINGS = (
    _meaning(
        r"No module named '?(?P<what>[\w.]+)",
        "The model needs the Python package {what}, which its environment lacks. Add it to pip_requirements, log the "
        "model again and serve the new version.",
    ),
    _meaning(
        r"out of memory|OOMKilled|exit(ed with)? code 137|CUDA out of memory",
        "The model ran out of memory while it was loaded. Choose a larger workload type.",
    ),
    _meaning(
        r"No matching distribution found for (?P<what>\S+)",
        "The version {what} cannot be installed: it does not exist, or not for this Python. Correct the model's "
        "requirements.",
    ),
    _meaning(
        r"secret (does not exist|.*cannot be read)|resolve environment variables",
        "An environment variable refers to a secret that does not exist, or that the endpoint's creator may not read.",
    ),
    _meaning(
        r"health check failed|connection refused|update timed out",
        "The container started, but the model did not answer in time. Look for what it waits for while loading.",
    ),
)


@dataclass(frozen=True)
class BrokenEntity:
    """One entity that did not come up. `excerpt` is the telling end of its build log; `note` says why there is none."""

    entity: EntityView
    excerpt: str = ""
    note: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Failure:
    """A failed update to config `version`. `may_read` False: the person may not read build logs."""

    version: int | None
    broken: list[BrokenEntity]
    may_read: bool


def failure(ws: Workspace, raw: dict[str, Any], kind: str) -> Failure | None:
    """What is known about the update that failed; None when none did. Reads at most MOST_ENTITIES build logs."""
    pending = config_view(raw.get("pending_config"), kind)
    if pending is None or (raw.get("state") or {}).get("config_update") not in ("UPDATE_FAILED", "UPDATE_CANCELED"):
        return None
    broken = sorted((e for e in pending.entities if e.deployment in BROKEN), key=lambda e: BROKEN.index(e.deployment))
    may = raw.get("permission_level") in (None, "CAN_MANAGE")
    told = [_read(ws, str(raw["name"]), one, pending.version, may, kind) for one in broken[:MOST_ENTITIES]]
    return Failure(pending.version, told, may)


def _read(ws: Workspace, name: str, entity: EntityView, version: int | None, may: bool, kind: str) -> BrokenEntity:
    if kind in NO_BUILD:
        return BrokenEntity(entity, note="This kind of model has no container, so there is no build log.")
    if not may:
        return BrokenEntity(entity, note=NOT_ALLOWED)
    try:
        log = serving.build_logs(ws, name, entity.name, version)
    except Forbidden:
        return BrokenEntity(entity, note=NOT_ALLOWED)
    except PortalError as error:
        return BrokenEntity(entity, note=f"The build log could not be read: {error.message}")
    if not log.strip():
        return BrokenEntity(entity, note="The build log is empty.", meaning=meaning_of(entity.message))
    return BrokenEntity(entity, excerpt(log), meaning=meaning_of(log))


def excerpt(log: str, lines: int = EXCERPT_LINES) -> str:
    """The last telling lines: from the first line about an error near the end, at most `lines` of them."""
    tail = log.rstrip().splitlines()[-lines:]
    first = next((place for place, line in enumerate(tail) if TELLING.search(line)), 0)
    return "\n".join(line[:400] for line in tail[max(0, first - 1) :])


def meaning_of(log: str) -> str:
    """What the log means in plain words; empty when nobody has met it yet."""
    for meaning in MEANINGS:
        found = meaning.pattern.search(log)
        if found:
            return meaning.text.format(**found.groupdict())
    return ""
