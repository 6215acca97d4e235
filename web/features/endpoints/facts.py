"""What stands beside an endpoint's entities: what it logs, what the AI Gateway does, as (term, text)."""

from typing import Any

from web.changes.fields import current_config, tags_of

Fact = tuple[str, str]
LIMITED = {
    "endpoint": "the endpoint",
    "user": "each user",
    "user_group": "group",
    "service_principal": "service principal",
}


def details(raw: dict[str, Any]) -> list[Fact]:
    """Facts that every endpoint with an id has, and those it may have."""
    facts = [("Description", str(raw.get("description") or ""))]
    facts += [("Route optimized", "Yes. It is queried at its own address with an OAuth token; not with a PAT.")] * bool(
        raw.get("route_optimized")
    )
    budget = raw.get("effective_budget_policy_id") or raw.get("budget_policy_id")
    facts += [("Budget policy", str(budget or "")), ("Usage policy", str(raw.get("usage_policy_id") or ""))]
    facts.append(("Notifications", _notifications(raw.get("email_notifications"))))
    facts.append(("Payload log (legacy)", _table(current_config(raw).get("auto_capture_config"), "_payload")))
    facts.append(("Telemetry", _telemetry(raw.get("telemetry_config"))))
    return [(term, text) for term, text in facts if text]


def gateway(raw: dict[str, Any]) -> list[Fact]:
    """What the AI Gateway does with the calls; empty when it does nothing."""
    settings = raw.get("ai_gateway")
    if not isinstance(settings, dict):
        return []
    facts = [
        ("Usage tracking", "On" if _on(settings, "usage_tracking_config") else ""),
        ("Inference table", _table(settings.get("inference_table_config"), "")),
        ("Fallback", "On: the next served entity answers when one fails" if _on(settings, "fallback_config") else ""),
        ("Rate limits", "; ".join(_limit(one) for one in settings.get("rate_limits") or [] if isinstance(one, dict))),
    ]
    guards = settings.get("guardrails")
    for side in ("input", "output"):
        rules = guards.get(side) if isinstance(guards, dict) else None
        facts.append((f"Guardrails on {side}", _guardrails(rules)))
    return [(term, text) for term, text in facts if text]


def tags(raw: dict[str, Any]) -> list[tuple[str, str]]:
    """Tags by key."""
    return sorted(tags_of(raw).items())


def address(raw: dict[str, Any], host: str) -> str:
    """Where it is called: its own address when route optimized, else the workspace's invocations path."""
    own = raw.get("endpoint_url")
    return str(own) if own and raw.get("route_optimized") else f"{host}/serving-endpoints/{raw.get('name')}/invocations"


def _on(settings: dict[str, Any], key: str) -> bool:
    block = settings.get(key)
    return isinstance(block, dict) and bool(block.get("enabled"))


def _table(block: Any, ending: str) -> str:
    if not isinstance(block, dict) or not block.get("enabled"):
        return ""
    parts = [str(block[key]) for key in ("catalog_name", "schema_name") if block.get(key)]
    prefix = str(block.get("table_name_prefix") or "")
    state = (block.get("state") or {}).get("payload_table") or {} if isinstance(block.get("state"), dict) else {}
    name = str(state.get("name") or (f"{prefix}{ending or '_payload'}" if prefix else ""))
    told = f" ({state['status']})" if state.get("status") else ""
    return ".".join([*parts, *([name] if name else [])]) + told


def _limit(limit: dict[str, Any]) -> str:
    counts = [f"{limit[unit]} {unit}" for unit in ("calls", "tokens") if limit.get(unit) is not None]
    key = str(limit.get("key") or "endpoint")
    whom = " ".join(filter(None, (LIMITED.get(key, key), str(limit.get("principal") or ""))))
    return f"{' and '.join(counts) or 'no count'} a {limit.get('renewal_period') or 'minute'} for {whom}"


def _guardrails(rules: Any) -> str:
    if not isinstance(rules, dict):
        return ""
    pii = rules.get("pii")
    behaviour = str(pii.get("behavior") or "NONE") if isinstance(pii, dict) else "NONE"
    told = [f"personal data: {behaviour.lower()}"] if behaviour != "NONE" else []
    told += ["safety filter"] if rules.get("safety") else []
    told += [f"{len(rules['invalid_keywords'])} blocked keywords"] if rules.get("invalid_keywords") else []
    told += [f"{len(rules['valid_topics'])} allowed topics"] if rules.get("valid_topics") else []
    return ", ".join(told)


def _notifications(block: Any) -> str:
    if not isinstance(block, dict):
        return ""
    told = [("on failure", block.get("on_update_failure")), ("on success", block.get("on_update_success"))]
    return "; ".join(f"{when}: {', '.join(map(str, people))}" for when, people in told if people)


def _telemetry(block: Any) -> str:
    if not isinstance(block, dict) or not block:
        return ""
    features = [
        str(f).removeprefix("TELEMETRY_FEATURE_").lower() for f in block.get("enabled_telemetry_features") or []
    ]
    table = block.get("inference_table_config")
    told = [", ".join(features)] if features else []
    if isinstance(table, dict) and table.get("name"):
        told.append(f"table {table['name']}")
    if block.get("telemetry_profile_id"):
        told.append(f"profile {block['telemetry_profile_id']}")
    return "; ".join(told) or "On"
