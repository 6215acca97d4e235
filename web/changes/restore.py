"""Going back: a change that makes an endpoint what it was, also when it is gone. What cannot come back is said."""

import copy
from dataclasses import dataclass
from typing import Any

from web.audit.redact import is_reference
from web.changes.checks import PROVIDER_CONFIG
from web.changes.fields import current_config, editable, writable_config
from web.changes.kinds import Change, Kind

Live = dict[str, Any] | None


@dataclass(frozen=True)
class Restored:
    """The change to review, and in words what it cannot bring back."""

    change: Change
    lost: tuple[str, ...]


def restore(name: str, version: dict[str, Any], live: Live) -> Restored:
    """`version` is an endpoint as the history keeps it: the workspace's JSON without secrets, its direct grants in
    `access_control_list` where they are known. `live` is the endpoint now, None when it is gone."""
    lost: list[str] = []
    was = editable(version)
    config = copy.deepcopy(was["config"])
    now = writable_config(current_config(live)) if live else {}
    for entity in config.get("served_entities") or []:
        _variables(entity, _same_entity(entity, now), lost)
        _keys(entity, lost)
    grants = [_grant(g) for g in version.get("access_control_list") or []]
    body: dict[str, Any] = {
        "config": config,
        "tags": was["tags"],
        "ai_gateway": was["ai_gateway"],
        "email_notifications": was["email_notifications"],
    }
    if grants:
        body["permissions"] = grants
    else:
        lost.append("Permissions were not on record for this version: they stay as they are, or start with you alone.")
    if live is not None:
        return Restored(Change(kind=Kind.RESTORE, endpoint=name, body=body), tuple(lost))
    return Restored(Change(kind=Kind.CREATE, endpoint=name, body=_create(body, version, lost)), tuple(lost))


def _create(body: dict[str, Any], version: dict[str, Any], lost: list[str]) -> dict[str, Any]:
    """The body of a new endpoint like the old one: with what can be set at creation only, without empty parts."""
    config = body.pop("config")
    config.pop("auto_capture_config", None)
    fixed = {k: version[k] for k in ("description", "route_optimized") if version.get(k)}
    lost.append("The endpoint gets a new id, and you become its creator.")
    return {**fixed, "config": config, **{k: v for k, v in body.items() if v}}


def _same_entity(entity: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    named = (e for e in now.get("served_entities") or [] if e.get("name") == entity.get("name"))
    return next(named, {})


def _variables(entity: dict[str, Any], live: dict[str, Any], lost: list[str]) -> None:
    """Plain values are not in the history: one that is live under the same name is kept, the others are named."""
    variables = entity.get("environment_vars")
    if not isinstance(variables, dict):
        return
    have = live.get("environment_vars") or {}
    for variable, value in list(variables.items()):
        if is_reference(value) or isinstance(value, str):
            continue
        if variable in have:
            variables[variable] = have[variable]
            continue
        del variables[variable]
        lost.append(
            f"The plain value of {variable} on '{entity.get('name')}': set it again, best as a secret reference."
        )


def _keys(entity: dict[str, Any], lost: list[str]) -> None:
    """A key that was given as plaintext is known to nobody but the workspace."""
    model = entity.get("external_model")
    if not isinstance(model, dict):
        return
    settings = model.get(PROVIDER_CONFIG.get(str(model.get("provider")), "")) or {}
    if not any(is_reference(v) for v in _texts(settings)):
        lost.append(f"The provider's key of '{entity.get('name')}': give it again as a secret reference.")


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for v in value.values() for text in _texts(v)]
    return [value] if isinstance(value, str) else []


def _grant(grant: dict[str, Any]) -> dict[str, Any]:
    names = ("user_name", "group_name", "service_principal_name", "permission_level")
    return {k: grant[k] for k in names if grant.get(k)}
