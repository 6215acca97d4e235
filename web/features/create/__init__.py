"""Make a new endpoint of any of the four kinds: by a form, as JSON, or as a copy of one that exists."""

from web.features.create.routes import router
from web.features.slice import Slice

SLICE = Slice("create", router)

__all__ = ["SLICE", "router"]
