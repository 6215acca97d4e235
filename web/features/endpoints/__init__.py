"""Find an endpoint among thousands, see what it serves and what is being tried, stop, start and delete it."""

from web.features.endpoint_tabs import OVERVIEW
from web.features.endpoints.routes import router, swift
from web.features.slice import Slice
from web.html.nav import NavEntry

NAV = (NavEntry("Endpoints", "/endpoints", "hdd-stack", order=10),)
SLICE = Slice("endpoints", router, NAV, (OVERVIEW,), straight=tuple(swift.routes))
