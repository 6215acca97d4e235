"""Which requests a Change becomes. Bodies are always the live JSON with the edit in it: PUT replaces everything."""

from collections.abc import Callable
from typing import Any

from web.changes.app_attach import app_calls
from web.changes.diff import canonical
from web.changes.fields import (
    READ_ONLY_ENTITY,
    current_config,
    editable,
    route_name,
    tags_of,
    writable_config,
    writable_entity,
)
from web.changes.kinds import Call, Change, Kind

API = "/api/2.0/serving-endpoints"
ID = "{id}"  # filled from the reply that creates the endpoint

Live = dict[str, Any] | None


def calls_for(change: Change, live: Live) -> list[Call]:
    """The requests in the order they are sent. `live` is the endpoint as it is, None when there is none."""
    return BUILDERS[change.kind](change, live or {})


def _create(change: Change, _live: dict[str, Any]) -> list[Call]:
    body = {k: v for k, v in change.body.items() if k not in ("permissions", "name")}
    path = f"{API}/pt" if uses_model_units(body.get("config") or {}) else API
    calls = [Call(method="POST", path=path, body={"name": change.endpoint, **body}, says="Create the endpoint")]
    if change.body.get("permissions"):
        grants = {"access_control_list": change.body["permissions"]}
        path = f"/api/2.0/permissions/serving-endpoints/{ID}"
        calls.append(Call(method="PATCH", path=path, body=grants, says="Grant permissions on the new endpoint"))
    return calls


def uses_model_units(config: dict[str, Any]) -> bool:
    """True for a provisioned-throughput endpoint in model units, which has addresses of its own (/pt)."""
    entities = config.get("served_entities") or []
    return any(isinstance(e, dict) and e.get("provisioned_model_units") is not None for e in entities)


def desired_config(change: Change, live: dict[str, Any]) -> dict[str, Any]:
    """The whole config to send: what the live one has and the edit does not speak of is carried through."""
    base = writable_config(current_config(live))
    if change.kind is Kind.TRAFFIC:
        return {**base, "traffic_config": {**base["traffic_config"], "routes": _routes(change, base)}}
    old = {str(e.get("name")): e for e in base["served_entities"]}
    entities = [
        _carry(writable_entity(e), old.get(str(e.get("name")), {})) for e in change.body.get("served_entities") or []
    ]
    traffic = change.body.get("traffic_config", base["traffic_config"])
    wanted = writable_config({"served_entities": entities, "traffic_config": traffic})
    return {
        **base,
        **change.body,
        "served_entities": wanted["served_entities"],
        "traffic_config": wanted["traffic_config"],
    }


# Fields an editor shows: leaving one of these out of the desired state takes it away.
KNOWN_ENTITY = frozenset(
    {
        "name",
        "entity_name",
        "entity_version",
        "workload_type",
        "workload_size",
        "scale_to_zero_enabled",
        "environment_vars",
        "external_model",
        "instance_profile_arn",
        "min_provisioned_throughput",
        "max_provisioned_throughput",
        "min_provisioned_concurrency",
        "max_provisioned_concurrency",
        "provisioned_model_units",
        "burst_scaling_enabled",
    }
)


