"""Change an endpoint's tags and e-mail notifications; see what cannot be changed, why, and the way around it."""

from web.features.settings.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice("settings", router, tabs=(Tab("settings", "Settings", "/settings", order=60),))
