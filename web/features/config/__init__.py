"""Change an endpoint's config: entities, versions, compute, variables, traffic; nothing else by accident."""

from web.features.config.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice("config", router, tabs=(Tab("config", "Config", "/config", order=20, needs="CAN_MANAGE"),))

__all__ = ["SLICE", "router"]
