"""What may change something, by what the browser, or a program, says about where the request came from."""

import pytest

from web.identity.origin import refusal

HOST = {"host": "portal.example"}
BEHIND = {"host": "10.0.0.1:8000", "x-forwarded-host": "portal.example"}
JSON = {"content-type": "application/json; charset=utf-8"}
OTHER = "The request came from another origin."
SILENT = "The browser did not say where this request came from."


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"sec-fetch-site": "same-origin"}, ""),
        ({"sec-fetch-site": "Same-Origin"}, ""),
        ({"sec-fetch-site": "cross-site"}, "The request came from another site (cross-site)."),
        ({"sec-fetch-site": "same-site"}, "The request came from another site (same-site)."),
        ({"sec-fetch-site": "none"}, "The request came from another site (none)."),
        ({"sec-fetch-site": "cross-site", "origin": "https://portal.example", **HOST},
         "The request came from another site (cross-site)."),
        ({"origin": "https://portal.example", **HOST}, ""),
        ({"origin": "http://PORTAL.example", **HOST}, ""),
        ({"origin": "https://portal.example", **BEHIND}, ""),
        ({"origin": "https://10.0.0.1:8000", **BEHIND}, OTHER),
        ({"origin": "https://portal.example:444", **HOST}, OTHER),
        ({"origin": "https://portal.example.evil.example", **HOST}, OTHER),
        ({"origin": "https://evil.example://portal.example", **HOST}, OTHER),
        ({"origin": "null", **HOST}, OTHER),
        ({"origin": "null"}, OTHER),
        ({"origin": "https://"}, OTHER),
        ({}, SILENT),
        (JSON, SILENT),
    ],
)  # fmt: skip
def test_a_form_or_script_of_another_place_changes_nothing(method: str, headers: dict[str, str], why: str) -> None:
    assert refusal(method, "/changes", headers) == why
    for safe in ("GET", "HEAD", "OPTIONS"):
        assert refusal(safe, "/changes", headers) == ""


@pytest.mark.parametrize(
    ("path", "content_type", "why"),
    [
        ("/api/v1/changes", "application/json", ""),
        ("/api/v1/changes", " Application/JSON ; charset=utf-8", ""),
        ("/api/v1/changes", "application/json-seq", SILENT),
        ("/api/v1/changes", "text/plain; application/json", SILENT),
        ("/api/v1/changes", "", SILENT),
        ("/api/v2/changes", "application/json", SILENT),
        ("/changes/api/v1/", "application/json", SILENT),
    ],
)
def test_a_program_says_nothing_and_may_use_the_json_api_with_json(path: str, content_type: str, why: str) -> None:
    assert refusal("POST", path, {"content-type": content_type}) == why


@pytest.mark.parametrize(
    ("origin", "configured", "why"),
    [
        ("https://portal.example", "https://portal.example/", ""),
        ("https://Portal.example/", "https://portal.EXAMPLE", ""),
        ("http://portal.example", "https://portal.example", OTHER),
        ("https://internal.example", "https://portal.example", OTHER),
    ],
)
def test_where_the_portals_address_is_configured_nothing_else_counts(origin: str, configured: str, why: str) -> None:
    assert refusal("POST", "/changes", {"origin": origin, "host": "internal.example"}, configured) == why
