"""Nothing that anybody wrote runs, loads, posts or builds an element, wherever the portal shows it.

tests/attack/traces.py says how much of the corpus goes through each sink.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.attack.payloads import corpus
from tests.attack.sinks import poison
from tests.attack.traces import BATCHES, SOAK, TRACES, Traces, batches
from tests.browser.fixtures import visit
from tests.features.changes.support import change, make
from tests.features.playground.support import LLAMA, answered, chat, order, say, stream_of

if TYPE_CHECKING:
    from web.emulator.server import Emulator

REST = ("/config", "/settings", "/gateway", "/integrate", "/history", "/playground")
TABS = ("", "/schema", "/logs", "/permissions", *(REST if SOAK else ()))
REFLECTED = (
    "/endpoints?q={}",
    "/audit?q={}",
    "/audit?actor={}",
    "/endpoints/{}",
    "/playground?endpoint={}",
    "/usage?endpoint={}",
    "/help/errors?q={0}&code={0}&message={0}",
    "/endpoints/churn/history?before={}",
    "/audit/{}",
    "/changes/review/{}",
)


def test_the_corpus_is_large_and_a_careless_page_falls_for_it(bob_page: Page) -> None:
    assert len(corpus()) >= 300
    careless = bob_page.context.browser.new_page()  # type: ignore[union-attr]  # it is not a persistent context
    careless.set_content("".join(f"<div>{payload}</div>" for payload in BATCHES[0]))
    found = careless.evaluate(TRACES)
    careless.close()
    assert "window.hit is 1" in found
    assert len(found) > 10


@pytest.mark.expects_browser_errors
@pytest.mark.parametrize("sink", range(len(TABS)), ids=[tab or "overview" for tab in TABS])
def test_what_the_workspace_says_of_an_endpoint(traces: Traces, emulator: "Emulator", sink: int) -> None:
    for payloads in batches(sink):
        httpx.delete(f"{emulator.url}/_emulator/faults")
        poison(emulator, payloads)
        for path in (f"/endpoints/churn{TABS[sink]}", *(["/endpoints"] if sink == 0 else [])):
            answer = visit(traces.page, path)
            assert answer
            assert answer.status == 200, path
            traces.look(path)


@pytest.mark.expects_browser_errors
def test_what_is_typed_into_an_address(traces: Traces) -> None:
    for place, address in enumerate(REFLECTED):
        for payload in (one for batch in batches(place) for one in (batch if SOAK else batch[:2])):
            traces.open(address.format(quote(payload, safe="")))
            traces.look(address)


@pytest.mark.expects_browser_errors
def test_what_a_model_says(traces: Traces, emulator: "Emulator") -> None:
    for payloads in batches(11):
        httpx.delete(f"{emulator.url}/_emulator/faults")
        body = stream_of("\n\n".join(payloads))
        order(emulator, LLAMA, "status", status=200, headers={"Content-Type": "text/event-stream"}, body=body)
        page = chat(traces.page, LLAMA)
        say(page, "Hi")
        expect(answered(page).locator("[data-text]")).not_to_be_empty()
        traces.look("chat")


@pytest.mark.expects_browser_errors
def test_what_a_custom_model_predicts(traces: Traces, emulator: "Emulator") -> None:
    for payloads in batches(12):
        httpx.delete(f"{emulator.url}/_emulator/faults")
        rows = {"predictions": [{one: one} for one in payloads]}
        order(emulator, "churn", "status", status=200, body=rows)
        traces.page.goto("/endpoints/churn/playground")
        traces.page.locator("[data-send]").click()
        expect(traces.page.locator("[data-answer]")).to_contain_text(payloads[0].strip()[:3])
        traces.look("console")


@pytest.mark.expects_browser_errors
def test_what_the_workspace_says_when_it_refuses(traces: Traces, emulator: "Emulator") -> None:
    for payloads in batches(13):
        for payload in payloads if SOAK else payloads[:2]:
            httpx.delete(f"{emulator.url}/_emulator/faults")
            match = {"method": "GET", "path": "/api/2.0/serving-endpoints/churn"}
            refusal = {"error_code": payload, "message": payload, "details": [{"reason": payload}]}
            fault = {"match": match, "fault": "status", "status": 400, "body": refusal}
            httpx.post(f"{emulator.url}/_emulator/faults", json=[fault]).raise_for_status()
            traces.page.goto("/endpoints/churn", wait_until="domcontentloaded")
            traces.look("refusal")


@pytest.mark.expects_browser_errors
def test_what_is_kept_in_the_history(traces: Traces, emulator: "Emulator", bob: httpx.Client) -> None:
    for payloads in batches(14):
        addresses = {"on_update_failure": [one for one in payloads if "\x00" not in one]}
        make(bob, change("notifications.update", "churn", email_notifications=addresses))
        refused = change("tags.update", "churn", add={"k": "v"})
        match = {"method": "PATCH", "path": "/api/2.0/serving-endpoints/churn/tags"}
        body = {"error_code": "BAD_REQUEST", "message": "\n".join(payloads)}
        fault = {"match": match, "fault": "status", "status": 400, "body": body, "times": 1}
        httpx.post(f"{emulator.url}/_emulator/faults", json=[fault]).raise_for_status()
        assert make(bob, refused).status_code == 400
        newest = bob.get("/api/v1/audit?endpoint=churn&limit=2").json()["operations"]
        for path in ("/audit", "/audit?q=evil", "/endpoints/churn/history", *(f"/audit/{one['id']}" for one in newest)):
            visit(traces.page, path)
            traces.look(path)


@pytest.mark.expects_browser_errors
def test_what_a_refused_form_shows_again(traces: Traces, bob: httpx.Client) -> None:
    for payloads in batches(15):
        for payload in payloads if SOAK else payloads[:2]:
            traces.page.goto("/endpoints/new?kind=custom", wait_until="domcontentloaded")
            fields = traces.page.locator("form input[type=text]:visible, form textarea:visible")
            for each in fields.all()[:6]:
                each.fill(payload)
            traces.page.get_by_role("button", name="Review").last.click()
            expect(traces.page.locator("[aria-invalid=true]").first).to_be_visible()
            traces.look("form")
