"""REST routes of Unity Catalog: listings and aliases (`/api/2.1/unity-catalog/...`)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from web.emulator.catalog import views
from web.emulator.catalog.paging import page
from web.emulator.catalog.store import ModelVersion, RegisteredModel
from web.emulator.wire import ApiError, Call, Route, reply

BASE = "/api/2.1/unity-catalog"


def _true(call: Call, key: str) -> bool:
    return str(call.query.get(key, "")).lower() == "true"


async def list_catalogs(call: Call) -> Response:
    """The catalogs the caller may use."""
    items = [views.catalog_view(name) for name in call.world.catalog.catalogs(call.person)]
    return reply(page(items, "catalogs", dict(call.query)))


async def list_schemas(call: Call) -> Response:
    """The schemas of one catalog; `catalog_name` is required."""
    catalog = _needed(call, "catalog_name")
    schemas = call.world.catalog.schemas
    mine = [
        name
        for name in sorted(schemas)
        if name.split(".")[0] == catalog and call.world.catalog.may_use(call.person, name)
    ]
    if not mine:
        raise ApiError(404, "CATALOG_DOES_NOT_EXIST", f"Catalog '{catalog}' does not exist.")
    return reply(page([views.schema_view(schemas[name]) for name in mine], "schemas", dict(call.query)))


def _needed(call: Call, key: str) -> str:
    value = call.query.get(key)
    if not value:
        raise ApiError(400, "INVALID_PARAMETER_VALUE", f"Missing required field: {key}")
    return str(value)


async def list_models(call: Call) -> Response:
    """Registered models of the metastore or of one schema; the first page of a schema is empty but has a token."""
    catalog, schema = call.query.get("catalog_name"), call.query.get("schema_name")
    if bool(catalog) != bool(schema):
        raise ApiError(400, "INVALID_PARAMETER_VALUE", "catalog_name and schema_name must be given together.")
    prefix = f"{catalog}.{schema}." if catalog else ""
    named = [model for name, model in sorted(call.world.catalog.models.items()) if name.startswith(prefix)]
    items = [view for model in named if (view := _visible(call, model))]
    return reply(page(items, "registered_models", dict(call.query), empty_first=bool(prefix)))


def _visible(call: Call, model: RegisteredModel) -> dict[str, Any] | None:
    if call.world.catalog.may_see(call.person, model):
        return views.model_view(model, aliases=False)
    browses = _true(call, "include_browse") and call.world.catalog.may_use(
        call.person, model.full_name.rpartition(".")[0]
    )
    return views.model_view(model, aliases=False, browse_only=True) if browses else None


def _model(call: Call) -> RegisteredModel:
    name = call.params["full_name"]
    model = call.world.catalog.model(name)
    if model is None or not call.world.catalog.may_see(call.person, model):
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Registered model '{name}' does not exist.")
    return model


def _version(model: RegisteredModel, number: str) -> ModelVersion:
    found = model.versions.get(int(number)) if number.isdigit() else None
    if found is None:
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Model version '{model.full_name}/{number}' does not exist.")
    return found


async def get_model(call: Call) -> Response:
    """One model; aliases only with `include_aliases=true`."""
    return reply(views.model_view(_model(call), aliases=_true(call, "include_aliases")))


async def list_versions(call: Call) -> Response:
    """The versions of a model, newest first, never with aliases."""
    model = _model(call)
    newest = sorted(model.versions.values(), key=lambda version: -version.version)
    items = [views.version_view(model, version, aliases=False) for version in newest]
    return reply(page(items, "model_versions", dict(call.query)))


async def get_version(call: Call) -> Response:
    """One version by number."""
    model = _model(call)
    return reply(
        views.version_view(model, _version(model, call.params["version"]), aliases=_true(call, "include_aliases"))
    )


async def get_alias(call: Call) -> Response:
    """The version an alias points to."""
    model, alias = _model(call), call.params["alias"]
    if alias not in model.aliases:
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Alias '{alias}' does not exist for model '{model.full_name}'.")
    version = _version(model, str(model.aliases[alias]))
    return reply(views.version_view(model, version, aliases=_true(call, "include_aliases")))


async def put_alias(call: Call) -> Response:
    """Point an alias to a version (owner or admin); body `version_num`."""
    model, alias = _owned(call), call.params["alias"]
    body = await call.json()
    version = _version(model, str(body.get("version_num", "")))
    model.aliases[alias] = version.version
    model.updated_ms = call.world.clock.now_ms()
    return reply({"alias_name": alias, "version_num": version.version})


async def delete_alias(call: Call) -> Response:
    """Remove an alias (owner or admin)."""
    model, alias = _owned(call), call.params["alias"]
    if model.aliases.pop(alias, None) is None:
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Alias '{alias}' does not exist for model '{model.full_name}'.")
    return reply({})


def _owned(call: Call) -> RegisteredModel:
    model = _model(call)
    if "admins" not in call.person.groups and model.owner not in {call.person.user_name, *call.person.groups}:
        raise ApiError(403, "PERMISSION_DENIED", f"User is not an owner of Registered model '{model.full_name}'.")
    return model


ROUTES: list[Route] = [
    ("GET", f"{BASE}/catalogs", list_catalogs),
    ("GET", f"{BASE}/schemas", list_schemas),
    ("GET", f"{BASE}/models", list_models),
    ("GET", f"{BASE}/models/{{full_name}}", get_model),
    ("GET", f"{BASE}/models/{{full_name}}/versions", list_versions),
    ("GET", f"{BASE}/models/{{full_name}}/versions/{{version}}", get_version),
    ("GET", f"{BASE}/models/{{full_name}}/aliases/{{alias}}", get_alias),
    ("PUT", f"{BASE}/models/{{full_name}}/aliases/{{alias}}", put_alias),
    ("DELETE", f"{BASE}/models/{{full_name}}/aliases/{{alias}}", delete_alias),
]
