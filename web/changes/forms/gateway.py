"""The AI Gateway's form: submitted fields or an `ai_gateway` in, the `ai_gateway` to send out.

What the form has no field for is carried through."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from web.changes.forms.tree import Tree, branch, carried, leftover, merged, rows, text, whole

TICKS = ("usage", "table", "input_safety", "output_safety", "fallback", "block_all")
TABLE = ("catalog_name", "schema_name", "table_name_prefix")
LISTS = ("input_keywords", "input_topics", "output_keywords", "output_topics")
SIDES = ("input", "output")
# Kinds of endpoint that have guardrails and fallbacks; for others what is there already is carried, not edited.
GUARDRAILS = ("external", "foundation", "provisioned")
FALLBACK = ("external",)
ZERO = "0 lets nothing through. To block, switch on Block instead."
NAMELESS = "Name the person, or choose “Each user, by default”."
DEFAULT = "user_default"  # the form's word for a limit of users that names nobody


@dataclass
class LimitForm:
    """One rate limit, per minute. `key` is that of the API, or `user_default`; `blocked` lets no call through; counts
    are texts as typed."""

    key: str = "endpoint"
    principal: str = ""
    calls: str = ""
    tokens: str = ""
    blocked: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True for a row that says nothing."""
        return not (self.calls or self.tokens or self.principal or self.blocked)


@dataclass
class GatewayForm:
    """Ticks as bool, texts as typed, lists one item a line. `block_all`: nobody may call the endpoint."""

    usage: bool = False
    block_all: bool = False
    limits: list[LimitForm] = field(default_factory=list)
    table: bool = False
    catalog_name: str = ""
    schema_name: str = ""
    table_name_prefix: str = ""
    input_safety: bool = False
    input_pii: str = "NONE"
    input_keywords: str = ""
    input_topics: str = ""
    output_safety: bool = False
    output_pii: str = "NONE"
    output_keywords: str = ""
    output_topics: str = ""
    fallback: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def lists(self) -> bool:
        """Whether any of the deprecated lists of keywords and topics is in use."""
        return any(getattr(self, name) for name in LISTS)


def read(tree: Tree) -> GatewayForm:
    """The submitted gateway fields."""
    form = GatewayForm(extra=carried(tree))
    for name in TICKS:
        setattr(form, name, bool(text(tree, name)))
    for name in (*TABLE, *LISTS):
        setattr(form, name, text(tree, name))
    form.input_pii, form.output_pii = text(tree, "input_pii", "NONE"), text(tree, "output_pii", "NONE")
    form.limits = [_read_limit(row) for row in rows(tree, "rate_limits")]
    return form


def _read_limit(row: Tree) -> LimitForm:
    counts = text(row, "calls"), text(row, "tokens")
    blocked = bool(text(row, "blocked"))
    return LimitForm(text(row, "key", "endpoint"), text(row, "principal"), *counts, blocked, carried(row))


def tidy(form: GatewayForm) -> None:
    """Take out rows that say nothing, so that places in messages are places in the form."""
    form.limits = [limit for limit in form.limits if not limit.empty]


def slips(form: GatewayForm) -> Iterator[tuple[str, str]]:
    """(path, message) for what would mean more than was typed: a count that blocks, a person who is not named."""
    for place, limit in enumerate(form.limits):
        if limit.key == "user" and not limit.principal:
            yield f"rate_limits[{place}].principal", NAMELESS
        for name in ("calls", "tokens"):
            if whole(getattr(limit, name)) == 0:
                yield f"rate_limits[{place}].{name}", ZERO


def write(form: GatewayForm, kind: str) -> dict[str, Any]:
    """The `ai_gateway` object; blocks that are off are left out, and so is what this kind does not support."""
    out: dict[str, Any] = {}
    if form.usage:
        out["usage_tracking_config"] = {"enabled": True}
    if limits := _limits(form):
        out["rate_limits"] = limits
    named = {name: getattr(form, name) for name in TABLE if getattr(form, name)}
    if form.table or named:
        out["inference_table_config"] = {"enabled": form.table, **named}
    if kind in GUARDRAILS and (rails := _guardrails(form)):
        out["guardrails"] = rails
    if kind in FALLBACK and form.fallback:
        out["fallback_config"] = {"enabled": True}
    return merged(form.extra, out)


