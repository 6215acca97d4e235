"""On a laptop: choose which profile of ~/.databrickscfg the portal works with. Nothing is chosen by itself."""

from web.features.connect.routes import router
from web.features.slice import Slice

SLICE = Slice("connect", router)
