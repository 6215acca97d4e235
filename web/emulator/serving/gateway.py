"""AI Gateway, legacy rate limits and notifications: checked and stored; acting on them is inference's part (§1.4)."""

from __future__ import annotations

from typing import Any

from web.emulator.serving.endpoint import Config
from web.emulator.wire import invalid

BLOCKS = {"fallback_config", "guardrails", "inference_table_config", "rate_limits", "usage_tracking_config"}
KEYS = {"endpoint", "user", "user_group", "service_principal"}
PII = {"NONE", "BLOCK", "MASK"}
TABLE = ("catalog_name", "schema_name", "table_name_prefix")
MAX_LIMITS, MAX_GROUP_LIMITS = 20, 5
HOSTED = {"external", "foundation", "provisioned"}

Gateway = dict[str, Any]


def check(kind: str, task: str | None, config: Config | None, given: Any, before: Gateway | None) -> Gateway | None:
    """A gateway as it is stored; None when nothing is set. Raises 400 for what the kind of endpoint cannot have."""
    if not isinstance(given, dict):
        raise invalid("ai_gateway must be an object.")
    found = {key: value for key, value in given.items() if key in BLOCKS and value not in (None, {}, [])}
    agent = bool(task and task.startswith("agent/"))
    if agent and set(found) - {"inference_table_config", "usage_tracking_config"}:
        raise invalid("AI Gateway for agents supports only inference tables.")
    if "guardrails" in found:
        _guardrails(kind, found["guardrails"])
    if "fallback_config" in found:
        _fallback(kind, config, found["fallback_config"])
    if "rate_limits" in found:
        found["rate_limits"] = _limits(found["rate_limits"])
    if "inference_table_config" in found:
        _table(found["inference_table_config"], (before or {}).get("inference_table_config"))
    return found or None


def _guardrails(kind: str, guardrails: Any) -> None:
    if kind not in HOSTED:
        raise invalid("AI Gateway guardrails are not supported for custom model endpoints.")
    for side in ("input", "output"):
        given = guardrails.get(side) if isinstance(guardrails, dict) else None
        behavior = ((given or {}).get("pii") or {}).get("behavior", "NONE")
        if behavior not in PII:
            raise invalid(
                f"guardrails.{side}.pii.behavior '{behavior}' is not supported. Use one of BLOCK, MASK, NONE."
            )


def _fallback(kind: str, config: Config | None, fallback: Any) -> None:
    if not isinstance(fallback, dict) or not isinstance(fallback.get("enabled"), bool):
        raise invalid("fallback_config.enabled must be true or false.")
    if fallback["enabled"] and kind != "external":
        raise invalid("Fallbacks are only supported for external models.")
    if fallback["enabled"] and (config is None or len(config.entities) < 2):
        raise invalid("Fallbacks need at least two served entities.")


def _limits(limits: Any) -> list[dict[str, Any]]:
    if not isinstance(limits, list) or not all(isinstance(limit, dict) for limit in limits):
        raise invalid("rate_limits must be a list.")
    found = [_limit(limit) for limit in limits]
    if len(found) > MAX_LIMITS or sum(limit["key"] == "user_group" for limit in found) > MAX_GROUP_LIMITS:
        raise invalid(f"At most {MAX_LIMITS} rate limits, of which at most {MAX_GROUP_LIMITS} for groups, can be set.")
    keys = [(limit["key"], limit.get("principal")) for limit in found]
    if len(set(keys)) < len(keys):
        raise invalid("There can be only one rate limit for each key and principal.")
    return found


def _limit(limit: dict[str, Any]) -> dict[str, Any]:
    key = limit.get("key") or "endpoint"
    if limit.get("renewal_period") != "minute":
        raise invalid("rate_limits.renewal_period must be 'minute'.")
    if key not in KEYS:
        raise invalid(f"rate_limits.key '{key}' is not supported. Use one of {', '.join(sorted(KEYS))}.")
    amounts = [limit[field] for field in ("calls", "tokens") if limit.get(field) is not None]
    if not amounts or not all(isinstance(amount, int) and amount >= 0 for amount in amounts):
        raise invalid("Each rate limit needs calls or tokens, as an integer of at least 0.")
    if key == "endpoint" and limit.get("principal"):
        raise invalid("rate_limits.principal cannot be set for key 'endpoint'.")
    if key in {"user_group", "service_principal"} and not limit.get("principal"):
        raise invalid(f"rate_limits.principal must be set for key '{key}'.")
    return {**limit, "key": key}


def _table(table: Any, before: Gateway | None) -> None:
    if not isinstance(table, dict):
        raise invalid("inference_table_config must be an object.")
    if table.get("enabled") and not (table.get("catalog_name") and table.get("schema_name")):
        raise invalid("inference_table_config needs catalog_name and schema_name when it is enabled.")
    if before and before.get("enabled") and table.get("enabled"):
        moved = [field for field in TABLE if table.get(field) != before.get(field)]
        if moved:
            raise invalid(f"The inference table must be disabled before {', '.join(moved)} can be changed.")


def legacy(given: Any) -> list[dict[str, Any]] | None:
    """The deprecated endpoint-level rate limits: calls per minute for `endpoint` or `user`."""
    if not given:
        return None
    limits = _limits(given)
    if any(limit["key"] not in {"endpoint", "user"} or limit.get("calls") is None for limit in limits):
        raise invalid("Rate limits need calls and the key 'user' or 'endpoint'.")
    return limits


def emails(given: Any) -> dict[str, Any] | None:
    """E-mail notifications: lists of addresses. Raises 400 for anything else."""
    if not given:
        return None
    found: dict[str, Any] = {}
    for field in ("on_update_success", "on_update_failure"):
        addresses = given.get(field) if isinstance(given, dict) else None
        if addresses is None:
            continue
        if not isinstance(addresses, list) or not all(isinstance(item, str) and "@" in item for item in addresses):
            raise invalid(f"email_notifications.{field} must be a list of e-mail addresses.")
        found[field] = addresses
    return {field: addresses for field, addresses in found.items() if addresses} or None
