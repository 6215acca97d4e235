"""The four ways a route answers, the error page, and static files, over HTTP."""

from collections.abc import Iterator

import httpx
import pytest

from web.html.csp import policy

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def http(patterns_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=patterns_url, trust_env=False) as client:
        yield client


def test_a_page_carries_the_strict_policy_and_is_not_kept(http: httpx.Client) -> None:
    answer = http.get("/patterns")
    sent = answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in sent
    assert "'unsafe-eval'" not in sent
    assert answer.headers["Cache-Control"] == "no-store"
    nonce = sent.split("'nonce-")[1].split("'")[0]
    assert f"script-src 'nonce-{nonce}';" in sent
    assert f'name="csp-nonce" content="{nonce}"' in answer.text
    assert sent == policy(nonce)
    assert nonce not in http.get("/patterns").headers["Content-Security-Policy"]


def test_a_page_travels_compressed_to_those_who_can_read_it(http: httpx.Client) -> None:
    packed, plain = (http.get("/patterns", headers={"Accept-Encoding": how}) for how in ("gzip, br", "identity"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 4


def test_a_fragment_with_nothing_new_is_a_304_of_few_bytes(http: httpx.Client) -> None:
    first = http.get("/patterns/live")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = http.get("/patterns/live", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = http.get("/patterns/live?step=1", headers={"If-None-Match": first.headers["ETag"]})
    assert (other.status_code, other.headers["ETag"] != first.headers["ETag"]) == (200, True)


def test_a_fragment_is_only_a_fragment_whoever_asks(http: httpx.Client) -> None:
    plain, htmx = http.get("/patterns/rows?q=gpt"), http.get("/patterns/rows?q=gpt", headers=HTMX)
    assert plain.text == htmx.text
    assert plain.text.startswith('<div id="patterns-table">')
    assert plain.headers["HX-Replace-Url"] == "/patterns/list?q=gpt"


def test_an_invalid_form_is_422_with_what_was_typed(http: httpx.Client) -> None:
    answer = http.post("/patterns/form", data={"name": "<b>no</b>"})
    assert answer.status_code == 422
    assert "&lt;b&gt;no&lt;/b&gt;" in answer.text
    assert "<b>no</b>" not in answer.text


def test_a_form_that_is_done_sends_the_browser_on(http: httpx.Client) -> None:
    plain = http.post("/patterns/form", data={"name": "ok"})
    assert (plain.status_code, plain.headers["Location"]) == (303, "/patterns/form")
    htmx = http.post("/patterns/form", data={"name": "ok"}, headers=HTMX)
    assert (htmx.status_code, htmx.headers["HX-Redirect"]) == (204, "/patterns/form")


def test_a_tampered_message_cookie_is_ignored(http: httpx.Client) -> None:
    for value in ("x", "e30=", "bm90IGpzb24="):
        answer = http.get("/patterns", headers={"Cookie": f"portal_toast={value}"})
        assert answer.status_code == 200


def test_an_error_keeps_its_status_as_page_and_as_panel(http: httpx.Client) -> None:
    page, panel = http.get("/patterns/error"), http.get("/patterns/error", headers=HTMX)
    assert (page.status_code, panel.status_code) == (409, 409)
    assert "<!doctype html>" in page.text
    assert "<!doctype html>" not in panel.text
    assert panel.headers["HX-Reswap"] == "innerHTML"
    assert "8d4f-21aa" in page.text


def test_static_files_are_kept_for_ever_and_come_compressed(http: httpx.Client) -> None:
    address = next(part for part in http.get("/patterns").text.split('"') if part.endswith("css/app.css"))
    answer = http.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert http.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    vendor = address.replace("css/app.css", "vendor/vendor.css")
    assert http.get(vendor, headers={"Accept-Encoding": "gzip, br"}).headers["Content-Encoding"] == "br"


def test_browsers_find_an_icon_beside_json_too(http: httpx.Client) -> None:
    icon = http.get("/favicon.ico")
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")


def test_another_version_of_a_static_file_is_revalidated(http: httpx.Client) -> None:
    answer = http.get("/static/0000/css/app.css")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["nothing.css", "vendor/icons.json", "vendor/stamp", "%2e%2e%2fpyproject.toml", "css/%2e%2e/x"]
)
def test_only_listed_files_are_served(http: httpx.Client, name: str) -> None:
    assert http.get(f"/static/0000/{name}").status_code == 404
