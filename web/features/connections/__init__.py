"""Ask a service outside the workspace through a Unity Catalog HTTP connection."""

from web.features.connections.routes import router
from web.features.slice import Slice
from web.html.nav import NavEntry

SLICE = Slice("connections", router, (NavEntry("HTTP request", "/http-request", "send", order=30, group="Developer"),))

__all__ = ["SLICE", "router"]
