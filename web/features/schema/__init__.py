"""See what an endpoint takes and gives: fields, types, limits, examples; how its served entities differ."""

from web.features.schema.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice("schema", router, tabs=(Tab("schema", "Schema", "/schema", order=15, needs_id=False),))

__all__ = ["SLICE", "router"]
