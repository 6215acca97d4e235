"""Whether callers would notice that other entities answer them: the schemas of who loses and who gains traffic."""

import json
from collections.abc import Iterator
from typing import Any

from web.changes.calls import desired_config
from web.changes.checks import Finding
from web.changes.diff import canonical
from web.changes.effects import entities_of, moves, rebuilt, shares
from web.changes.fields import writable_config
from web.changes.kinds import Change, Kind
from web.openapi import Difference, Document, compare, schema_of
from web.openapi.reasons import EXPLANATIONS
from web.workspace.client import Workspace

BREAKING, SAFE, UNKNOWN, UNREAD = "schema-breaking", "schema-safe", "schema-unknown", "schema-unread"
PATH = "traffic_config.routes"
SHOWN = 20
SHIFTING = (Kind.CONFIG, Kind.TRAFFIC, Kind.RESTORE)
SILENT = ("external", "not_ready", "stopped")


def schema_findings(ws: Workspace, change: Change, live: dict[str, Any] | None) -> list[Finding]:
    """Warnings about the schemas of entities between which traffic moves; none for a change that moves none."""
    old = writable_config(live["config"]) if live and live.get("config") else None
    new = _wanted(change, live)
    if old is None or new is None or live is None:
        return []
    fresh = set(rebuilt(old, new)) | (entities_of(new).keys() - entities_of(old).keys())
    pairs = {(move.source, move.target) for move in moves(old, new) if move.target not in fresh}
    pairs |= set(_swapped(old, new))
    found = [_unknown(name) for name in _taking(old, new, fresh)]
    if pairs:
        found += _compared(ws, live, sorted(pairs))
    return found


def _wanted(change: Change, live: dict[str, Any] | None) -> dict[str, Any] | None:
    if change.kind not in SHIFTING or not live:
        return None
    if change.kind is Kind.RESTORE:
        config = change.body.get("config")
        return config if isinstance(config, dict) else None
    return desired_config(change, live)


def _taking(old: dict[str, Any], new: dict[str, Any], fresh: set[str]) -> Iterator[str]:
    """Entities with another model than any that serves now, which take traffic as soon as they are ready."""
    serving = [_model(entity) for entity in entities_of(old).values()]
    for name, entity in entities_of(new).items():
        if name in fresh and shares(new).get(name) and _model(entity) not in serving:
            yield name


def _swapped(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """An entity that takes traffic and gets, under its own name, a version that another entity serves already."""
    serving = {json.dumps(_model(entity), sort_keys=True): name for name, entity in entities_of(old).items()}
    for name in rebuilt(old, new):
        twin = serving.get(json.dumps(_model(entities_of(new)[name]), sort_keys=True))
        if twin and twin != name and shares(old).get(name) and shares(new).get(name):
            yield name, twin


def _model(entity: dict[str, Any]) -> Any:
    return canonical({k: entity.get(k) for k in ("entity_name", "entity_version", "external_model")})


def _unknown(name: str) -> Finding:
    message = f"'{name}' does not serve this version yet, so its schema cannot be compared with what serves now."
    way_out = "Deploy it at 0 % first, look at the schemas side by side, then shift traffic to it."
    return Finding(PATH, f"{message} {way_out}", UNKNOWN)


def _compared(ws: Workspace, live: dict[str, Any], pairs: list[tuple[str, str]]) -> Iterator[Finding]:
    found = schema_of(ws, live)
    if found.document is None:
        if found.reason not in SILENT:
            why = EXPLANATIONS[found.reason].title if found.reason in EXPLANATIONS else found.message
            yield Finding(PATH, f"The schemas of these entities could not be compared: {why}", UNREAD)
        return
    for source, target in pairs:
        yield from _pair(found.document, source, target)


def _pair(document: Document, source: str, target: str) -> Iterator[Finding]:
    known = {schema.name: schema for schema in document.entities}
    if source not in known or target not in known:
        yield Finding(
            PATH, f"The schemas of '{source}' and '{target}' are not known, so they were not compared.", UNREAD
        )
        return
    differences = compare(known[source], known[target])
    breaking = _texts([one for one in differences if one.breaking])
    if breaking:
        message = f"Callers of '{source}' may fail on '{target}': its schema differs in {len(breaking)} breaking ways."
        yield Finding(PATH, message, BREAKING, breaking, must_acknowledge=True)
    elif differences:
        message = f"The schema of '{target}' differs from that of '{source}'; callers need not change."
        yield Finding(PATH, message, SAFE, _texts(differences))


def _texts(differences: list[Difference] | tuple[Difference, ...]) -> tuple[str, ...]:
    """One sentence for each difference, each once: the same column shows up in every way to send it."""
    texts = list(dict.fromkeys(f"{one.side.capitalize()}: {one.text}" for one in differences))
    more = [f"… and {len(texts) - SHOWN} more."] if len(texts) > SHOWN else []
    return (*texts[:SHOWN], *more)
