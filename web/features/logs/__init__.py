"""Read what a served entity's build and its model server print; keep what a failed update printed."""

from web.features.logs.routes import router
from web.features.slice import Slice, Tab

HOSTED_KINDS = ("custom", "provisioned", "feature")
SLICE = Slice("logs", router, tabs=(Tab("logs", "Logs", "/logs", order=31, kinds=HOSTED_KINDS),))

__all__ = ["SLICE", "router"]
