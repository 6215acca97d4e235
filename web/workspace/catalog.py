"""Unity Catalog, as far as choosing a model to serve needs it (reference §2.3)."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from web.workspace import names
from web.workspace.answers import MAX_ROWS, items, mapping, number, paged
from web.workspace.client import Workspace

UC = "/api/2.1/unity-catalog"
READY = "READY"


@dataclass(frozen=True)
class ModelVersion:
    """One version. `status` is READY, PENDING_REGISTRATION, FAILED_REGISTRATION or a word nobody knew yet."""

    version: int
    status: str
    created_at_ms: int
    created_by: str
    comment: str
    aliases: tuple[str, ...] = ()

    @property
    def deployable(self) -> bool:
        """Only READY versions can be served."""
        return self.status == READY


@dataclass(frozen=True)
class Model:
    """A registered model; `aliases` maps an alias to its version number."""

    full_name: str
    owner: str
    comment: str
    aliases: dict[str, int]


def catalogs(ws: Workspace) -> list[str]:
    """Names of the catalogs the caller may see, in the workspace's order."""
    return _names(paged(ws, f"{UC}/catalogs", "catalogs", {"max_results": 0, "include_browse": True}))


def schemas(ws: Workspace, catalog: str) -> list[str]:
    """Names of a catalog's schemas."""
    query = {"catalog_name": names.segment(catalog), "max_results": 0}
    return _names(paged(ws, f"{UC}/schemas", "schemas", query))


def models(ws: Workspace, catalog: str, schema: str, *, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """The registered models of a schema, raw; without aliases, which a listing never has."""
    query = {"catalog_name": names.segment(catalog), "schema_name": names.segment(schema), "include_browse": True}
    return paged(ws, f"{UC}/models", "registered_models", query, max_rows=max_rows)


def model(ws: Workspace, full_name: str) -> Model:
    """One registered model with its aliases. Raises NotFound, Forbidden."""
    raw = mapping(ws.get(_model_path(full_name), {"include_aliases": True}), "a model")
    return Model(
        full_name=str(raw.get("full_name") or full_name),
        owner=str(raw.get("owner") or ""),
        comment=str(raw.get("comment") or ""),
        aliases={str(a.get("alias_name")): number(a.get("version_num")) for a in items(raw, "aliases")},
    )


def versions(ws: Workspace, full_name: str) -> list[ModelVersion]:
    """A model's versions, newest first, with their aliases. Two requests or more."""
    aliases = model(ws, full_name).aliases
    found = paged(ws, f"{_model_path(full_name)}/versions", "model_versions")
    rows = [_version(raw, aliases) for raw in found]
    return sorted(rows, key=lambda row: row.version, reverse=True)


def version(ws: Workspace, full_name: str, version_number: int) -> ModelVersion:
    """One version of a model. Raises NotFound."""
    raw = mapping(ws.get(f"{_model_path(full_name)}/versions/{int(version_number)}"), "a model version")
    return _version(raw, {})


def version_by_alias(ws: Workspace, full_name: str, alias: str) -> ModelVersion:
    """The version an alias points to: endpoints take numbers only (§2.3). Raises NotFound."""
    path = f"{_model_path(full_name)}/aliases/{quote(names.segment(alias), safe='')}"
    raw = mapping(ws.get(path, {"include_aliases": True}), "a model version")
    found = _version(raw, {})
    return ModelVersion(
        found.version, found.status, found.created_at_ms, found.created_by, found.comment, (alias, *found.aliases)
    )


# Privileges that let a principal load a registered model.
LOADS = frozenset({"EXECUTE", "ALL_PRIVILEGES"})


def may_execute(ws: Workspace, full_name: str, principal: str) -> bool:
    """Whether `principal` (e-mail, group or application id) may load a registered model: as its owner, or by EXECUTE
    directly, through groups or from above. Raises Forbidden for callers who may not ask. A model is a function here."""
    if model(ws, full_name).owner == principal:
        return True
    path = f"{UC}/effective-permissions/function/{quote(names.segment(full_name), safe='')}"
    given = items(ws.get(path, {"principal": principal}), "privilege_assignments")
    return any(one.get("privilege") in LOADS for assignment in given for one in items(assignment, "privileges"))


def _model_path(full_name: str) -> str:
    return f"{UC}/models/{quote(names.segment(full_name), safe='')}"


def _names(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row["name"]) for row in rows if row.get("name")]


def _version(raw: dict[str, Any], aliases: dict[str, int]) -> ModelVersion:
    version_number = number(raw.get("version"))
    return ModelVersion(
        version=version_number,
        status=str(raw.get("status") or ""),
        created_at_ms=number(raw.get("created_at")),
        created_by=str(raw.get("created_by") or ""),
        comment=str(raw.get("comment") or ""),
        aliases=tuple(sorted(name for name, at in aliases.items() if at == version_number)),
    )
