"""The OpenAPI document of /api/v1: FastAPI's, with what every call has in common said once.

Errors look alike everywhere, and so do who may call and how; routes name only what they answer themselves.
"""

from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from web import __version__
from web.features.api.shapes import Refusal

PREFIX = "/api/v1/"
REF = "#/components/schemas/"
ERRORS = {
    "400": "The workspace refuses what was sent.",
    "401": "Nobody is signed in, or the token is not good any more.",
    "403": "The portal or the workspace does not let this person do it.",
    "404": "There is no such thing, or this person may not see it.",
    "409": "The live state moved, or something else is under way.",
    "422": "What was sent breaks a rule. Nothing was passed on.",
    "429": "Too many at once or within a minute; the hint says when to try again.",
    "5XX": "The workspace, the model or the history does not answer, or not sensibly; 503 may be tried again.",
}
WITH_A_BODY = {
    "408": "The request did not arrive in time.",
    "413": "The request is larger than this call takes.",
}
SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An OAuth token of the workspace, as the Databricks Apps proxy takes it.",
}


def document(app: FastAPI) -> dict[str, Any]:
    """The document; made once for an app."""
    return _document(app)


@cache
def _document(app: FastAPI) -> dict[str, Any]:
    whole = get_openapi(title="Serving Portal", version=__version__, routes=app.routes)
    paths = {path: calls for path, calls in whole["paths"].items() if path.startswith(PREFIX)}
    for path, calls in paths.items():
        for method, operation in calls.items():
            _refusals(operation, with_body=method != "get", of_one="{" in path)
    _, shapes = models_json_schema([(Refusal, "validation")], ref_template=REF + "{model}")
    schemas = {**whole["components"]["schemas"], **shapes["$defs"]}
    kept = _reachable(paths, schemas) | _reachable(schemas["Refusal"], schemas) | {"Refusal"}
    components = {
        "schemas": {name: shape for name, shape in schemas.items() if name in kept},
        "responses": {status: _refusal(says) for status, says in {**ERRORS, **WITH_A_BODY}.items()},
        "securitySchemes": {"workspace": SECURITY},
    }
    return {**whole, "paths": paths, "components": components, "security": [{"workspace": []}]}


def _refusals(operation: dict[str, Any], *, with_body: bool, of_one: bool) -> None:
    """Add what this call may answer besides its own answers."""
    answers = operation["responses"]
    answers.pop("422", None)
    common = {**ERRORS, **(WITH_A_BODY if with_body else {})}
    if not (of_one or with_body):
        del common["404"], common["409"]
    for status in common:
        answers.setdefault(status, {"$ref": f"#/components/responses/{status}"})


def _refusal(says: str) -> dict[str, Any]:
    return {"description": says, "content": {"application/json": {"schema": {"$ref": f"{REF}Refusal"}}}}


def _reachable(part: Any, schemas: dict[str, Any], found: set[str] | None = None) -> set[str]:
    """The names of all schemas that `part` refers to, directly or through others."""
    found = set() if found is None else found
    if isinstance(part, list):
        for item in part:
            _reachable(item, schemas, found)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix(REF)
        if name in schemas and name not in found:
            found.add(name)
            _reachable(schemas[name], schemas, found)
        for item in part.values():
            _reachable(item, schemas, found)
    return found
