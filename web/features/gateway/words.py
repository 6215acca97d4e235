"""The AI Gateway's settings in plain words: what is in force, and what this endpoint cannot have, with the reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web.changes.forms.tree import branch, rows
from web.changes.gateway_rules import blocks, told_whom
from web.changes.gateway_support import Feature, Support

TITLES: dict[Feature, str] = {
    "limits": "Rate limits",
    "usage": "Usage tracking",
    "table": "Inference table",
    "guardrails": "Guardrails",
    "fallback": "Fallback",
}
OFF: dict[Feature, str] = {"limits": "None set here; the workspace's own limits apply"}
SIDES = (("input", "what people send"), ("output", "what the model answers"))


@dataclass(frozen=True)
class InForce:
    """One feature: `said` in sentences; `reason` where the endpoint cannot have it; `on`: it does something."""

    title: str
    said: tuple[str, ...]
    on: bool
    reason: str = ""


def in_force(gateway: dict[str, Any], support: Support) -> list[InForce]:
    """Every feature of the gateway, in the order of the page."""
    told = {"limits": _limits, "usage": _usage, "table": _table, "guardrails": _guardrails, "fallback": _fallback}
    found = []
    for feature, title in TITLES.items():
        said = tuple(told[feature](gateway))
        found.append(
            InForce(
                title, said or (OFF.get(feature, "Off"),), bool(said), "" if said else support.missing.get(feature, "")
            )
        )
    return found


def _limits(gateway: dict[str, Any]) -> Iterator[str]:
    limits = rows(gateway, "rate_limits")
    yield from (_limit(one) for one in limits)
    if any(one.get("key", "endpoint") != "endpoint" for one in limits) and len(limits) > 1:
        yield (
            "A limit for one caller beats that of a group, which beats the default for each user. "
            "That of the whole endpoint always applies."
        )


def _limit(limit: dict[str, Any]) -> str:
    key, principal = limit.get("key") or "endpoint", limit.get("principal")
    if blocks(limit):
        if key == "endpoint":
            return "All calls are blocked: everybody gets HTTP 429."
        return f"{_starts(told_whom(limit))} is blocked: every call is answered with HTTP 429."
    whom, period = told_whom(limit), limit.get("renewal_period") or "minute"
    if key == "endpoint":
        return f"The whole endpoint takes {_counts(limit, 'call', '')} a {period}, from everybody together."
    if key == "user_group":
        return f"The members of {whom} may make {_counts(limit, 'call', 'spend ')} a {period}, all together."
    who = principal if principal and key == "user" else _starts(whom)
    return f"{who} may make {_counts(limit, 'call', 'spend ')} a {period}."


def _counts(limit: dict[str, Any], noun: str, verb: str) -> str:
    calls, tokens = limit.get("calls"), limit.get("tokens")
    parts = [] if calls is None else [f"{_number(calls)} {noun}{'' if calls == 1 else 's'}"]
    if tokens is not None:
        parts.append(f"{verb}{_number(tokens)} tokens")
    text = " and ".join(parts) or "no stated number of calls"
    return text if calls is not None else f"any number of calls and {text}"


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _starts(text: str) -> str:
    return text[:1].upper() + text[1:] if "@" not in text else text


def _usage(gateway: dict[str, Any]) -> Iterator[str]:
    if branch(gateway, "usage_tracking_config").get("enabled"):
        yield "Calls and tokens of each person are written to system.serving.endpoint_usage."


def _table(gateway: dict[str, Any]) -> Iterator[str]:
    table = branch(gateway, "inference_table_config")
    if table.get("enabled"):
        prefix = table.get("table_name_prefix")
        place = f"{table.get('catalog_name')}.{table.get('schema_name')}"
        yield f"Calls are recorded in {place}.{prefix}_payload." if prefix else f"Calls are recorded in {place}."


def _guardrails(gateway: dict[str, Any]) -> Iterator[str]:
    for side, words in SIDES:
        rules = branch(branch(gateway, "guardrails"), side)
        behavior = branch(rules, "pii").get("behavior", "NONE")
        if behavior in ("BLOCK", "MASK"):
            does = "is masked" if behavior == "MASK" else "blocks the call"
            yield f"Personal data in {words} {does}."
        if rules.get("safety"):
            yield f"Unsafe content in {words} blocks the call."
        for name, what in (("invalid_keywords", "Forbidden keywords"), ("valid_topics", "Allowed topics")):
            if isinstance(rules.get(name), list) and rules[name]:
                yield f"{what} for {words}: {', '.join(map(str, rules[name]))}."


def _fallback(gateway: dict[str, Any]) -> Iterator[str]:
    if branch(gateway, "fallback_config").get("enabled"):
        yield "When a served entity answers 429 or 5xx, the next one in the list is asked."
