"""The JSON of Unity Catalog objects: what a list, a get and a browse-only caller receive."""

from __future__ import annotations

from typing import Any

from web.emulator.catalog.store import METASTORE_ID, ModelVersion, RegisteredModel, Schema


def catalog_view(name: str) -> dict[str, Any]:
    """A CatalogInfo."""
    kind = "SYSTEM_CATALOG" if name == "system" else "MANAGED_CATALOG"
    return {
        "name": name,
        "full_name": name,
        "catalog_type": kind,
        "metastore_id": METASTORE_ID,
        "securable_type": "CATALOG",
    }


def schema_view(schema: Schema) -> dict[str, Any]:
    """A SchemaInfo."""
    catalog, _, name = schema.full_name.partition(".")
    return {
        "name": name,
        "catalog_name": catalog,
        "full_name": schema.full_name,
        "owner": schema.owner,
        "comment": schema.comment,
        "metastore_id": METASTORE_ID,
    }


def model_view(model: RegisteredModel, *, aliases: bool, browse_only: bool = False) -> dict[str, Any]:
    """A RegisteredModelInfo; `aliases` only where they were asked for; a browser sees only that the model exists."""
    view: dict[str, Any] = {
        "name": model.name,
        "catalog_name": model.catalog_name,
        "schema_name": model.schema_name,
        "full_name": model.full_name,
        "metastore_id": METASTORE_ID,
        "id": model.id,
        "owner": model.owner,
        "comment": model.comment,
    }
    if browse_only:
        return {**view, "browse_only": True}
    view |= {
        "created_at": model.created_ms,
        "created_by": model.owner,
        "updated_at": model.updated_ms,
        "updated_by": model.owner,
        "storage_location": f"s3://metastore/{METASTORE_ID}/models/{model.id}",
    }
    return (
        {**view, "aliases": [_alias(model, name) for name in sorted(model.aliases)]}
        if aliases and model.aliases
        else view
    )


def _alias(model: RegisteredModel, name: str) -> dict[str, Any]:
    parts = {"catalog_name": model.catalog_name, "schema_name": model.schema_name, "model_name": model.name}
    return {"alias_name": name, "version_num": model.aliases[name], "id": f"{model.id}-{name}", **parts}


def version_view(model: RegisteredModel, version: ModelVersion, *, aliases: bool) -> dict[str, Any]:
    """A ModelVersionInfo: `version` is an integer here."""
    view: dict[str, Any] = {
        "model_name": model.name,
        "catalog_name": model.catalog_name,
        "schema_name": model.schema_name,
        "metastore_id": METASTORE_ID,
        "version": version.version,
        "status": version.status,
        "comment": version.comment,
        "id": f"{model.id}-{version.version}",
        "source": f"dbfs:/databricks/mlflow-tracking/{version.run_id}/artifacts/model",
        "run_id": version.run_id,
        "run_workspace_id": 6051921418418893,
        "created_at": version.created_ms,
        "created_by": version.created_by,
        "updated_at": version.created_ms,
        "updated_by": version.created_by,
        "storage_location": f"s3://metastore/{METASTORE_ID}/models/{model.id}/versions/{version.version}",
    }
    named = [_alias(model, name) for name, number in sorted(model.aliases.items()) if number == version.version]
    return {**view, "aliases": named} if aliases and named else view
