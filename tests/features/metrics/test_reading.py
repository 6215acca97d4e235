"""Prometheus text with any labels becomes figures per served entity; histograms become percentiles."""

import math

import pytest

from web.workspace.prometheus import Figures, merged, percentile, read

TEXT = """# HELP request_count_total Number of requests during the last minute
# TYPE request_count_total gauge
request_count_total{%s} 12.0 1700000040000
# TYPE cpu_usage_percentage gauge
cpu_usage_percentage{%s} 40 1700000040000
# TYPE request_latency_ms histogram
request_latency_ms_bucket{%s,le="10.0"} 2.0 1700000040000
request_latency_ms_bucket{%s,le="100.0"} 12.0 1700000040000
request_latency_ms_bucket{%s,le="+Inf"} 12.0 1700000040000
request_latency_ms_sum{%s} 500 1700000040000
request_latency_ms_count{%s} 12.0 1700000040000
"""


def text(labels: str) -> str:
    return TEXT.replace("%s", labels)


@pytest.mark.parametrize("label", ["served_entity", "served_model", "served_model_name"])
def test_an_entity_is_found_under_any_of_its_labels(label: str) -> None:
    reading = read(text(f'endpoint_name="e",{label}="churn-3"'))
    assert set(reading.entities) == {"churn-3"}
    figures = reading.entities["churn-3"]
    assert figures.gauges == {"request_count_total": 12.0, "cpu_usage_percentage": 40.0}
    assert figures.buckets["request_latency_ms"] == {10.0: 2.0, 100.0: 12.0, math.inf: 12.0}
    assert reading.at == 1_700_000_040_000


def test_replicas_are_put_together_by_what_a_figure_means() -> None:
    lines = [
        f'{name}{{replica_id="{replica}"}} {value}'
        for replica, cpu, count in (("a", 20, 5), ("b", 60, 7))
        for name, value in (("cpu_usage_percentage_avg", cpu), ("request_count_total", count))
    ]
    gauges = read("\n".join(lines) + "\n").entities[""].gauges
    assert gauges == {"cpu_usage_percentage": 40.0, "request_count_total": 12.0}


def test_text_without_labels_times_or_families_is_read() -> None:
    reading = read("request_count_total 3\nunknown_thing NaN\n")
    assert reading.entities[""].gauges == {"request_count_total": 3.0}
    assert reading.at is None
    assert read("").entities == {}


def test_what_is_not_prometheus_text_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read("<html><body>sign in</body></html>\n")


def test_percentiles_lie_between_the_bounds_of_their_bucket() -> None:
    buckets = {10.0: 2.0, 100.0: 12.0, math.inf: 12.0}
    assert percentile(buckets, 0.5) == pytest.approx(10 + 90 * (6 - 2) / 10)
    assert percentile(buckets, 1.0) == pytest.approx(100)
    assert percentile({10.0: 0.0, math.inf: 4.0}, 0.5) == 10
    assert percentile({10.0: 0.0, math.inf: 0.0}, 0.5) is None
    assert percentile({}, 0.5) is None


def test_counts_add_up_over_entities_and_are_averaged_over_minutes() -> None:
    parts = [Figures({"request_count_total": 10.0, "cpu_usage_percentage": 10.0}, {"h": {1.0: 1.0}})] * 2
    assert merged(parts, over_time=True).gauges["request_count_total"] == 10.0
    assert merged(parts, over_time=False).gauges == {"request_count_total": 20.0, "cpu_usage_percentage": 10.0}
    assert merged(parts, over_time=True).buckets == {"h": {1.0: 2.0}}
