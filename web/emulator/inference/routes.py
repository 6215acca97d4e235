"""Every path a model can be asked through, and the reads about what was served."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from web.emulator import permissions
from web.emulator.inference import metrics, openapi, request, servicelogs
from web.emulator.inference.invoke import invoke
from web.emulator.models import local_llm
from web.emulator.models.base import InputError
from web.emulator.serving.endpoint import Endpoint, Entity
from web.emulator.wire import ApiError, Call, Handler, Route, missing, reply

API = "/api/2.0/serving-endpoints/{name}"


async def by_endpoint(call: Call) -> Response:
    """POST /serving-endpoints/{name}/invocations: an entity chosen by the traffic split."""
    return await invoke(call, call.world.find(call.params["name"]))


async def by_entity(call: Call) -> Response:
    """POST .../served-models/{entity}/invocations: that entity, whatever its share."""
    return await invoke(call, call.world.find(call.params["name"]), pinned=call.params["entity"])


def _openai(style: str, *, named: bool) -> Handler:
    async def handler(call: Call) -> Response:
        """An OpenAI-style path; the endpoint is in the path or in the body's `model`."""
        name = call.params["name"] if named else await _model_name(call)
        return await invoke(call, call.world.find(name), style=style)

    return handler


async def _model_name(call: Call) -> str:
    try:
        name = request.parse(await call.request.body()).get("model")
    except InputError as error:
        raise ApiError(400, "BAD_REQUEST", error.message) from error
    if not isinstance(name, str) or not name:
        raise ApiError(400, "INVALID_PARAMETER_VALUE", "Missing required field: model")
    return name


async def get_openapi(call: Call) -> Response:
    """GET .../openapi: the document as text/plain; 404 or 400 where there is none."""
    endpoint = _visible(call)
    document = openapi.document(call.world, endpoint)
    if document is None:
        status = call.world.switches.openapi_unavailable_status
        code = "RESOURCE_DOES_NOT_EXIST" if status == 404 else "BAD_REQUEST"
        raise ApiError(status, code, f"OpenAPI schema is not available for endpoint '{endpoint.name}'.")
    return PlainTextResponse(openapi.text(document))


async def get_metrics(call: Call) -> Response:
    """GET .../metrics: Prometheus text; only for endpoints that run on model servers of the workspace."""
    endpoint = _visible(call)
    if endpoint.kind in ("foundation", "external"):
        raise missing(f"Metrics are not available for endpoint '{endpoint.name}'.")
    return PlainTextResponse(metrics.text(call.world, endpoint))


async def get_logs(call: Call) -> Response:
    """GET .../served-models/{entity}/logs: the model server's log; `config_version` reads another config's entity."""
    endpoint = _visible(call)
    permissions.require(call, endpoint, call.world.switches.logs_level)
    if endpoint.kind in ("foundation", "external"):
        raise ApiError(400, "INVALID_PARAMETER_VALUE", f"Logs are not available for endpoint '{endpoint.name}'.")
    entity = _logged(endpoint, call.params["entity"], call.query.get("config_version"))
    return reply({"logs": "\n".join(servicelogs.lines(call.world, endpoint, entity))})


def _visible(call: Call) -> Endpoint:
    endpoint = call.world.find(call.params["name"])
    permissions.require(call, endpoint, "CAN_VIEW")
    return endpoint


def _logged(endpoint: Endpoint, name: str, version: str | None) -> Entity:
    configs = [config for config in (endpoint.config, endpoint.pending, *reversed(endpoint.past)) if config]
    for config in configs:
        entity = config.entity(name)
        if entity and version in (None, str(config.version)):
            return entity
    raise missing(f"Served entity '{name}' does not exist on endpoint '{endpoint.name}'.")


async def get_llm(call: Call) -> Response:
    """GET /_emulator/llm: which model writes chat answers, and why."""
    return reply(local_llm.status())


ROUTES: list[Route] = [
    ("POST", "/serving-endpoints/chat/completions", _openai("chat/completions", named=False)),
    ("POST", "/serving-endpoints/completions", _openai("completions", named=False)),
    ("POST", "/serving-endpoints/embeddings", _openai("embeddings", named=False)),
    ("POST", "/serving-endpoints/responses", _openai("responses", named=False)),
    ("POST", "/serving-endpoints/{name}/invocations", by_endpoint),
    ("POST", "/serving-endpoints/{name}/served-models/{entity}/invocations", by_entity),
    ("POST", "/serving-endpoints/{name}/chat/completions", _openai("chat/completions", named=True)),
    ("POST", "/serving-endpoints/{name}/completions", _openai("completions", named=True)),
    ("POST", "/serving-endpoints/{name}/embeddings", _openai("embeddings", named=True)),
    ("POST", "/serving-endpoints/{name}/responses", _openai("responses", named=True)),
    ("GET", f"{API}/openapi", get_openapi),
    ("GET", f"{API}/metrics", get_metrics),
    ("GET", f"{API}/served-models/{{entity}}/logs", get_logs),
    ("GET", "/_emulator/llm", get_llm),
]
