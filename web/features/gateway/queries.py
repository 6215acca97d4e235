"""What the gateway page shows of an endpoint."""

from dataclasses import dataclass
from typing import Any

from web.changes.forms.gateway import GatewayForm
from web.changes.gateway_support import BLOCKS, Support, support
from web.features.gateway.words import InForce, in_force
from web.workspace import sight
from web.workspace.client import Workspace


@dataclass(frozen=True)
class GatewayView:
    """`locked`: the inference table is on, so its place is fixed; `kept`: it is off and its place is still known."""

    raw: dict[str, Any]
    gateway: dict[str, Any]
    support: Support
    rows: list[InForce]
    locked: bool
    kept: bool

    def unknown(self, form: GatewayForm) -> list[str]:
        """Blocks that this page has no field for; they are sent as they are."""
        return [key for key in form.extra if key not in BLOCKS.values()]


def view(ws: Workspace, name: str) -> GatewayView:
    """The endpoint's gateway as it is. Raises NotFound, Forbidden, Unavailable."""
    raw = sight.endpoint(ws, name)
    given = raw.get("ai_gateway")
    gateway = given if isinstance(given, dict) else {}
    table = gateway.get("inference_table_config")
    table = table if isinstance(table, dict) else {}
    supports = support(raw)
    on = table.get("enabled") is True
    return GatewayView(
        raw, gateway, supports, in_force(gateway, supports), on, not on and bool(table.get("catalog_name"))
    )
