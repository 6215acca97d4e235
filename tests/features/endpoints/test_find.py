"""Finding an endpoint: everything one may see, narrowed by search, filters, sorting and pages kept in the address."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.endpoints.support import counts, listed, names, requests

if TYPE_CHECKING:
    from web.emulator.server import Emulator


@pytest.fixture
def fleet(emulator: "Emulator") -> "Iterator[Emulator]":
    """A workspace with 2,000 endpoints."""
    emulator.world.seed = "fleet:2000"
    emulator.world.reset()
    yield emulator
    emulator.world.seed = "demo"


@pytest.fixture
def nothing(emulator: "Emulator") -> "Iterator[Emulator]":
    """A workspace without any endpoint."""
    emulator.world.seed = "empty"
    emulator.world.reset()
    emulator.world.endpoints.clear()
    yield emulator
    emulator.world.seed = "demo"


def test_the_portal_starts_with_the_endpoints(bob: httpx.Client) -> None:
    answer = bob.get("/")
    assert answer.status_code in (302, 303, 307)
    assert answer.headers["location"] == "/endpoints"


def test_the_list_shows_everything_the_person_may_see(alice: httpx.Client, bob: httpx.Client) -> None:
    everything, his = listed(alice), listed(bob)
    assert everything == sorted(everything)
    assert set(his) < set(everything)
    assert {"churn", "wine-quality", "databricks-gpt-oss-120b"} <= set(his)
    assert "credit-risk" not in his


def test_somebody_in_no_group_sees_only_what_is_shared_with_everybody(charlie: httpx.Client) -> None:
    page = charlie.get("/endpoints").text
    assert "wine-quality" in names(page)
    assert all(name == "wine-quality" or name.startswith("databricks-") for name in names(page))
    assert "churn" not in page


def test_search_looks_into_names_models_people_and_tags(bob: httpx.Client) -> None:
    assert listed(bob, "q=FRAUD") == ["fraud-realtime"]
    assert listed(bob, "q=churn+v4") == ["churn"]
    assert listed(bob, "q=dana@example.com") == ["recommender"]
    assert listed(bob, "q=cost-center:4711") == ["churn"]


def test_filters_narrow_by_kind_state_task_creator_and_tag(bob: httpx.Client) -> None:
    assert listed(bob, "kind=agent") == ["research-agent", "support-agent"]
    assert listed(bob, "state=stopped") == ["price-forecast"]
    assert {"invoice-ocr", "lead-scoring"} <= set(listed(bob, "state=update_failed"))
    assert "databricks-gte-large-en" in listed(bob, "task=llm%2Fv1%2Fembeddings")
    assert listed(bob, "creator=dana%40example.com") == ["recommender"]
    assert listed(bob, "tag=team%3A+growth&kind=custom") == ["churn", "recommender"]


def test_what_failed_or_is_not_ready_is_one_click_away(bob: httpx.Client) -> None:
    page = bob.get("/endpoints?state=attention").text
    assert {"invoice-ocr", "lead-scoring", "scratch"} <= set(names(page))
    assert "churn" not in names(page)
    assert counts(page)["Failed or not ready"] == len(names(page))


def test_the_quick_filters_count_under_the_search(bob: httpx.Client) -> None:
    page = bob.get("/endpoints?q=databricks-").text
    assert counts(page)["All"] == counts(page)["Foundation models"] == len(names(page))
    assert counts(page)["Custom models"] == 0


def test_columns_sort_both_ways_and_say_so(bob: httpx.Client) -> None:
    page = bob.get("/endpoints?sort=-name").text
    assert names(page) == sorted(names(page), reverse=True)
    assert 'aria-sort="descending"' in page
    assert listed(bob, "sort=state")[0] in ("image-tags", "invoice-ocr", "lead-scoring")


def test_only_values_that_occur_are_offered(charlie: httpx.Client) -> None:
    page = charlie.get("/endpoints").text
    assert "purpose: training" in page
    assert "team: growth" not in page
    assert "bob@example.com" not in page


def test_filtering_moves_the_address_and_the_live_refresh_does_not(bob: httpx.Client) -> None:
    answer = bob.get("/endpoints/table?q=churn&kind=custom&page=1")
    assert answer.headers["hx-replace-url"] == "/endpoints?q=churn&kind=custom"
    assert answer.text.lstrip().startswith('<div id="endpoints-table"')
    assert "hx-replace-url" not in bob.get("/endpoints/table?q=churn&live=1").headers


def test_nonsense_in_the_address_shows_a_list_nevertheless(bob: httpx.Client) -> None:
    answer = bob.get("/endpoints?page=-7&sort=%3Cscript%3E&kind=%22%3E&state=x&q=%F0%9F%98%80")
    assert answer.status_code == 200
    assert "No endpoint matches" in answer.text
    assert '<script>"' not in answer.text
    assert listed(bob, "page=99999") == listed(bob)


def test_an_empty_workspace_says_what_to_do(nothing: "Emulator", bob: httpx.Client) -> None:
    page = bob.get("/endpoints").text
    assert "No endpoints yet" in page
    assert 'href="/endpoints/new"' in page


def test_two_thousand_endpoints_come_in_pages_of_fifty(fleet: "Emulator", alice: httpx.Client) -> None:
    first, second = alice.get("/endpoints").text, alice.get("/endpoints?page=2").text
    assert len(names(first)) == len(names(second)) == 50
    assert not set(names(first)) & set(names(second))
    assert "of 2\u202f000 endpoints" in first
    assert (
        counts(first)["All"]
        == 2000
        == sum(v for k, v in counts(first).items() if k not in ("All", "Failed or not ready"))
    )
    last = alice.get("/endpoints?page=40")
    assert len(names(last.text)) == 50
    assert alice.get("/endpoints?q=01999").text.count("cell-title") == 1


def test_a_page_costs_one_question_to_the_workspace(fleet: "Emulator", alice: httpx.Client) -> None:
    alice.get("/endpoints")
    httpx.delete(f"{fleet.url}/_emulator/requests")
    alice.get("/endpoints?page=3&sort=-updated&state=ready")
    assert [r["path"] for r in requests(fleet)] == ["/api/2.0/serving-endpoints"]
