"""See how an endpoint does: latency, requests, errors and load, now and for the last 14 days."""

from web.features.metrics.routes import router
from web.features.slice import Slice, Tab

SLICE = Slice(
    "metrics",
    router,
    tabs=(Tab("metrics", "Metrics", "/metrics", order=35, kinds=("custom", "provisioned", "feature")),),
)

__all__ = ["SLICE", "router"]
