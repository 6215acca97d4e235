"""Who may see, query and manage an endpoint: granted by name, reviewed; and why somebody cannot query it."""

from web.features.permissions.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice(
    "permissions", router, tabs=(Tab("permissions", "Permissions", "/permissions", order=55, needs="CAN_MANAGE"),)
)
