"""The legacy workspace model registry, models without dots in their names, and feature specs (§2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from web.emulator.wire import Call, Route, invalid, missing, reply

if TYPE_CHECKING:
    from web.emulator.models.base import Model

BASE = "/api/2.0/mlflow"
FILTER = re.compile(r"\s*name\s*(=|like|ilike)\s*'((?:[^']|'')*)'\s*", re.IGNORECASE)


@dataclass
class WorkspaceVersion:
    """A version of a workspace model; `version` is text on the wire."""

    version: str
    model: Model | None = None
    stage: str = "None"
    status: str = "READY"
    created_ms: int = 0


@dataclass
class WorkspaceModel:
    """A registered model of the workspace registry."""

    name: str
    user_id: str
    description: str = ""
    versions: list[WorkspaceVersion] = field(default_factory=list)


class Registry:
    """All workspace models by name; `feature_specs` are full names of Unity Catalog functions that can be served."""

    def __init__(self) -> None:
        self.models: dict[str, WorkspaceModel] = {}
        self.feature_specs: set[str] = set()

    def version(self, name: str, version: str) -> WorkspaceVersion | None:
        """A version of a model."""
        model = self.models.get(name)
        return next((found for found in model.versions if found.version == version), None) if model else None


def _version(model: WorkspaceModel, version: WorkspaceVersion) -> dict[str, Any]:
    return {
        "name": model.name, "version": version.version, "creation_timestamp": version.created_ms,
        "last_updated_timestamp": version.created_ms, "user_id": model.user_id, "current_stage": version.stage,
        "status": version.status, "source": f"dbfs:/databricks/mlflow-registry/{model.name}/{version.version}",
    }  # fmt: skip


def _model(model: WorkspaceModel) -> dict[str, Any]:
    first = model.versions[0].created_ms if model.versions else 0
    latest = [_version(model, model.versions[-1])] if model.versions else []
    return {
        "name": model.name, "creation_timestamp": first, "last_updated_timestamp": first, "user_id": model.user_id,
        "description": model.description, "latest_versions": latest,
    }  # fmt: skip


def _page(call: Call, key: str, items: list[dict[str, Any]]) -> Response:
    size, token = call.query.get("max_results", "100"), call.query.get("page_token") or "0"
    if not size.isdigit() or not token.isdigit():
        raise invalid("max_results and page_token must be numbers.")
    start, end = int(token), int(token) + (int(size) or 100)
    shown: dict[str, Any] = {key: items[start:end]} if items[start:end] else {}
    return reply({**shown, **({"next_page_token": str(end)} if end < len(items) else {})})


def _named(call: Call) -> list[WorkspaceModel]:
    text = call.query.get("filter")
    models = list(call.world.registry.models.values())
    if not text:
        return models
    match = FILTER.fullmatch(text)
    if match is None:
        raise invalid(f"Invalid filter: {text}")
    operator, value = match[1].lower(), match[2].replace("''", "'")
    if operator == "=":
        return [model for model in models if model.name == value]
    flags = re.IGNORECASE if operator == "ilike" else re.NOFLAG
    pattern = re.compile(".*".join(re.escape(part) for part in value.split("%")), flags)
    return [model for model in models if pattern.fullmatch(model.name)]


async def list_models(call: Call) -> Response:
    """GET registered-models/list and /search."""
    return _page(call, "registered_models", [_model(model) for model in _named(call)])


async def get_model(call: Call) -> Response:
    """GET databricks/registered-models/get?name."""
    model = call.world.registry.models.get(call.query.get("name", ""))
    if model is None:
        raise missing(f"RegisteredModel '{call.query.get('name')}' not found.")
    level = "CAN_MANAGE" if call.person.is_admin or call.person.user_name == model.user_id else "CAN_READ"
    return reply(
        {"registered_model_databricks": {**_model(model), "id": f"rm-{model.name}", "permission_level": level}}
    )


async def search_versions(call: Call) -> Response:
    """GET model-versions/search, filtered by `name='…'`."""
    return _page(call, "model_versions", [_version(model, found) for model in _named(call) for found in model.versions])


async def latest_versions(call: Call) -> Response:
    """POST registered-models/get-latest-versions `{"name"}`."""
    model = call.world.registry.models.get(str((await call.json()).get("name")))
    if model is None:
        raise missing("RegisteredModel not found.")
    return reply({"model_versions": [_version(model, found) for found in model.versions[-1:]]})


ROUTES: list[Route] = [
    ("GET", f"{BASE}/registered-models/list", list_models),
    ("GET", f"{BASE}/registered-models/search", list_models),
    ("GET", f"{BASE}/databricks/registered-models/get", get_model),
    ("GET", f"{BASE}/model-versions/search", search_versions),
    ("POST", f"{BASE}/registered-models/get-latest-versions", latest_versions),
]
