"""Take an endpoint into an app or a repository: one resource key for bundle, app.yaml and the app that runs already."""

from web.features.integrate.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice(
    "integrate",
    router,
    tabs=(Tab("integrate", "Integrate", "/integrate", order=80, needs="CAN_QUERY", needs_id=False),),
)

__all__ = ["SLICE", "router"]
