"""The metrics page: what was measured as tables, why there is nothing, one question for all who watch."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.endpoints.support import fault, requests
from tests.features.metrics.support import create, traffic

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def cells(page: str, chart: str) -> list[str]:
    """The newest row of a chart's table."""
    found = re.search(rf'<table[^>]*data-chart="{chart}".*?<tbody>\s*<tr[^>]*>(.*?)</tr>', page, re.S)
    assert found, f"no table of {chart}"
    return re.findall(r"<td[^>]*>([^<]*)</td>", found[1])


def test_traffic_is_in_the_tables_of_everybody_who_looks_and_asked_for_once(
    emulator: "Emulator", bob: httpx.Client, alice: httpx.Client
) -> None:
    create(emulator, "measured")
    traffic(emulator, "measured", good=5, bad=3)
    pages = [person.get("/endpoints/measured/metrics").text for person in (bob, alice, bob)]
    for page in pages:
        assert cells(page, "requests") == ["0.133"]
        assert cells(page, "errors") == ["3", "0"]
        assert len(cells(page, "latency")) == 3
        assert "Newest sample" in page
    assert len([r for r in requests(emulator) if r["path"].endswith("/metrics")]) == 1
    part = bob.get("/endpoints/measured/metrics/data?span=24h").text
    assert cells(part, "requests") == ["0.133"]
    assert "<html" not in part


@pytest.mark.parametrize("labels", ["served_model", "replica", "none"])
def test_labels_of_any_kind_are_understood(emulator: "Emulator", bob: httpx.Client, labels: str) -> None:
    emulator.world.switches.metric_labels = labels
    create(emulator, f"labels-{labels.replace('_', '-')}")
    traffic(emulator, f"labels-{labels.replace('_', '-')}", good=6)
    assert cells(bob.get(f"/endpoints/labels-{labels.replace('_', '-')}/metrics").text, "requests") == ["0.100"]


@pytest.mark.parametrize(
    ("endpoint", "says_why"),
    [
        ("databricks-gpt-oss-120b", "Pay-per-token endpoints have no metrics"),
        ("scratch", "no served entity"),
        ("price-forecast", "The endpoint is stopped"),
        ("invoice-ocr", "The first deployment has not succeeded"),
    ],
)
def test_an_endpoint_without_metrics_says_why(bob: httpx.Client, endpoint: str, says_why: str) -> None:
    page = bob.get(f"/endpoints/{endpoint}/metrics")
    assert page.status_code == 200
    assert says_why in page.text


def test_samples_of_a_hidden_endpoint_do_not_exist(
    emulator: "Emulator", bob: httpx.Client, charlie: httpx.Client
) -> None:
    create(emulator, "hidden-figures")
    traffic(emulator, "hidden-figures", good=1)
    bob.get("/endpoints/hidden-figures/metrics")
    for part in ("", "/data", "/raw", "/text"):
        assert charlie.get(f"/endpoints/hidden-figures/metrics{part}").status_code == 404
    assert charlie.post("/endpoints/hidden-figures/metrics/pin", data={"on": "on"}).status_code == 404


def test_a_workspace_that_fails_leaves_the_page_with_the_reason(emulator: "Emulator", bob: httpx.Client) -> None:
    create(emulator, "silent")
    fault(emulator, "/api/2.0/serving-endpoints/silent/metrics", fault="status", status=500, times=9)
    page = bob.get("/endpoints/silent/metrics")
    assert page.status_code == 200
    assert "Shown as of" in page.text


def test_what_is_not_prometheus_text_is_told(emulator: "Emulator", bob: httpx.Client) -> None:
    create(emulator, "garbled")
    order = {"fault": "status", "status": 200, "body": "<html>sign in</html>", "times": 9}
    fault(emulator, "/api/2.0/serving-endpoints/garbled/metrics", **order)
    assert "not Prometheus text" in bob.get("/endpoints/garbled/metrics").text


def test_an_endpoint_is_pinned_and_unpinned(emulator: "Emulator", bob: httpx.Client) -> None:
    create(emulator, "pinned")
    assert bob.post("/endpoints/pinned/metrics/pin", data={"on": "on"}).status_code == 303
    assert "Pinned by bob@example.com" in bob.get("/endpoints/pinned/metrics").text
    bob.post("/endpoints/pinned/metrics/pin")
    assert "Pinned by" not in bob.get("/endpoints/pinned/metrics").text


def test_the_raw_text_is_text(emulator: "Emulator", bob: httpx.Client) -> None:
    raw = bob.get("/endpoints/churn/metrics/raw")
    assert raw.headers["content-type"].startswith("text/plain")
    assert "# TYPE request_count_total gauge" in raw.text
    assert "# TYPE request_count_total gauge" in bob.get("/endpoints/churn/metrics/text").text
    page = bob.get("/endpoints/churn/metrics").text
    assert "credentials_file: /etc/prometheus/databricks-token" in page
