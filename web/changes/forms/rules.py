"""What a form is judged by beyond the rules of its change: aliases, secrets that exist, names used once."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from web.changes.checks import Finding
from web.changes.forms import picks, variables
from web.changes.forms.entity import EntityForm, Kind
from web.changes.forms.secret import REFERENCE
from web.errors import NotFound, PortalError
from web.workspace import catalog
from web.workspace.client import Workspace

GONE = "This value is not held any more (what is typed is kept for an hour, in memory): type it again."


def resolve_aliases(
    ws: Workspace, entities: Sequence[EntityForm], kind: Kind, prefix: str = ""
) -> tuple[list[Finding], list[str]]:
    """Put version numbers in place of aliases; the findings of those that cannot be, and what was resolved in words."""
    found: list[Finding] = []
    said: list[str] = []
    for place, entity in enumerate(entities):
        if kind == "external" or not entity.alias:
            continue
        try:
            version = catalog.version_by_alias(ws, entity.entity_name, entity.alias).version
        except (NotFound, PortalError) as error:
            path = f"{prefix}served_entities[{place}].entity_version"
            found.append(Finding(path, f"@{entity.alias}: {error.message}"))
            continue
        said.append(f"@{entity.alias} is version {version} of {entity.entity_name}: that number is sent.")
        entity.entity_version = str(version)
    return found, said


def variables_named_twice(entities: Sequence[EntityForm], prefix: str = "") -> Iterator[Finding]:
    """Each variable that an entity has twice: only the last one would be sent."""
    for place, one in enumerate(entities):
        for name in variables.named_twice(one.variables):
            path = f"{prefix}served_entities[{place}].environment_vars"
            yield Finding(path, f"The variable '{name}' is there twice.")


def secrets(ws: Workspace, body: dict[str, Any]) -> Iterator[Finding]:
    """Each reference to a secret whose scope says that there is no such key. What cannot be listed is not judged."""
    known: dict[str, picks.Choices] = {}
    for path, scope, key in _references(body, ""):
        known.setdefault(scope, picks.keys(ws, scope))
        listed = known[scope]
        if not (scope and key):
            yield Finding(path, "Name both the scope and the key of the secret.")
        elif listed.state == "empty" or (listed.state == "ready" and not listed.has(key)):
            yield Finding(path, f"There is no key '{key}' in the secret scope '{scope}'.")


def _references(value: Any, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _references(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _references(item, f"{path}[{place}]")
    elif isinstance(value, str) and (found := REFERENCE.fullmatch(value.strip())):
        yield path, found[1], found[2]
    elif isinstance(value, str) and re.fullmatch(r"\{\{secrets/[^}]*\}\}", value):
        yield path, "", ""