def _carry(wanted: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """Fields of the old entity that nobody here knows stay as they are."""
    unknown = {k: v for k, v in old.items() if k not in KNOWN_ENTITY and k not in READ_ONLY_ENTITY}
    return {**unknown, **wanted}


def _routes(change: Change, base: dict[str, Any]) -> list[dict[str, Any]]:
    wanted: dict[str, Any] = change.body.get("routes") or {}
    old = {route_name(r): r for r in base["traffic_config"].get("routes") or []}
    return [{**old.get(n, {}), "served_entity_name": n, "traffic_percentage": p} for n, p in wanted.items()]


def _config(change: Change, live: dict[str, Any]) -> list[Call]:
    body = desired_config(change, live)
    prefix = f"{API}/pt" if uses_model_units(body) else API
    if prefix != API:
        body = {"config": body}
    says = "Shift traffic" if change.kind is Kind.TRAFFIC else "Replace the config (entities and traffic)"
    return [Call(method="PUT", path=f"{prefix}/{change.endpoint}/config", body=body, says=says)]


def _delete(change: Change, _live: dict[str, Any]) -> list[Call]:
    return [Call(method="DELETE", path=f"{API}/{change.endpoint}", says="Delete the endpoint")]


def _switch(verb: str) -> Callable[[Change, dict[str, Any]], list[Call]]:
    def build(change: Change, _live: dict[str, Any]) -> list[Call]:
        path = f"{API}/{change.endpoint}/config:{verb}"
        return [Call(method="POST", path=path, body={}, says=f"{verb.capitalize()} the endpoint")]

    return build


def _tags(change: Change, live: dict[str, Any]) -> list[Call]:
    have = tags_of(live)
    add = [{"key": k, "value": v} for k, v in (change.body.get("add") or {}).items()]
    drop = [k for k in change.body.get("delete") or [] if k in have or not live]
    body = {"add_tags": add, "delete_tags": drop}
    return [Call(method="PATCH", path=f"{API}/{change.endpoint}/tags", body=body, says="Change tags")]


def _gateway(change: Change, _live: dict[str, Any]) -> list[Call]:
    path = f"{API}/{change.endpoint}/ai-gateway"
    return [Call(method="PUT", path=path, body=change.body, says="Replace the AI Gateway settings")]


def _permissions(change: Change, live: dict[str, Any]) -> list[Call]:
    path = f"/api/2.0/permissions/serving-endpoints/{live.get('id') or ID}"
    body = {"access_control_list": change.body.get("access_control_list") or []}
    return [Call(method="PUT", path=path, body=body, says="Replace the direct grants")]


def _notifications(change: Change, _live: dict[str, Any]) -> list[Call]:
    path = f"{API}/{change.endpoint}/notifications"
    return [Call(method="PATCH", path=path, body=change.body, says="Change e-mail notifications")]


def _telemetry(change: Change, _live: dict[str, Any]) -> list[Call]:
    path = f"{API}/{change.endpoint}/telemetry-config"
    body = {k: v for k, v in change.body.items() if v}
    return [Call(method="PATCH", path=path, body=body, says="Change telemetry")]


def _restore(change: Change, live: dict[str, Any]) -> list[Call]:
    """One call for each part that differs; `live` may hold the direct grants in `access_control_list`."""
    wanted, now = change.body, editable(live)
    calls: list[Call] = []
    if "config" in wanted and canonical(wanted["config"]) != canonical(now["config"]):
        calls += _config(change.model_copy(update={"kind": Kind.CONFIG, "body": wanted["config"]}), live)
    if "tags" in wanted and canonical({"tags": wanted["tags"]}) != canonical({"tags": now["tags"]}):
        have, tags = tags_of(live), tags_of(wanted)
        body = {
            "add": {k: v for k, v in tags.items() if have.get(k) != v},
            "delete": [k for k in have if k not in tags],
        }
        calls += _tags(change.model_copy(update={"body": body}), live)
    if "ai_gateway" in wanted and canonical(wanted["ai_gateway"]) != canonical(now["ai_gateway"]):
        calls += _gateway(change.model_copy(update={"body": wanted["ai_gateway"]}), live)
    notify = "email_notifications"
    if notify in wanted and canonical(wanted[notify]) != canonical(now[notify]):
        calls += _notifications(change.model_copy(update={"body": {notify: wanted[notify]}}), live)
    grants = {"access_control_list": wanted.get("permissions")}
    if grants["access_control_list"] and canonical(grants) != canonical({k: live.get(k) or [] for k in grants}):
        calls += _permissions(change.model_copy(update={"body": grants}), live)
    return calls


BUILDERS: dict[Kind, Callable[[Change, dict[str, Any]], list[Call]]] = {
    Kind.CREATE: _create,
    Kind.DELETE: _delete,
    Kind.STOP: _switch("stop"),
    Kind.START: _switch("start"),
    Kind.CONFIG: _config,
    Kind.TRAFFIC: _config,
    Kind.TAGS: _tags,
    Kind.GATEWAY: _gateway,
    Kind.PERMISSIONS: _permissions,
    Kind.NOTIFICATIONS: _notifications,
    Kind.TELEMETRY: _telemetry,
    Kind.RESTORE: _restore,
    Kind.APP_ATTACH: app_calls,
    Kind.APP_DETACH: app_calls,
}
