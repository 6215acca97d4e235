"""Look an error up: why it happens, the way out, the command."""

from web.features.guide.routes import router
from web.features.slice import Slice
from web.html.nav import NavEntry

SLICE = Slice("guide", router, nav=(NavEntry("Errors", "/help/errors", "question-circle", order=10, group="Help"),))

__all__ = ["SLICE", "router"]
