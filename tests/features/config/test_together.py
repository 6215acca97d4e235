"""Two people, two tabs, and people who may not: the same endpoint edited at once, and by whom."""

import html
import re

import httpx

from tests.features.config.support import apply, form, opened, place, press, received, send, settled
from tests.features.create.support import Fields, messages, writes
from web.emulator.server import Emulator


def test_edits_of_two_tabs_are_merged_when_they_do_not_meet(bob: httpx.Client, emulator: Emulator) -> None:
    mine = opened(bob, "churn")
    send(bob, "churn", {**opened(bob, "churn"), place(1) + "workload_size": "Medium"})
    settled(bob, "churn")
    sent = press(bob, "churn", {**mine, place(0) + "workload_size": "Large"})
    assert "Changed since you began" in bob.get(sent.headers["location"]).text
    assert apply(bob, sent).headers["location"] == "/endpoints/churn"
    sizes = {e["name"]: e["workload_size"] for e in received(emulator)["served_entities"]}
    assert sizes == {"churn-3": "Large", "churn-4": "Medium"}


def test_the_same_field_in_two_tabs_is_decided_by_a_person(bob: httpx.Client, emulator: Emulator) -> None:
    mine = opened(bob, "churn")
    send(bob, "churn", {**opened(bob, "churn"), place(0) + "workload_size": "Medium"})
    settled(bob, "churn")
    before = len(writes(emulator))
    sent = press(bob, "churn", {**mine, place(0) + "workload_size": "Large"})
    shown = bob.get(sent.headers["location"]).text
    assert "in the same place" in shown
    assert 'href="/endpoints/churn/config"' in shown
    draft = sent.headers["location"].rpartition("/")[2]
    paths = re.findall(r'name="path" value="([^"]*)"', shown)
    chosen = {"draft": draft, "path": [html.unescape(p) for p in paths], "all": "mine"}
    decided = bob.post("/changes/resolve", data=chosen)
    assert len(writes(emulator)) == before
    assert apply(bob, decided).headers["location"] == "/endpoints/churn"
    assert received(emulator)["served_entities"][0]["workload_size"] == "Large"


def back_of(who: httpx.Client, reviewed: httpx.Response) -> Fields:
    shown = who.get(reviewed.headers["location"]).text
    found = re.search(r'href="(/endpoints/churn/config\?draft=[^"]*)"', shown)
    assert found
    return form(who.get(html.unescape(found[1])))


def test_back_from_review_the_form_is_as_it_was(bob: httpx.Client) -> None:
    fields = form(press(bob, "churn", opened(bob, "churn"), "beside-entity-0-4"))
    fields |= {place(0) + "workload_size": "Large", place(0) + "traffic": "80", place(1) + "traffic": "10"}
    again = back_of(bob, press(bob, "churn", fields))
    opens = {name for name in fields if name.endswith(".shown")}
    assert {k: v for k, v in again.items() if k not in opens} == {k: v for k, v in fields.items() if k not in opens}


def test_back_from_review_a_rename_is_still_one(bob: httpx.Client) -> None:
    fields = {**opened(bob, "churn"), place(0) + "name": "renamed"}
    again = back_of(bob, press(bob, "churn", fields))
    assert (again[place(0) + "was"], again[place(0) + "name"]) == ("churn-3", "renamed")


def test_a_draft_of_another_endpoint_is_not_taken(bob: httpx.Client) -> None:
    sent = press(bob, "churn", {**opened(bob, "churn"), place(0) + "name": "renamed"})
    draft = sent.headers["location"].rpartition("/")[2]
    assert bob.get(f"/endpoints/fraud-realtime/config?draft={draft}").status_code == 404


def test_the_page_comes_without_a_catalog(bob: httpx.Client, emulator: Emulator) -> None:
    catalog = {"match": {"method": "GET", "path": "/api/2.1/unity-catalog/*"}, "fault": "status", "status": 500}
    httpx.post(f"{emulator.url}/_emulator/faults", json={**catalog, "times": 9}, timeout=10).raise_for_status()
    shown = bob.get("/endpoints/churn/config")
    assert shown.status_code == 200
    assert "Newer versions could not be listed" in shown.text
    assert form(shown)[place(0) + "entity_version"] == "3"


def test_a_draft_that_is_applied_twice_is_sent_once(bob: httpx.Client, emulator: Emulator) -> None:
    sent = press(bob, "churn", {**opened(bob, "churn"), place(0) + "name": "renamed"})
    assert apply(bob, sent).headers["location"] == "/endpoints/churn"
    settled(bob, "churn")
    again = bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    assert again.headers["location"].startswith("/audit/")
    assert len(writes(emulator)) == 1


def test_whoever_may_not_see_an_endpoint_is_told_that_there_is_none(charlie: httpx.Client, bob: httpx.Client) -> None:
    fields = opened(bob, "churn")
    answers = [
        charlie.get("/endpoints/churn/config"),
        press(charlie, "churn", fields),
        charlie.post("/endpoints/churn/config/convert", data=fields),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_whoever_may_only_look_reads_why(bob: httpx.Client, emulator: Emulator) -> None:
    shown = bob.get("/endpoints/scratch/config")
    assert shown.status_code == 200
    assert "You may look at this endpoint, not change it" in shown.text
    assert "Ask erin@example.com" in shown.text
    assert press(bob, "scratch", {"kind": "custom"}).status_code == 403
    assert 'href="/endpoints/scratch/config"' not in bob.get("/endpoints/scratch").text
    assert writes(emulator) == []


def test_an_endpoint_of_databricks_has_no_config_to_change(bob: httpx.Client) -> None:
    shown = bob.get("/endpoints/databricks-claude-sonnet-4/config")
    assert "There is no config to change here" in shown.text
    assert "config-form" not in shown.text


def test_the_overview_leads_to_the_form_for_those_who_may(bob: httpx.Client, charlie: httpx.Client) -> None:
    for name in ("churn", "price-forecast", "invoice-ocr"):
        assert "Edit config" in bob.get(f"/endpoints/{name}").text, name
    assert "Edit config" not in charlie.get("/endpoints/wine-quality").text


def test_names_with_markup_stay_text(bob: httpx.Client) -> None:
    answer = press(bob, "churn", {**opened(bob, "churn"), place(0) + "name": "<b>x</b>"})
    assert answer.status_code == 422
    assert "<b>x</b>" not in answer.text
    assert "letters, digits" in messages(answer)
