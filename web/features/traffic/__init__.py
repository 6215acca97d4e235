"""Shift traffic between the served entities of an endpoint, by hand or in canary steps."""

from web.features.slice import Slice, Tab
from web.features.traffic.routes import router

SLICE = Slice("traffic", router, tabs=(Tab("traffic", "Traffic", "/traffic", order=25, needs="CAN_MANAGE"),))

__all__ = ["SLICE", "router"]
