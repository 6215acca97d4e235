"""What monitors may know: figures and traces name routes, never endpoints, people or tokens; off by default."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.audit.test_vault import BOB, until
from tests.servers import Portal

Received = list[bytes]


@pytest.fixture
def collector() -> Iterator[tuple[str, Received]]:
    """An OTLP receiver: its address, and what it was sent."""
    received: Received = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def test_figures_are_off_by_default(portal: Portal) -> None:
    assert httpx.get(f"{portal.url}/metrics", timeout=10).status_code == 404


def test_figures_count_routes_and_name_no_endpoint(start_portal: Callable[..., Portal]) -> None:
    portal = start_portal(PORTAL_METRICS="true")
    httpx.get(f"{portal.url}/endpoints/churn", headers=BOB, timeout=20)
    text = httpx.get(f"{portal.url}/metrics", timeout=10).text
    assert 'portal_requests_total{method="GET",route="/endpoints/{name}",status="200"} 1.0' in text
    assert "churn" not in text
    assert "bob" not in text


def test_traces_go_where_the_standard_variable_says(
    start_portal: Callable[..., Portal], collector: tuple[str, Received]
) -> None:
    url, received = collector
    portal = start_portal(OTEL_EXPORTER_OTLP_ENDPOINT=url, OTEL_BSP_SCHEDULE_DELAY="100")
    httpx.get(f"{portal.url}/endpoints/churn", headers=BOB, timeout=20)
    until(lambda: b"/endpoints/{name}" in b"".join(received))
    request = ExportTraceServiceRequest.FromString(next(body for body in received if b"/endpoints/{name}" in body))
    resource = request.resource_spans[0]
    names = [span.name for scope in resource.scope_spans for span in scope.spans]
    assert "GET /endpoints/{name}" in names
    assert any(
        a.key == "service.name" and a.value.string_value == "serving-portal" for a in resource.resource.attributes
    )
    assert b"dapi-" not in b"".join(received)
