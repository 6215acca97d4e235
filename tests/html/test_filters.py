"""Times, amounts and JSON look the same everywhere."""

import pytest
from starlette.requests import Request

from web.html import done, filters
from web.html.assets import icon, static_url

NOW = 1_795_000_000_000


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "just now"),
        (45, "45 s ago"),
        (200, "3 min ago"),
        (7_300, "2 h ago"),
        (200_000, "2 d ago"),
        (-90, "in 1 min"),
    ],
)
def test_how_long_ago_is_told_in_words(seconds: int, words: str) -> None:
    assert filters.ago(NOW - seconds * 1000, NOW) == words


def test_a_time_is_an_element_with_the_exact_moment() -> None:
    element = filters.time_ago(NOW - 60_000, NOW)
    assert 'datetime="2026-11-18T' in element
    assert "UTC" in element
    assert filters.time_ago(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (0.25, "250 ms"), (59, "59 s"), (200, "3 min 20 s"), (3_600, "1 h"), (3_601, "1 h")],
)
def test_durations_have_two_units_at_most(seconds: float, words: str) -> None:
    assert filters.duration(seconds) == words


def test_amounts_have_units_and_thin_spaces() -> None:
    assert filters.bytes_(512) == "512 B"
    assert filters.bytes_(1536) == "1.5 KiB"
    assert filters.number(1234567) == "1\u202f234\u202f567"
    assert filters.plural(1, "endpoint") == "1 endpoint"
    assert filters.plural([1, 2], "query", "queries") == "2 queries"


def test_a_tag_with_markup_stays_text() -> None:
    label = '"><script>x</script>'
    assert "<script>" not in icon("trash", label)


def test_an_unknown_icon_or_file_is_an_error_at_once() -> None:
    with pytest.raises(KeyError):
        icon("no-such-icon")
    with pytest.raises(KeyError, match=r"web\.assets"):
        static_url("css/none.css")


@pytest.mark.parametrize("address", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "x"])
def test_nobody_is_sent_to_another_host(address: str) -> None:
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    with pytest.raises(ValueError, match="not a path of the portal"):
        done(Request(scope), address)


def test_a_path_may_break_where_a_name_in_it_ends_and_is_no_markup() -> None:
    assert str(filters.broken("config.routes[<b>].traffic_percentage")) == (
        "config.<wbr>routes[&lt;b&gt;].<wbr>traffic_<wbr>percentage"
    )
    assert str(filters.broken("tags.a.")) == "tags.<wbr>a."
