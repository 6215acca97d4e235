"""Rules of AI Gateway settings that need no question to the workspace, and what a person should know of them."""

from collections.abc import Iterator
from typing import Any

MAX_RATE_LIMITS, MAX_GROUP_LIMITS = 20, 5
LIMIT_KEYS = ("endpoint", "user", "user_group", "service_principal")
NAMED = ("user_group", "service_principal")
PII = ("NONE", "BLOCK", "MASK")
Breach = tuple[str, str]


def gateway_breaches(gateway: dict[str, Any]) -> Iterator[Breach]:
    """(path, what to do) for each broken rule; paths point into `gateway`."""
    limits = _maps(gateway.get("rate_limits"))
    if len(limits) > MAX_RATE_LIMITS:
        yield "rate_limits", f"At most {MAX_RATE_LIMITS} rate limits."
    if sum(limit.get("key") == "user_group" for limit in limits) > MAX_GROUP_LIMITS:
        yield "rate_limits", f"At most {MAX_GROUP_LIMITS} rate limits for groups."
    for place, limit in enumerate(limits):
        yield from _limit(limit, f"rate_limits[{place}].")
        if any(_whom(other) == _whom(limit) for other in limits[:place]):
            yield f"rate_limits[{place}].key", f"There is a rate limit for {told_whom(limit)} already."
    table = gateway.get("inference_table_config")
    if isinstance(table, dict) and table.get("enabled"):
        for name, word in (("catalog_name", "catalog"), ("schema_name", "schema")):
            if not table.get(name):
                yield f"inference_table_config.{name}", f"Name the {word} for the inference table."
    yield from _guardrails(gateway.get("guardrails"))


def _maps(value: Any) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _limit(limit: dict[str, Any], path: str) -> Iterator[Breach]:
    counts = {unit: limit[unit] for unit in ("calls", "tokens") if limit.get(unit) is not None}
    if not counts:
        yield path + "calls", "A rate limit counts calls, tokens or both."
    for unit, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            yield path + unit, f"How many {unit} a minute is a whole number."
    key = limit.get("key") or "endpoint"
    if key not in LIMIT_KEYS:
        yield path + "key", f"A rate limit is for one of {', '.join(LIMIT_KEYS)}."
    if key in NAMED and not limit.get("principal"):
        yield path + "principal", "Name the group or service principal this limit is for."
    if key == "endpoint" and limit.get("principal"):
        yield path + "principal", "A limit for the whole endpoint names nobody."
    if limit.get("renewal_period", "minute") != "minute":
        yield path + "renewal_period", "Limits are per minute."


def _guardrails(rails: Any) -> Iterator[Breach]:
    for side in ("input", "output"):
        rules = rails.get(side) if isinstance(rails, dict) else None
        pii = rules.get("pii") if isinstance(rules, dict) else None
        if isinstance(pii, dict) and pii.get("behavior", "NONE") not in PII:
            yield f"guardrails.{side}.pii.behavior", f"Personal data: one of {', '.join(PII)}."


def _whom(limit: dict[str, Any]) -> tuple[str, str]:
    return str(limit.get("key") or "endpoint"), str(limit.get("principal") or "")


def told_whom(limit: dict[str, Any]) -> str:
    """Whom a rate limit is for, in words: "the whole endpoint", "each user", "group ml-team", an e-mail."""
    key, principal = _whom(limit)
    words = {"user_group": f"group {principal}", "service_principal": f"service principal {principal}"}
    return words.get(key) or ("the whole endpoint" if key == "endpoint" else principal or "each user")


def gateway_warnings(gateway: dict[str, Any], now: dict[str, Any]) -> Iterator[Breach]:
    """(path, what a person should know) of `gateway`, when it replaces `now`."""
    before = _maps(now.get("rate_limits"))
    for place, limit in enumerate(_maps(gateway.get("rate_limits"))):
        if blocks(limit) and limit not in before:
            yield f"rate_limits[{place}]", _blocked(limit)
    table, was = gateway.get("inference_table_config"), now.get("inference_table_config")
    if isinstance(was, dict) and was.get("enabled") and not (isinstance(table, dict) and table.get("enabled")):
        yield "inference_table_config", "Calls are not recorded from then on. What was recorded stays in its table."


def blocks(limit: dict[str, Any]) -> bool:
    """Whether a rate limit lets nothing through."""
    return 0 in (limit.get("calls"), limit.get("tokens")) and not isinstance(limit.get("calls"), bool)


def _blocked(limit: dict[str, Any]) -> str:
    if _whom(limit)[0] == "endpoint":
        return "Blocks all calls: everybody gets HTTP 429, programs and apps too, until it is switched off."
    return f"Blocks {told_whom(limit)}: every call is answered with HTTP 429."
