"""Model Serving endpoints: raw JSON for pages that must lose nothing, typed rows for the list (reference §1)."""

from typing import Any, Literal
from urllib.parse import quote

from web.errors import NotFound
from web.workspace import names
from web.workspace.answers import bad_answer, items, mapping
from web.workspace.client import Workspace
from web.workspace.rows import EndpointRow, EntityRow, decode_rows, to_row

ENDPOINTS = "/api/2.0/serving-endpoints"
PERMISSIONS = "/api/2.0/permissions/serving-endpoints"
FOUNDATION_CATALOG = "system.ai."

EndpointKind = Literal["foundation", "provisioned", "custom", "external", "feature", "empty"]


def endpoint_path(name: str) -> str:
    """The management path of an endpoint; raises NotFound for a name no endpoint can have."""
    return f"{ENDPOINTS}/{quote(names.endpoint_name(name), safe='')}"


def list_endpoints(ws: Workspace) -> list[dict[str, Any]]:
    """Every endpoint the caller may see, raw. The listing is shallow and has no pages (reference §1.4)."""
    return items(ws.get(ENDPOINTS), "endpoints")


def list_rows(ws: Workspace) -> list[EndpointRow]:
    """The same listing as typed rows: the cheap way for a page of thousands."""
    return decode_rows(ws.get_bytes(ENDPOINTS))


def get_endpoint(ws: Workspace, name: str) -> dict[str, Any]:
    """One endpoint as the workspace says it, nothing dropped. Raises NotFound, Forbidden, Unavailable."""
    return as_endpoint(ws.get(endpoint_path(name)), name)


def as_endpoint(answer: object, name: str) -> dict[str, Any]:
    """An answer that is the endpoint of this name. An object without it is no evidence of anything: Unavailable."""
    found = mapping(answer, "an endpoint")
    if found.get("name") != name:
        raise bad_answer("this endpoint")
    return found


def openapi(ws: Workspace, name: str) -> str:
    """The endpoint's OpenAPI document as text; only READY endpoints whose model has a signature have one (§3.6)."""
    return ws.get_text(f"{endpoint_path(name)}/openapi")


def metrics(ws: Workspace, name: str) -> str:
    """Prometheus text; every value covers the last minute, also those named `*_total` (§3.8)."""
    return ws.get_text(f"{endpoint_path(name)}/metrics")


def build_logs(ws: Workspace, name: str, entity: str, config_version: int | None = None) -> str:
    """The container build's log of a served entity; `config_version` reaches that of a failed update (§1.1)."""
    return _logs(ws, name, entity, "build-logs", config_version)


def service_logs(ws: Workspace, name: str, entity: str, config_version: int | None = None) -> str:
    """The recent output of a served entity's replicas; empty when it is scaled to zero (§3.8)."""
    return _logs(ws, name, entity, "logs", config_version)


def _logs(ws: Workspace, name: str, entity: str, which: str, config_version: int | None) -> str:
    path = f"{endpoint_path(name)}/served-models/{quote(names.served_entity(entity), safe='')}/{which}"
    answer = mapping(ws.get(path, {"config_version": config_version}), "a log")
    return str(answer.get("logs") or "")


def permissions(ws: Workspace, endpoint_id: str) -> dict[str, Any]:
    """The permissions object `{"object_id", "object_type", "access_control_list"}` of an endpoint's hex id (§2.2)."""
    found = mapping(ws.get(permissions_path(endpoint_id)), "permissions")
    if not found.keys() & {"object_id", "access_control_list"}:
        raise bad_answer("permissions")  # not the same as permissions of nobody
    return found


def permission_levels(ws: Workspace, endpoint_id: str) -> list[dict[str, Any]]:
    """The levels that can be granted: `[{"permission_level", "description"}]`."""
    return items(ws.get(f"{permissions_path(endpoint_id)}/permissionLevels"), "permission_levels")


def permissions_path(endpoint_id: str) -> str:
    """Where the permissions of an endpoint are. Raises NotFound for one without an id."""
    if not names.HEX_ID.fullmatch(endpoint_id):
        raise NotFound(
            "This endpoint has no id, so it has no permissions of its own.",
            hint="Databricks' own pay-per-token endpoints can be used by everybody in the workspace.",
        )
    return f"{PERMISSIONS}/{endpoint_id}"


def optimization_info(ws: Workspace, entity_name: str, version: str) -> dict[str, Any]:
    """Provisioned throughput of a model version: `{"optimizable", "model_type", "throughput_chunk_size"}` (§2.6)."""
    model, number = quote(names.segment(entity_name), safe=""), quote(names.segment(version), safe="")
    return mapping(ws.get(f"{ENDPOINTS}/get-model-optimization-info/{model}/{number}"), "optimization info")


def kind_of(endpoint: dict[str, Any] | EndpointRow) -> EndpointKind:
    """What kind of endpoint this is, from its entities and, when they are not listed, from `endpoint_type`."""
    row = endpoint if isinstance(endpoint, EndpointRow) else to_row(endpoint)
    entities = row.served_entities
    if not entities:
        return _kind_by_type(row)
    first = entities[0]
    if first.external_model is not None:
        return "external"
    if any(e.provisioned_model_units or e.max_provisioned_throughput for e in entities):
        return "provisioned"
    if first.foundation_model is not None or (first.entity_name or "").startswith(FOUNDATION_CATALOG):
        return "provisioned" if row.id and not _owned_by_databricks(row) else "foundation"
    return "feature" if _is_feature_spec(first) else "custom"


def _owned_by_databricks(row: EndpointRow) -> bool:
    return row.name.startswith(names.RESERVED_PREFIX) or (row.endpoint_type or "").startswith("FOUNDATION_MODEL_API")


def _kind_by_type(row: EndpointRow) -> EndpointKind:
    text = row.endpoint_type or ""
    if text.startswith("EXTERNAL"):
        return "external"
    if text.startswith("FOUNDATION"):
        return "foundation" if not row.id or _owned_by_databricks(row) else "provisioned"
    return "empty"


def _is_feature_spec(entity: EntityRow) -> bool:
    return entity.type == "FEATURE_SPEC" or (not entity.entity_version and (entity.entity_name or "").count(".") == 2)
