"""The same operations as JSON under /api/v1: lists, changes, history, invocations. Documented at /api/docs."""

from web.features.api import invocations
from web.features.api.routes import router
from web.features.slice import Slice

SLICE = Slice("api", router, straight=tuple(invocations.router.routes))
