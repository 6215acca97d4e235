"""The AI Gateway's form, and what each kind of endpoint supports of it."""

from dataclasses import dataclass, field
from typing import Any

from web.changes.forms.entity import Kind
from web.changes.forms.tree import Tree, branch, carried, leftover, merged, rows, text, whole

GUARDRAILS: tuple[Kind, ...] = ("external", "foundation", "provisioned")
FALLBACK: tuple[Kind, ...] = ("external",)
TABLE = ("catalog_name", "schema_name", "table_name_prefix")
PII = ("NONE", "BLOCK", "MASK")
LIMIT_KEYS = ("endpoint", "user", "user_group", "service_principal")


@dataclass
class LimitForm:
    """One rate limit; `renewal_period` is always a minute."""

    key: str = "endpoint"
    principal: str = ""
    calls: str = ""
    tokens: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class GatewayForm:
    """Ticks as bool, texts as typed; guardrails for `input` and `output`."""

    usage: bool = False
    limits: list[LimitForm] = field(default_factory=list)
    table: bool = False
    catalog_name: str = ""
    schema_name: str = ""
    table_name_prefix: str = ""
    input_safety: bool = False
    input_pii: str = "NONE"
    output_safety: bool = False
    output_pii: str = "NONE"
    fallback: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def read(tree: Tree) -> GatewayForm:
    """The submitted gateway fields."""
    form = GatewayForm(extra=carried(tree))
    for name in ("usage", "table", "input_safety", "output_safety", "fallback"):
        setattr(form, name, bool(text(tree, name)))
    for name in TABLE:
        setattr(form, name, text(tree, name))
    form.input_pii, form.output_pii = text(tree, "input_pii", "NONE"), text(tree, "output_pii", "NONE")
    form.limits = [
        LimitForm(text(r, "key", "endpoint"), text(r, "principal"), text(r, "calls"), text(r, "tokens"), carried(r))
        for r in rows(tree, "rate_limits")
    ]
    return form


def write(form: GatewayForm, kind: Kind) -> dict[str, Any]:
    """The `ai_gateway` object; blocks that are off are left out, and so is what this kind does not support."""
    out: dict[str, Any] = {}
    if form.usage:
        out["usage_tracking_config"] = {"enabled": True}
    if limits := [_limit(limit) for limit in form.limits if limit.calls or limit.tokens or limit.principal]:
        out["rate_limits"] = limits
    if form.table:
        named = {name: getattr(form, name) for name in TABLE if getattr(form, name)}
        out["inference_table_config"] = {"enabled": True, **named}
    if kind in GUARDRAILS and (rails := _guardrails(form)):
        out["guardrails"] = rails
    if kind in FALLBACK and form.fallback:
        out["fallback_config"] = {"enabled": True}
    return merged(form.extra, out)


def _limit(form: LimitForm) -> dict[str, Any]:
    out: dict[str, Any] = {"key": form.key, "renewal_period": "minute"}
    if form.principal and form.key != "endpoint":
        out["principal"] = form.principal
    for name in ("calls", "tokens"):
        if getattr(form, name):
            out[name] = whole(getattr(form, name))
    return merged(form.extra, out)


def _guardrails(form: GatewayForm) -> dict[str, Any]:
    sides = {"input": (form.input_safety, form.input_pii), "output": (form.output_safety, form.output_pii)}
    out: dict[str, Any] = {}
    for side, (safety, pii) in sides.items():
        rail: dict[str, Any] = {"safety": True} if safety else {}
        if pii != "NONE":
            rail["pii"] = {"behavior": pii}
        if rail:
            out[side] = rail
    return out


def from_gateway(gateway: dict[str, Any], kind: Kind) -> GatewayForm:
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
    for side in ("input", "output"):
        setattr(form, f"{side}_safety", branch(rails, side).get("safety") is True)
        setattr(form, f"{side}_pii", str(branch(branch(rails, side), "pii").get("behavior") or "NONE"))
    form.limits = [_limit_form(limit) for limit in rows(gateway, "rate_limits")]
    form.extra = leftover(gateway, write(form, kind))
    return form


def _limit_form(limit: dict[str, Any]) -> LimitForm:
    given = {
        name: "" if limit.get(name) is None else str(limit[name]) for name in ("key", "principal", "calls", "tokens")
    }
    form = LimitForm(given["key"], given["principal"], given["calls"], given["tokens"])
    form.key = form.key or "endpoint"
    form.extra = leftover(limit, _limit(form))
    return form
