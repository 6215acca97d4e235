"""Record an endpoint's logs, traces and metrics in Unity Catalog tables (OpenTelemetry)."""

from web.features.slice import Slice, Tab
from web.features.telemetry.routes import router

SLICE = Slice(
    "telemetry",
    router,
    tabs=(Tab("telemetry", "Telemetry", "/telemetry", order=65, kinds=("custom", "provisioned", "feature")),),
)

__all__ = ["SLICE", "router"]
