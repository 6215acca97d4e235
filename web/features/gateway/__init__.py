"""Govern the calls of an endpoint: limits, usage, recorded calls, guardrails and fallbacks of its AI Gateway."""

from web.features.gateway.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice("gateway", router, tabs=(Tab("gateway", "AI Gateway", "/gateway", order=50, needs_id=False),))

__all__ = ["SLICE", "router"]
