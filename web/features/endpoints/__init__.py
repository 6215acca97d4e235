"""Find an endpoint among thousands, see what it serves and what is being tried, stop, start and delete it."""

from web.features.endpoint_tabs import OVERVIEW
from web.features.endpoints.routes import router
from web.features.slice import Slice
from web.html.nav import NavEntry

SLICE = Slice("endpoints", router, (NavEntry("Endpoints", "/endpoints", "hdd-stack", order=10),), (OVERVIEW,))
