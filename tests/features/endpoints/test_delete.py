"""Stopping, starting and deleting: typed, reviewed, applied once, recorded."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.endpoints.support import listed, requests

if TYPE_CHECKING:
    from web.emulator.server import Emulator

REVIEW = re.compile(r"^/changes/review/([0-9a-f]{32})$")


def draft_of(answer: httpx.Response) -> str:
    """The draft that a form led to."""
    assert answer.status_code == 303, answer.text
    found = REVIEW.match(answer.headers["location"])
    assert found
    return found[1]


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def writes(emulator: "Emulator") -> list[tuple[str, str, str]]:
    """(method, path, user) of everything that was not a read."""
    return [(r["method"], r["path"], r["user"]) for r in requests(emulator) if r["method"] != "GET"]


def test_the_page_says_what_is_lost(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/delete").text
    for text in (
        "2 grants",
        "Version 4",
        "90 % churn-3",
        "3 tags",
        "history in this portal stays",
        "Type churn to confirm",
    ):
        assert text in page, text


def test_a_wrong_name_is_told_beside_the_field_and_nothing_is_sent(emulator: "Emulator", bob: httpx.Client) -> None:
    for typed in ("", "Churn", "churn2"):
        answer = bob.post("/endpoints/churn/delete", data={"confirm": typed})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert "field-error" in answer.text
    assert writes(emulator) == []


def test_deleting_goes_through_the_review_and_is_sent_once(emulator: "Emulator", bob: httpx.Client) -> None:
    fields = form_of(bob.get("/endpoints/churn-legacy/delete").text)
    assert fields["base_hash"]
    draft = draft_of(bob.post("/endpoints/churn-legacy/delete", data={**fields, "confirm": "churn-legacy"}))
    assert "Cannot be undone" in bob.get(f"/changes/review/{draft}").text
    assert writes(emulator) == []
    applied = bob.post("/changes", data={"draft": draft})
    assert (applied.status_code, applied.headers["location"]) == (303, "/endpoints")
    assert writes(emulator) == [("DELETE", "/api/2.0/serving-endpoints/churn-legacy", "bob@example.com")]
    assert "churn-legacy" not in listed(bob)
    assert bob.get("/endpoints/churn-legacy").status_code == 404
    audit = bob.get("/audit?endpoint=churn-legacy&kind=endpoint.delete").text
    assert "bob@example.com" in audit


def test_stopping_and_starting_go_through_the_review(emulator: "Emulator", bob: httpx.Client) -> None:
    draft = draft_of(bob.post("/endpoints/churn/stop"))
    assert bob.post("/changes", data={"draft": draft}).headers["location"] == "/endpoints/churn"
    page = bob.get("/endpoints/churn").text
    assert "This endpoint is stopped" in page
    assert "endpoint.stop" in page
    draft = draft_of(bob.post("/endpoints/churn/start"))
    assert bob.post("/changes", data={"draft": draft}).status_code == 303
    assert [path.rpartition("/")[2] for _, path, _ in writes(emulator)] == ["config:stop", "config:start"]


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("company-gpt", "rate limit of 0"),
        ("llama-8b-throughput", "billed while it exists"),
        ("databricks-gpt-oss-120b", "paid per token"),
        ("scratch", "no config yet"),
    ],
)
def test_a_kind_that_cannot_be_stopped_says_what_to_do_instead(
    emulator: "Emulator", alice: httpx.Client, name: str, instead: str
) -> None:
    answer = alice.post(f"/endpoints/{name}/stop")
    assert answer.status_code == 409
    assert instead in answer.text
    assert writes(emulator) == []


def test_stopping_twice_sends_one_request_and_says_that_it_is_stopped(emulator: "Emulator", bob: httpx.Client) -> None:
    twice = draft_of(bob.post("/endpoints/churn/stop"))
    other_tab = draft_of(bob.post("/endpoints/churn/stop"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda draft: bob.post("/changes", data={"draft": draft}), [twice, twice]))
    assert [a.status_code for a in answers] == [303, 303]
    assert len(writes(emulator)) == 1
    assert "The endpoint is stopped already." in bob.get(f"/changes/review/{other_tab}").text
    assert bob.post("/changes", data={"draft": other_tab}).status_code == 409
    assert len(writes(emulator)) == 1


def test_somebody_who_cannot_see_it_cannot_stop_start_or_delete_it(emulator: "Emulator", charlie: httpx.Client) -> None:
    for act in ("delete", "stop", "start"):
        assert charlie.post(f"/endpoints/churn/{act}", data={"confirm": "churn"}).status_code == 404
    assert writes(emulator) == []


def test_somebody_who_may_only_query_cannot_delete(emulator: "Emulator", charlie: httpx.Client) -> None:
    assert charlie.get("/endpoints/wine-quality/delete").status_code == 403
    assert charlie.post("/endpoints/wine-quality/delete", data={"confirm": "wine-quality"}).status_code == 403
    assert writes(emulator) == []


def test_an_outcome_nobody_knew_is_settled_by_opening_the_page(emulator: "Emulator", bob: httpx.Client) -> None:
    order = {"match": {"method": "POST", "path": "/api/2.0/serving-endpoints/*/config:stop"}, "fault": "drop_reply"}
    httpx.post(f"{emulator.url}/_emulator/faults", json=[order]).raise_for_status()
    draft = draft_of(bob.post("/endpoints/churn/stop"))
    answer = bob.post("/changes", data={"draft": draft})
    operation = answer.headers["location"].rpartition("/")[2]
    page = bob.get("/endpoints/churn").text
    assert "This endpoint is stopped" in page
    assert "whether a change of this endpoint" not in page
    assert bob.get(f"/api/v1/changes/{operation}").json()["operation"]["outcome"] == "success"
