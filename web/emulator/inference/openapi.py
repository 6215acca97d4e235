"""The OpenAPI document of an endpoint, derived from the signatures of what it serves.

Everything is inline, one path per served entity. It says 3.1.0 and yet writes `nullable`, as the live documents do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from web.emulator.inference import openapi_tables, openapi_tasks
from web.emulator.models.base import Model, resolve

if TYPE_CHECKING:
    from web.emulator.serving.endpoint import Endpoint
    from web.emulator.world import World

Schema = dict[str, Any]


def document(world: World, endpoint: Endpoint) -> Schema | None:
    """The document; None unless the endpoint is READY and some entity has a signature or a known task."""
    config = endpoint.config
    if config is None or not endpoint.ready or endpoint.kind == "external":
        return None
    strict = world.switches.openapi_alternatives_required
    paths = {}
    for entity in config.entities:
        model = resolve(world, entity.spec)
        schemas = of_model(model, strict=strict) if model else None
        if schemas:
            paths[f"/served-models/{entity.name()}/invocations"] = _path(*schemas)
    if not paths:
        return None
    return {
        "openapi": "3.1.0",
        "info": {"title": endpoint.name, "version": str(config.version)},
        "servers": [{"url": f"{world.url}/serving-endpoints/{endpoint.name}"}],
        "paths": paths,
    }


def of_model(model: Model, *, strict: bool = False) -> tuple[Schema, Schema] | None:
    """(request schema, response schema) of a model; None without signature. `strict`: alternatives need their key."""
    if model.task:
        return openapi_tasks.schemas(model)
    if model.signature is None or not model.signature.inputs:
        return None
    if model.signature.is_tensor:
        return openapi_tables.tensor_request(model.signature, strict), openapi_tables.predictions(model.signature)
    return openapi_tables.tabular_request(model.signature, strict), openapi_tables.predictions(model.signature)


def _path(request: Schema, response: Schema) -> Schema:
    body = {"content": {"application/json": {"schema": request}}}
    answer = {"description": "Successful operation", "content": {"application/json": {"schema": response}}}
    return {"post": {"requestBody": body, "responses": {"200": answer}}}


def text(schema: Schema) -> str:
    """The document as it is sent."""
    return json.dumps(schema, ensure_ascii=False)
