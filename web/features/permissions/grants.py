"""An endpoint's access control list as rows: what was granted on it, and what comes from above."""

from dataclasses import dataclass
from typing import Any, Literal

from web.workspace.iam import PrincipalKind

LEVELS = ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")
FIELDS: dict[PrincipalKind, str] = {
    "user": "user_name",
    "group": "group_name",
    "service_principal": "service_principal_name",
}
KIND_WORDS: dict[PrincipalKind, str] = {"user": "Person", "group": "Group", "service_principal": "Service principal"}
# Said when the workspace does not say it itself (reference §2.2).
DESCRIPTIONS = {
    "CAN_VIEW": "See the endpoint and its state.",
    "CAN_QUERY": "See the endpoint and send requests to it.",
    "CAN_MANAGE": "Query it, change it, delete it and set its permissions.",
}


@dataclass(frozen=True)
class Grant:
    """One principal and one level. `name` is what the API takes; `source` where an inherited grant comes from."""

    kind: PrincipalKind
    name: str
    display: str
    level: str
    source: str = ""

    def as_request(self) -> dict[str, str]:
        """The entry of a request."""
        return {FIELDS[self.kind]: self.name, "permission_level": self.level}


def kind_named(value: str) -> PrincipalKind:
    """The kind of this name, by default a person."""
    return next((kind for kind in FIELDS if kind == value), "user")


def kind_of(entry: dict[str, Any]) -> PrincipalKind | None:
    """Whom an entry of an access control list names."""
    return next((kind for kind, field in FIELDS.items() if entry.get(field)), None)


def grants_in(permissions: dict[str, Any], which: Literal["direct", "inherited"]) -> list[Grant]:
    """The grants of a permissions object that were made on the endpoint itself, or those that were not."""
    found = []
    for entry in permissions.get("access_control_list") or []:
        kind = kind_of(entry)
        for level in entry.get("all_permissions") or []:
            if kind and bool(level.get("inherited")) == (which == "inherited"):
                name = str(entry[FIELDS[kind]])
                display = str(entry.get("display_name") or name)
                source = ", ".join(str(one) for one in level.get("inherited_from_object") or [])
                found.append(Grant(kind, name, display, str(level.get("permission_level") or ""), source))
    return found


def from_request(entry: dict[str, Any], known: dict[tuple[str, str], str]) -> Grant:
    """A grant as a draft asks for it; `known` has display names by (kind, name)."""
    kind = kind_of(entry) or "user"
    name = str(entry.get(FIELDS[kind]) or "")
    return Grant(kind, name, known.get((kind, name), name), str(entry.get("permission_level") or ""))


def rank(level: str) -> int:
    """How far a level reaches; a word nobody knew reaches nowhere."""
    return LEVELS.index(level) if level in LEVELS else -1
