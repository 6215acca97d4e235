"""Rate limits of the AI Gateway: calls and tokens per minute, for the endpoint, users, groups and service principals.

The endpoint's limit always applies. Of the others a person's own beats their groups', which beat the default for users.
A member of several limited groups is let through while one of those groups has room. Tokens count after the answer.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from web.emulator.people import Person
from web.emulator.serving.endpoint import Endpoint
from web.emulator.wire import ApiError

_WINDOW_MS = 60_000
Limit = dict[str, Any]


def check(endpoint: Endpoint, person: Person, now_ms: int) -> None:
    """Count this call. Raises the 429 of an exceeded limit; a refused call counts for nothing."""
    chosen = applicable(endpoint, person)
    always = [limit for limit in chosen if _key(limit) == "endpoint"]
    personal = [limit for limit in chosen if _key(limit) != "endpoint"]
    over = [limit for limit in always if _exceeded(endpoint, limit, person, now_ms)]
    over_personal = [limit for limit in personal if _exceeded(endpoint, limit, person, now_ms)]
    if over or (personal and len(over_personal) == len(personal)):
        raise _refused(endpoint, (over or over_personal)[0])
    for limit in chosen:
        _ledger(endpoint, limit, person).append((now_ms, 1, 0))


def count_tokens(endpoint: Endpoint, person: Person, tokens: int, now_ms: int) -> None:
    """Add the tokens of an answer to every limit that held for it."""
    for limit in applicable(endpoint, person):
        _ledger(endpoint, limit, person).append((now_ms, 0, tokens))


def applicable(endpoint: Endpoint, person: Person) -> list[Limit]:
    """The limits that hold for a person, by the precedence above."""
    limits = [*((endpoint.ai_gateway or {}).get("rate_limits") or []), *(endpoint.rate_limits or [])]
    always = [limit for limit in limits if _key(limit) == "endpoint"]
    kind = "service_principal" if person.kind == "service_principal" else "user"
    names = {person.user_name, person.application_id or person.user_name}
    own = [limit for limit in limits if _key(limit) == kind and limit.get("principal") in names]
    group = [limit for limit in limits if _key(limit) == "user_group" and limit.get("principal") in person.groups]
    default = [limit for limit in limits if _key(limit) == "user" and not limit.get("principal")]
    return always + (own or group or default)


def _key(limit: Limit) -> str:
    return str(limit.get("key") or "endpoint")


def _ledger(endpoint: Endpoint, limit: Limit, person: Person) -> deque[tuple[int, int, int]]:
    shared = _key(limit) in ("endpoint", "user_group")
    name = f"{_key(limit)}/{limit.get('principal', '')}/{'' if shared else person.user_name}"
    return endpoint.served.spent.setdefault(name, deque())


def _exceeded(endpoint: Endpoint, limit: Limit, person: Person, now_ms: int) -> bool:
    ledger = _ledger(endpoint, limit, person)
    while ledger and ledger[0][0] <= now_ms - _WINDOW_MS:
        ledger.popleft()
    calls, tokens = sum(entry[1] for entry in ledger), sum(entry[2] for entry in ledger)
    most_calls, most_tokens = limit.get("calls"), limit.get("tokens")
    return (most_calls is not None and calls >= most_calls) or (most_tokens is not None and tokens >= most_tokens)


def _refused(endpoint: Endpoint, limit: Limit) -> ApiError:
    what = f"{limit['calls']} calls" if limit.get("calls") is not None else f"{limit['tokens']} tokens"
    whose = {"endpoint": "", "user": "user ", "user_group": "user group ", "service_principal": "service principal "}[
        _key(limit)
    ]
    message = f"REQUEST_LIMIT_EXCEEDED: Exceeded {whose}rate limit of {what} per minute for endpoint '{endpoint.name}'."
    return ApiError(429, "REQUEST_LIMIT_EXCEEDED", message)
