"""Ask a model: chat with one or compare up to six, send rows, tensors or texts, and take the code along."""

from web.features.playground.routes import router
from web.features.slice import Slice, Tab
from web.html.nav import NavEntry

SLICE = Slice(
    "playground",
    router,
    nav=(NavEntry("Playground", "/playground", "chat-left-text", order=10),),
    tabs=(Tab("playground", "Playground", "/playground", order=10, needs="CAN_QUERY", needs_id=False),),
)

__all__ = ["SLICE", "router"]
