"""Review a change before it is made, and apply it: the pages between every form and the workspace."""

from web.features.changes.routes import router
from web.features.slice import Slice

SLICE = Slice("changes", router)
