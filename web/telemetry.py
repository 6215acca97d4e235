"""What the portal tells monitors about itself: Prometheus figures (PORTAL_METRICS), OpenTelemetry traces (OTEL_…).

Both are off unless switched on, and then loaded. Neither sees a body, a token or the name of an endpoint.
"""

import os
import time
from dataclasses import dataclass
from typing import Any

OTLP = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True)
class Seen:
    """One answered request: its route's pattern, never its path. Times in seconds."""

    method: str
    route: str
    status: int
    seconds: float


class Telemetry:
    """`note(seen)` after each request; costs nothing when both are off."""

    def __init__(self, metrics: bool) -> None:
        self.registry: Any = None
        self._tracer: Any = None
        if metrics:
            self._count_and_time()
        if any(os.environ.get(name) for name in OTLP) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true":
            self._trace()

    def _count_and_time(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("portal_requests", "Requests answered.", labels, registry=self.registry)
        self._seconds = Histogram("portal_request_seconds", "Time to answer.", labels[:2], registry=self.registry)

    def _trace(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        name = os.environ.get("OTEL_SERVICE_NAME") or os.environ.get("DATABRICKS_APP_NAME") or "serving-portal"
        provider = TracerProvider(resource=Resource.create({"service.name": name}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._provider = provider
        self._tracer = provider.get_tracer("web")

    def note(self, seen: Seen) -> None:
        """Count, time and trace one request."""
        if self.registry is not None:
            self._requests.labels(seen.method, seen.route, str(seen.status)).inc()
            self._seconds.labels(seen.method, seen.route).observe(seen.seconds)
        if self._tracer is not None:
            ended = time.time_ns()
            span = self._tracer.start_span(f"{seen.method} {seen.route}", start_time=ended - int(seen.seconds * 1e9))
            span.set_attributes(
                {"http.request.method": seen.method, "http.route": seen.route, "http.response.status_code": seen.status}
            )
            span.end(end_time=ended)

    def text(self) -> bytes:
        """The figures in Prometheus' text format; empty when they are off."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry) if self.registry is not None else b""

    def close(self) -> None:
        """Send what is waiting."""
        if self._tracer is not None:
            self._provider.shutdown()
