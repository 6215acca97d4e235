"""Which rate limits of the AI Gateway hold for one principal, and whether one of them blocks every call.

The endpoint's limit always holds. Of the others one's own beats one's groups', which beat the default for users; a
member of several limited groups is let through while one of them lets them.
"""

from typing import TYPE_CHECKING, Any

from web.features.permissions.verdicts import Step, missing, ok, unknown

if TYPE_CHECKING:
    from web.features.permissions.explain import Who

TITLE = "Rate limits"
Limit = dict[str, Any]


def limits(raw: dict[str, Any], who: "Who") -> Step:
    """The step about rate limits."""
    given = [*((raw.get("ai_gateway") or {}).get("rate_limits") or []), *(raw.get("rate_limits") or [])]
    every = [limit for limit in given if isinstance(limit, dict)]
    always = [limit for limit in every if _key(limit) == "endpoint"]
    for limit in always:
        if _blocks(limit):
            return missing("limits", TITLE, "the AI Gateway blocks every call: the endpoint's rate limit is 0.")
    own = _personal(every, who)
    if own and all(_blocks(limit) for limit in own):
        return missing("limits", TITLE, f"the AI Gateway blocks them: the rate limit for {_whom(own[0])} is 0.")
    if who.groups is None and any(_key(limit) == "user_group" and _blocks(limit) for limit in every):
        return unknown("limits", TITLE, "a group is blocked by a rate limit of 0, and their groups could not be read.")
    if told := [_says(limit) for limit in [*always, *own]]:
        return ok("limits", TITLE, f"At most {'; '.join(told)}.")
    return ok("limits", TITLE, "None holds for them.")


def _personal(every: list[Limit], who: "Who") -> list[Limit]:
    key = {"user": "user", "group": "user_group", "service_principal": "service_principal"}[who.kind]
    own = [limit for limit in every if _key(limit) == key and limit.get("principal") == who.name]
    groups = [limit for limit in every if _key(limit) == "user_group" and limit.get("principal") in who.known_groups]
    default = [limit for limit in every if _key(limit) == "user" and not limit.get("principal")]
    return own or groups or default


def _key(limit: Limit) -> str:
    return str(limit.get("key") or "endpoint")


def _blocks(limit: Limit) -> bool:
    return 0 in (limit.get("calls"), limit.get("tokens"))


def _whom(limit: Limit) -> str:
    words = {
        "endpoint": "the endpoint",
        "user": "each user",
        "user_group": "group",
        "service_principal": "service principal",
    }
    if limit.get("principal"):
        return f"{_key(limit).replace('user_', '').replace('_', ' ')} {limit['principal']}"
    return words.get(_key(limit), _key(limit))


def _says(limit: Limit) -> str:
    counts = [f"{limit[unit]} {unit}" for unit in ("calls", "tokens") if limit.get(unit) is not None]
    return f"{' and '.join(counts)} a {limit.get('renewal_period') or 'minute'} for {_whom(limit)}"
