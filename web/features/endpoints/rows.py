"""What the endpoints page needs to know of every endpoint: worked out once per listing, whoever filters it how."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web.workspace.listing import Snapshot
from web.workspace.rows import EndpointRow, EntityRow
from web.workspace.serving import kind_of

KINDS = {
    "custom": "Custom models",
    "agent": "Agents",
    "provisioned": "Provisioned throughput",
    "external": "External models",
    "feature": "Feature specs",
    "empty": "No config yet",
    "foundation": "Foundation models",
}
STATES = {
    "attention": "Failed or not ready",
    "ready": "Ready",
    "updating": "Updating",
    "not_ready": "Not ready",
    "update_failed": "Update failed",
    "update_canceled": "Update canceled",
    "stopped": "Stopped",
}
TASKS = {
    "llm/v1/chat": "Chat",
    "llm/v1/completions": "Completions",
    "llm/v1/embeddings": "Embeddings",
    "agent/v1/chat": "Agent (chat model)",
    "agent/v2/chat": "Agent (chat)",
    "agent/v1/responses": "Agent (responses)",
    "agent/v2/responses": "Agent (responses v2)",
}
RANK = {"update_failed": 0, "update_canceled": 1, "not_ready": 2, "updating": 3, "stopped": 4, "ready": 5}


@dataclass(frozen=True, slots=True)
class Entry:
    """One endpoint with what it can be found by. `haystack` is lower case; `states` are keys of STATES."""

    row: EndpointRow
    kind: str
    states: frozenset[str]
    haystack: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Index:
    """All entries by name, and how often each value occurs: what the filters offer."""

    entries: tuple[Entry, ...]
    kinds: Counter[str]
    states: Counter[str]
    tasks: Counter[str]
    creators: Counter[str]
    tags: Counter[str]


def index(snapshot: Snapshot) -> Index:
    """The index of a listing; made on first use."""
    return snapshot.once("endpoints", _index)


def ordered(snapshot: Snapshot, column: str) -> tuple[Entry, ...]:
    """All entries, ascending by a column of SORTS, then by name."""
    entries = index(snapshot).entries
    if column == "name":
        return entries
    return snapshot.once(f"endpoints by {column}", lambda _: tuple(sorted(entries, key=SORTS[column])))


def _index(snapshot: Snapshot) -> Index:
    entries = tuple(_entry(row) for row in snapshot.rows)
    return Index(
        entries=entries,
        kinds=Counter(entry.kind for entry in entries),
        states=Counter(state for entry in entries for state in entry.states),
        tasks=Counter(entry.row.task for entry in entries if entry.row.task),
        creators=Counter(entry.row.creator for entry in entries if entry.row.creator),
        tags=Counter(tag for entry in entries for tag in entry.tags),
    )


def _entry(row: EndpointRow) -> Entry:
    kind: str = kind_of(row)
    task = row.task or ""
    if kind == "custom" and task.startswith("agent/"):
        kind = "agent"
    tags = [(tag.key, tag.value or "") for tag in row.tags or []]
    words = [row.name, row.creator or "", task, row.description or "", KINDS.get(kind, kind)]
    words += [model_name(entity) for entity in row.served_entities]
    words += [f"{key}:{value} {key}={value}" for key, value in tags]
    found_by = frozenset([key for key, _ in tags] + [f"{key}: {value}" for key, value in tags if value])
    return Entry(row, kind, states_of(row), "\n".join(words).lower(), found_by)


def states_of(row: EndpointRow) -> frozenset[str]:
    """The filters this endpoint answers to. Attention: a failed or canceled update, or not serving though nobody
    stopped it and nothing is under way."""
    found = {"stopped"} if row.suspend == "STOPPED" else {"ready" if row.ready == "READY" else "not_ready"}
    update = {"IN_PROGRESS": "updating", "UPDATE_FAILED": "update_failed", "UPDATE_CANCELED": "update_canceled"}
    if row.config_update in update:
        found.add(update[row.config_update])
    idle = row.config_update != "IN_PROGRESS"
    if found & {"update_failed", "update_canceled"} or ("not_ready" in found and idle):
        found.add("attention")
    return frozenset(found)


def model_name(entity: EntityRow) -> str:
    """A served entity in a few words: "main.ml.churn v3", "openai gpt-5", "Llama 3.3 70B"."""
    if entity.external_model is not None:
        return f"{entity.external_model.provider or 'external'} {entity.external_model.name or ''}".strip()
    name = entity.entity_name or entity.name or ""
    if entity.foundation_model is not None:
        return entity.foundation_model.display_name or entity.foundation_model.name or name
    return f"{name} v{entity.entity_version}" if entity.entity_version else name


def _rank(entry: Entry) -> int:
    return min((RANK[state] for state in entry.states if state in RANK), default=9)


def _by(key: Callable[[Entry], Any]) -> Callable[[Entry], Any]:
    return lambda entry: (key(entry), entry.row.name.lower())


SORTS: dict[str, Callable[[Entry], Any]] = {
    "name": _by(lambda entry: 0),
    "kind": _by(lambda entry: (list(KINDS).index(entry.kind) if entry.kind in KINDS else 99, entry.row.task or "")),
    "state": _by(_rank),
    "creator": _by(lambda entry: (entry.row.creator or "~").lower()),
    "updated": _by(lambda entry: entry.row.last_updated_timestamp or 0),
}
