"""See who calls what: requests, errors, tokens and what they may have cost, from the system tables."""

from web.features.slice import Slice
from web.features.usage.routes import router
from web.html.nav import NavEntry

SLICE = Slice("usage", router, (NavEntry("Usage", "/usage", "bar-chart", order=25),))

__all__ = ["SLICE", "router"]
