"""Hostile texts where they are parts of something: names of columns and apps, plans as code, versions side by side,
sets of prompts, and files that another program opens."""

import csv
import io
import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import FilePayload, expect

from tests.attack.sinks import API, real
from tests.attack.traces import SOAK, Traces, batches
from tests.browser.fixtures import visit
from tests.features.changes.support import change, fault, make
from tests.features.playground.support import LLAMA, chat, order, stream_of
from web.audit.export import FORMATS, FORMULA

if TYPE_CHECKING:
    from web.emulator.server import Emulator

FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("//evil.invalid")']
COLUMNS = ("age", "tenure_months", "monthly_charges", "contract", "tenure_years", "support_calls")
WAYS = (
    "/endpoints/churn/playground?served_entity=churn-3",
    "/endpoints/churn/schema",
    "/endpoints/churn/schema?left=churn-3&right=churn-4",
    "/endpoints/churn/integrate",
)


def renamed(document: Any, names: list[str]) -> Any:
    """The document with its columns called so."""
    text = json.dumps(document)
    for old, new in zip(COLUMNS, itertools.cycle(names), strict=False):
        text = text.replace(json.dumps(old), json.dumps(new))
    return json.loads(text)


def as_csv(texts: list[str]) -> bytes:
    """A file with a row for each, that text in every cell."""
    out = io.StringIO()
    csv.writer(out).writerows([one] * 4 for one in texts)
    return out.getvalue().encode()


def say_of(emulator: "Emulator", answers: dict[str, Any]) -> None:
    """Have the workspace answer reads of these paths so."""
    httpx.delete(f"{emulator.url}/_emulator/faults")
    orders = [
        {"match": {"method": "GET", "path": path}, "fault": "status", "status": 200, "body": body}
        for path, body in answers.items()
    ]
    httpx.post(f"{emulator.url}/_emulator/faults", json=orders).raise_for_status()


@pytest.mark.expects_browser_errors
def test_names_of_columns_and_of_apps(traces: Traces, emulator: "Emulator") -> None:
    schema, apps, churn = (real(emulator, path) for path in (f"{API}/openapi", "/api/2.0/apps", API))
    some = [batch[start : start + len(COLUMNS)] for batch in batches(3) for start in range(0, 20, len(COLUMNS))]
    for number, names in enumerate(one for one in some if one) if SOAK else [(0, some[0])]:
        app = {**apps["apps"][0], "description": names[0], "url": names[-1]}
        hostile = [{**app, "name": one, "service_principal_name": one} for one in names]
        # A document is kept until its endpoint changes.
        endpoint = {**churn, "last_updated_timestamp": 4 * 10**12 + number}
        documents = {API: endpoint, f"{API}/openapi": renamed(schema, names), "/api/2.0/apps": {"apps": hostile}}
        say_of(emulator, documents)
        for path in WAYS:
            answer = visit(traces.page, path)
            assert answer
            assert answer.status == 200, path
            if "playground" in path:
                traces.page.get_by_role("tab", name="Table", exact=True).click()
                rows = FilePayload(name="rows.csv", mimeType="text/csv", buffer=as_csv(["plain", *names]))
                traces.page.locator("[data-view=table] input[type=file]").set_input_files(rows)
                expect(traces.page.locator("[data-view=table] tbody tr")).to_have_count(1 + len(names))
                traces.page.get_by_role("tab", name="Form", exact=True).click()
                expect(traces.page.locator("[data-view=form]")).not_to_be_empty()
            traces.look(path)
            words = [one.replace("\0", " ").split()[0] for one in names]
            expect(traces.page.locator("#main")).to_contain_text(re.compile("|".join(map(re.escape, words))))


@pytest.mark.expects_browser_errors
def test_a_plan_as_code_and_two_versions_side_by_side(traces: Traces, bob: httpx.Client) -> None:
    for number, payloads in enumerate(batches(4)):
        texts = [one.replace("\x00", "") for one in payloads]
        entity = {"entity_name": "main.ml.churn", "entity_version": "1", "workload_size": "Small"}
        served = [{"name": "churn-1", **entity, "scale_to_zero_enabled": True}]
        wanted = {"name": f"evil-plan-{number}", "description": "\n".join(texts), "config": {"served_entities": served}}
        fields = {"kind": "custom", "tab": "json", "json": json.dumps(wanted), "do": "review"}
        sent = bob.post("/endpoints/new", data=fields)
        assert sent.status_code == 303, sent.text[-3000:]
        visit(traces.page, sent.headers["location"])
        for tab in traces.page.get_by_role("tablist").first.get_by_role("tab").all():
            tab.click()
            traces.look("review")
        versions = [texts[: len(texts) // 2], texts[len(texts) // 2 :]]
        made = [
            make(bob, change("notifications.update", "churn", email_notifications={"on_update_failure": some}))
            for some in versions
        ]
        first, second = (one.json()["operation"]["id"] for one in made)
        for path in (f"/endpoints/churn/history/compare?a={first}&b={second}", f"/audit/{second}?x=evil"):
            visit(traces.page, path)
            traces.look(path)


@pytest.mark.expects_browser_errors
def test_a_set_of_prompts_and_what_is_saved_of_it(traces: Traces, emulator: "Emulator", tmp_path: Path) -> None:
    page = chat(traces.page, LLAMA)
    page.locator("[data-prompt-set] > summary").click()
    for payloads in batches(5):
        httpx.delete(f"{emulator.url}/_emulator/faults")
        for answer in ("\n".join(payloads), *FORMULAS):
            headers = {"Content-Type": "text/event-stream"}
            order(emulator, LLAMA, "status", status=200, headers=headers, body=stream_of(answer), times=1)
        prompts = [json.dumps({"prompt": one}) for one in ("\n".join(payloads), *FORMULAS)]
        page.locator("[data-set-lines]").fill("\n".join(prompts))
        page.locator("[data-set-run]").click()
        expect(page.locator("[data-set-note]")).to_contain_text(f"of {len(prompts)} answered")
        traces.look("set of prompts")
        with page.expect_download() as saved:
            page.locator("[data-set-save=csv]").click()
        saved.value.save_as(tmp_path / "results.csv")
        cells = list(itertools.chain(*csv.reader(io.StringIO((tmp_path / "results.csv").read_bytes().decode()))))
        assert [cell for cell in cells if cell.lstrip().startswith(FORMULA)] == []
        assert sum(cell.startswith("'") for cell in cells) >= len(FORMULAS)


def test_files_that_another_program_opens(bob: httpx.Client, emulator: "Emulator") -> None:
    texts = [*FORMULAS, *(one for batch in batches(6) for one in batch)][: 400 if SOAK else 15]
    for text in texts:
        body = {"error_code": "BAD_REQUEST", "message": text}
        fault(emulator, "PATCH", f"{API}/tags", "status", status=400, body=body)
        assert make(bob, change("tags.update", "churn", add={"k": "v"})).status_code == 400
    files = {form: bob.get(f"/api/v1/audit/export?endpoint=churn&format={form}") for form in FORMATS}
    for form, answer in files.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="audit.{form}"'
        assert "html" not in answer.headers["Content-Type"]
    rows = list(csv.reader(io.StringIO(files["csv"].text, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.lstrip(" ").startswith(FORMULA)] == []
    events, lines = (files[form].text.removesuffix("\n").split("\n") for form in ("cef", "jsonl"))
    assert len(events) == len(lines) == len(rows) - 1 >= len(texts)
    assert [line for line in events if not line.startswith("CEF:0|Serving Portal|portal|1|")] == []
    assert all(json.loads(line)["id"] for line in lines)
