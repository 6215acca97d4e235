"""What the AI Gateway can do for each kind of endpoint, and why not for the others (reference §1.4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from web.changes.fields import current_config
from web.workspace import serving

Feature = Literal["limits", "usage", "table", "guardrails", "fallback"]
# The block of `ai_gateway` that holds each feature.
BLOCKS: dict[Feature, str] = {
    "limits": "rate_limits",
    "usage": "usage_tracking_config",
    "table": "inference_table_config",
    "guardrails": "guardrails",
    "fallback": "fallback_config",
}
PLACE = ("catalog_name", "schema_name", "table_name_prefix")
AGENT = "Agents take inference tables only."
NO_CONFIG = "The endpoint serves nothing yet. Give it a config first."
FEATURE_SPEC = "Feature specs have no AI Gateway."
FALLBACK = "Fallbacks are for external models only."
TWO = "A fallback needs at least two served entities; this endpoint has one."
MISSING: dict[str, dict[Feature, str]] = {
    "external": {},
    "provisioned": {"fallback": FALLBACK},
    "foundation": {"fallback": FALLBACK},
    "custom": {"guardrails": "Guardrails are for foundation and external models.", "fallback": FALLBACK},
    "agent": {"limits": AGENT, "usage": AGENT, "guardrails": AGENT, "fallback": AGENT},
    "feature": dict.fromkeys(BLOCKS, FEATURE_SPEC),
    "empty": dict.fromkeys(BLOCKS, NO_CONFIG),
}


@dataclass(frozen=True)
class Support:
    """`missing`: feature → the reason it cannot be used here. `kind`: external, foundation, custom, agent …"""

    kind: str
    missing: dict[Feature, str]

    def has(self, feature: Feature) -> bool:
        """Whether this endpoint takes the feature."""
        return feature not in self.missing


def support(live: dict[str, Any]) -> Support:
    """What the endpoint as it is takes."""
    kind: str = serving.kind_of(live)
    if kind == "custom" and str(live.get("task") or "").startswith("agent/"):
        kind = "agent"
    missing = dict(MISSING.get(kind, {}))
    if kind == "external" and len(current_config(live).get("served_entities") or []) < 2:
        missing["fallback"] = TWO
    return Support(kind, missing)


def gateway_blockers(gateway: dict[str, Any], live: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(path, reason) for what the live endpoint cannot take of `gateway`. What it has already is not judged."""
    given = live.get("ai_gateway")
    now: dict[str, Any] = given if isinstance(given, dict) else {}
    for feature, reason in support(live).missing.items():
        block = BLOCKS[feature]
        if _on(gateway.get(block)) and gateway.get(block) != now.get(block):
            yield block, reason
    yield from _moved(gateway.get("inference_table_config"), now.get("inference_table_config"))


def _on(block: Any) -> bool:
    """Whether a block asks for something."""
    return bool(block) and not (isinstance(block, dict) and block.get("enabled") is False)


def _moved(wanted: Any, now: Any) -> Iterator[tuple[str, str]]:
    """The place of an inference table that is on stays where it is."""
    if not (isinstance(wanted, dict) and isinstance(now, dict) and wanted.get("enabled") and now.get("enabled")):
        return
    for name in PLACE:
        if (wanted.get(name) or "") != (now.get(name) or ""):
            reason = "The inference table must be off before it can move: turn it off and apply, then choose the place."
            yield f"inference_table_config.{name}", reason
            return
