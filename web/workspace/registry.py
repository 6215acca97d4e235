"""The workspace model registry (legacy): models without dots in their names (reference §2.3)."""

from typing import Any

from web.workspace import names
from web.workspace.answers import MAX_ROWS, number, paged
from web.workspace.client import Workspace

MLFLOW = "/api/2.0/mlflow"
PAGE = 100


def models(ws: Workspace, *, max_rows: int = MAX_ROWS) -> list[dict[str, Any]]:
    """The registered models of the workspace, raw."""
    return paged(ws, f"{MLFLOW}/registered-models/list", "registered_models", {"max_results": PAGE}, max_rows=max_rows)


def versions(ws: Workspace, name: str) -> list[dict[str, Any]]:
    """A model's versions, newest first, raw: `version` is text, `status` READY, PENDING_… or FAILED_REGISTRATION."""
    escaped = names.segment(name).replace("'", "''")
    query = {"filter": f"name='{escaped}'", "max_results": PAGE}
    found = paged(ws, f"{MLFLOW}/model-versions/search", "model_versions", query)
    return sorted(found, key=lambda row: number(row.get("version")), reverse=True)
