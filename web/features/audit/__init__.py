"""The history: every operation, newest first, with what it was, what it sent and what came of it."""

from web.features.audit.routes import router
from web.features.slice import Slice
from web.html.nav import NavEntry

SLICE = Slice("audit", router, (NavEntry("Audit", "/audit", "clock-history", order=80),))
