"""The submitted HTTP request, from the page or as JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from web.changes.kinds import unsendable
from web.errors import Invalid
from web.workspace.connections import METHODS
from web.workspace.names import SEGMENT

OBJECTS = ("headers", "params")


@dataclass(frozen=True)
class Asked:
    """`headers` and `params` are objects, `body` any JSON; None: not sent. `typed` are the texts; `errors` by field."""

    connection: str = ""
    method: str = "GET"
    path: str = "/"
    headers: dict[str, Any] | None = None
    params: dict[str, Any] | None = None
    body: Any = None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(fields: Mapping[str, str]) -> Asked:
    """The page's form."""
    given: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name in (*OBJECTS, "body"):
        text = str(fields.get(name) or "").strip()
        try:
            given[name] = json.loads(text) if text else None
        except (ValueError, RecursionError):
            errors[name] = "This is not valid JSON."
        if problem := unsendable(given.get(name)):
            errors[name] = problem
            del given[name]
    plain = {name: str(fields.get(name) or "").strip() for name in ("connection", "method", "path")}
    return checked({**given, **plain}, errors, {k: str(v) for k, v in fields.items()})


def checked(given: dict[str, Any], errors: dict[str, str], typed: Mapping[str, str]) -> Asked:
    """The request with what is wrong with it."""
    if not SEGMENT.fullmatch(str(given.get("connection") or "")):
        errors["connection"] = "Name the connection, as it is called in Unity Catalog."
    if given.get("method") not in METHODS:
        errors["method"] = f"One of {', '.join(METHODS)}."
    if not str(given.get("path") or "").startswith("/"):
        errors["path"] = "A path begins with '/'; the host is the connection's."
    for name in OBJECTS:
        if given.get(name) is not None and not isinstance(given[name], dict):
            errors[name] = "A JSON object of names and values."
    names = ("connection", "method", "path", *OBJECTS, "body")
    kept: dict[str, Any] = {name: given[name] for name in names if given.get(name) is not None}
    return Asked(**kept, typed=typed, errors=errors)


def from_json(data: Any) -> Asked:
    """The JSON API's body: the names of the CLI. Raises Invalid naming the field."""
    given = data if isinstance(data, dict) else {}
    known = {"connection": given.get("connection_name"), "body": given.get("json")}
    asked = checked({**given, **known}, {}, {})
    if asked.errors:
        name, message = next(iter(asked.errors.items()))
        raise Invalid(message, field="connection_name" if name == "connection" else name)
    return asked
