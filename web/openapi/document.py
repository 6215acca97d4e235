"""The OpenAPI document of an endpoint: one request and one response schema per served entity (reference §3.6)."""

import json
import re
from dataclasses import dataclass
from typing import Any

from web.openapi.normal import Schema, normal

_PATH = re.compile(r"^/served-(?:models|entities)/([^/]+)/invocations$")
DATA_KEYS = ("dataframe_split", "dataframe_records", "inputs", "instances", "messages", "prompt", "input")


class SchemaError(ValueError):
    """The text is not an OpenAPI document with at least one invocation path."""


@dataclass(frozen=True)
class Alternative:
    """One way to send data: `key` is the field that carries it (`dataframe_split`, `messages` …; "" when unnamed)."""

    key: str
    schema: Schema


@dataclass(frozen=True)
class EntitySchema:
    """What one served entity takes and gives, as JSON Schema 2020-12. `response` is `{}` when it is not told."""

    name: str
    request: Schema
    response: Schema

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The request's alternatives in the document's order; one when the request has no choice."""
        ways = self.request.get("oneOf") or self.request.get("anyOf")
        if not isinstance(ways, list) or not ways:
            return (Alternative(_key(self.request), self.request),)
        return tuple(Alternative(_key(way), way) for way in ways)


@dataclass(frozen=True)
class Document:
    """A read document. `version` is the config version it describes; `text` is the document as it came."""

    title: str
    version: str
    entities: tuple[EntitySchema, ...]
    text: str

    def entity(self, name: str) -> EntitySchema | None:
        """The schema of one served entity, or None when the document has none for it."""
        return next((one for one in self.entities if one.name == name), None)


def _key(schema: Schema) -> str:
    properties = schema.get("properties") or {}
    return next((key for key in DATA_KEYS if key in properties), next(iter(properties), ""))


def parse(text: str) -> Document:
    """Read a document. Raises SchemaError when it is none; parts of an unknown shape become "anything"."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SchemaError("The schema the workspace gave is not JSON.") from error
    paths = raw.get("paths") if isinstance(raw, dict) else None
    if not isinstance(paths, dict):
        raise SchemaError("The schema the workspace gave has no paths.")
    info = raw.get("info") if isinstance(raw.get("info"), dict) else {}
    title = str(info.get("title") or "")
    entities = tuple(_entity(path, item, title) for path, item in paths.items() if _invocation(path, item))
    if not entities:
        raise SchemaError("The schema the workspace gave describes no invocations.")
    return Document(title, str(info.get("version") or ""), entities, text)


def _invocation(path: str, item: Any) -> bool:
    return path.endswith("/invocations") and isinstance(item, dict) and isinstance(item.get("post"), dict)


def _entity(path: str, item: dict[str, Any], title: str) -> EntitySchema:
    match = _PATH.match(path)
    post = item["post"]
    responses = post.get("responses") or {}
    return EntitySchema(
        match.group(1) if match else title,
        normal(_json_schema(post.get("requestBody"))),
        normal(_json_schema(responses.get("200") or responses.get("default"))),
    )


def _json_schema(holder: Any) -> Schema:
    content = holder.get("content") if isinstance(holder, dict) else None
    media = content.get("application/json") if isinstance(content, dict) else None
    schema = media.get("schema") if isinstance(media, dict) else None
    return schema if isinstance(schema, dict) else {}
