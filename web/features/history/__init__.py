"""What happened to an endpoint, here and elsewhere; compare any two versions; bring one back, also after a delete."""

from web.features.history.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice("history", router, tabs=(Tab("history", "History", "/history", order=95, needs="CAN_MANAGE"),))
