"""Every component in every state, and four pages made of them, for whoever builds or reviews a page. Demo only."""

from web.features.patterns.routes import router
from web.features.slice import Slice
from web.html.nav import NavEntry

SLICE = Slice("patterns", router, (NavEntry("Patterns", "/patterns", "grid-1x2", order=90, group="Developer"),))

__all__ = ["SLICE", "router"]
