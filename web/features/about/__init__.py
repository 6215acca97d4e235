"""This portal: who one is here, what the sign-in reaches, where the history is kept."""

from web.features.about.routes import router
from web.features.slice import Slice

SLICE = Slice("about", router)

__all__ = ["SLICE", "router"]