def _limits(form: GatewayForm) -> list[dict[str, Any]]:
    limits = [_limit(limit) for limit in form.limits if not limit.empty]
    if form.block_all:
        whole_ones = [limit for limit in limits if limit["key"] == "endpoint"]
        for limit in whole_ones:
            limit["calls"] = 0
        if not whole_ones:
            limits.append({"key": "endpoint", "renewal_period": "minute", "calls": 0})
    return limits


def _limit(form: LimitForm) -> dict[str, Any]:
    out: dict[str, Any] = {"key": "user" if form.key == DEFAULT else form.key, "renewal_period": "minute"}
    if form.principal and form.key not in ("endpoint", DEFAULT):
        out["principal"] = form.principal
    for name in ("calls", "tokens"):
        if getattr(form, name):
            out[name] = whole(getattr(form, name))
    if form.blocked:
        out["calls"] = 0
    return merged(form.extra, out)


def _guardrails(form: GatewayForm) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for side in SIDES:
        rail: dict[str, Any] = {"safety": True} if getattr(form, f"{side}_safety") else {}
        if getattr(form, f"{side}_pii") != "NONE":
            rail["pii"] = {"behavior": getattr(form, f"{side}_pii")}
        for name, field_ in (("invalid_keywords", "keywords"), ("valid_topics", "topics")):
            if lines := _lines(getattr(form, f"{side}_{field_}")):
                rail[name] = lines
        if rail:
            out[side] = rail
    return out


def _lines(value: str) -> list[str]:
    return [line.strip() for line in value.splitlines() if line.strip()]


def from_gateway(gateway: dict[str, Any], kind: str) -> GatewayForm:
    """The form of an `ai_gateway`."""
    table = branch(gateway, "inference_table_config")
    rails = branch(gateway, "guardrails")
    form = GatewayForm(
        usage=branch(gateway, "usage_tracking_config").get("enabled") is True,
        table=table.get("enabled") is True,
        fallback=branch(gateway, "fallback_config").get("enabled") is True,
    )
    for name in TABLE:
        setattr(form, name, str(table.get(name) or ""))
    for side in SIDES:
        rules = branch(rails, side)
        setattr(form, f"{side}_safety", rules.get("safety") is True)
        setattr(form, f"{side}_pii", str(branch(rules, "pii").get("behavior") or "NONE"))
        setattr(form, f"{side}_keywords", _joined(rules, "invalid_keywords"))
        setattr(form, f"{side}_topics", _joined(rules, "valid_topics"))
    form.limits = [_limit_form(limit) for limit in rows(gateway, "rate_limits")]
    form.extra = leftover(gateway, write(form, kind))
    _block_all(form)
    return form


def _joined(rules: dict[str, Any], name: str) -> str:
    value = rules.get(name)
    return "\n".join(str(item) for item in value) if isinstance(value, list) else ""


def _limit_form(limit: dict[str, Any]) -> LimitForm:
    given = {name: "" if limit.get(name) is None else str(limit[name]) for name in ("principal", "calls", "tokens")}
    key = str(limit.get("key") or "endpoint")
    key = DEFAULT if key == "user" and not given["principal"] else key
    form = LimitForm(key, given["principal"], given["calls"], given["tokens"])
    if limit.get("calls") == 0:
        form.calls, form.blocked = "", True
    form.extra = leftover(limit, _limit(form))
    return form


def _block_all(form: GatewayForm) -> None:
    """A blocked limit of the whole endpoint is the switch of its own, not a row."""
    for limit in form.limits:
        if limit.key == "endpoint" and limit.blocked:
            form.block_all, limit.blocked = True, False
    form.limits = [limit for limit in form.limits if not limit.empty or limit.extra]
