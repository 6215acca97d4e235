"""Should markup get into a page after all, it is dead: htmx heeds only what carries the page's nonce, and no text of
anybody becomes elements but through htmx and DOMPurify (Trusted Types)."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fixtures import visit

INJECTED = """
<div id="injected">
  <div hx-get="/evil" hx-trigger="load"></div>
  <div data-hx-get="/evil" hx-trigger="load"></div>
  <div hx-get="/evil" hx-trigger="load" hx-nonce="guessed"></div>
  <div hx-get="/evil" hx-trigger="load" hx-nonce="{stolen}"></div>
  <form hx-post="/evil" hx-trigger="load"></form>
  <div hx-on:htmx:after:process="window.hit = 1" hx-on:load="window.hit = 1"></div>
  <a hx-boost="true" href="/evil">x</a>
  <b hx-get="/endpoints" hx-trigger="load" hx-nonce="{own}" id="ours"></b>
</div>"""
REFUSED = """() => [
  () => { document.body.innerHTML = "<b>x</b>"; },
  () => { document.body.insertAdjacentHTML("beforeend", "<b>x</b>"); },
  () => { document.createElement("iframe").srcdoc = "<b>x</b>"; },
  () => { document.createElement("script").text = "window.hit = 1"; },
  () => { document.createElement("script").src = "/static/x.js"; },
  () => { setTimeout("window.hit = 1"); },
  () => { trustedTypes.createPolicy("evil", {}); },
  () => { trustedTypes.createPolicy("htmx", {}); },
].map((each) => { try { each(); return String(each); } catch { return ""; } }).filter(Boolean)"""


def nonce_in(policy: str) -> str:
    found = re.search(r"script-src 'nonce-([^']+)'", policy)
    assert found
    return found[1]


@pytest.mark.expects_browser_errors
def test_what_asks_without_the_nonce_of_its_answer_asks_nothing(bob_page: Page) -> None:
    page, asked = bob_page, list[str]()
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto("/endpoints")
    assert answer
    stolen, own = nonce_in(answer.headers["content-security-policy"]), "aPieceHasItsOwn"
    headers = {"Content-Security-Policy": f"script-src 'nonce-{own}'"}
    page.route("**/piece", lambda route: route.fulfill(
        body=INJECTED.format(stolen=stolen, own=own), content_type="text/html", headers=headers))  # fmt: skip
    page.evaluate("htmx.ajax('GET', '/piece', {target: '#main', swap: 'beforeend'})")
    expect(page.locator("#injected")).to_be_attached()
    # What came with the right one has asked by now, as everything before it would have.
    expect(page.locator("#ours")).not_to_be_empty()
    assert [url for url in asked if "evil" in url] == []
    assert page.locator("#injected > :is([hx-get], [hx-post], [data-hx-get])").count() == 1
    assert page.evaluate("window.hit") is None


@pytest.mark.expects_browser_errors
def test_no_text_becomes_elements_or_a_script(bob_page: Page) -> None:
    visit(bob_page, "/endpoints")
    assert bob_page.evaluate(REFUSED) == []
    assert bob_page.evaluate("window.hit") is None


def test_every_htmx_element_of_a_page_is_marked_and_heeded(bob_page: Page) -> None:
    for path in ("/endpoints", "/endpoints/churn", "/endpoints/new?kind=custom", "/endpoints/churn/integrate"):
        visit(bob_page, path)
        asking = bob_page.locator("[hx-get], [hx-post]")
        assert asking.count() > 0, path
        assert bob_page.locator("[hx-get]:not([data-htmx-powered]), [hx-post]:not([data-htmx-powered])").count() == 0
