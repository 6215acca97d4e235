"""One endpoint's page: what serves, what is tried, why it failed; nothing about what one may not see."""

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.endpoints.support import requests

if TYPE_CHECKING:
    from web.emulator.server import Emulator

PAGES = ("", "/status", "/entities", "/failure", "/run-as", "/delete")


def test_the_page_says_what_serves_and_how_traffic_is_split(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn").text
    for text in ("churn-3", "churn-4", "90 %", "10 %", "main.ml.churn", "version 4", "CPU Small", "always on",
                 "Config version 4", "Runs as", "bob@example.com", "CAN_MANAGE", "main.ml.churn_payload",
                 "ml-team@example.com", "/serving-endpoints/churn/invocations"):  # fmt: skip
        assert text in page, text
    assert "{{secrets/ml/tok}}" in page
    assert "data-live" not in page


def test_a_plain_environment_variable_is_never_shown(emulator: "Emulator", bob: httpx.Client) -> None:
    entity = emulator.world.endpoints["churn"].config.entities[0]  # type: ignore[union-attr]
    entity.spec["environment_vars"] = {"DB_PASSWORD": "hunter2-plain", "TOKEN": "{{secrets/ml/tok}}"}
    for part in ("", "/entities"):
        page = bob.get(f"/endpoints/churn{part}").text
        assert "DB_PASSWORD" in page
        assert "hunter2-plain" not in page


def test_what_serves_and_what_failed_are_two_facts(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/lead-scoring").text
    for text in ("Serving now", "Tried and failed", "Config version 3", "Config version 4", "Update failed", "Ready"):
        assert text in page, text
    assert 'hx-get="/endpoints/lead-scoring/failure"' in page


def test_a_failed_build_says_why_with_the_end_of_its_log(emulator: "Emulator", bob: httpx.Client) -> None:
    panel = bob.get("/endpoints/lead-scoring/failure").text
    assert "needs the Python package lightgbm" in panel
    assert "ModuleNotFoundError: No module named &#39;lightgbm&#39;" in panel
    assert "Collecting package metadata" not in panel
    asked = [r for r in requests(emulator) if r["path"].endswith("/build-logs")]
    assert ["config_version=4" in r["query"] for r in asked] == [True]


def test_a_first_deployment_that_failed_serves_nothing(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/invoice-ocr").text
    assert "Nothing serves: this was the first deployment." in page
    assert "ran out of memory" in bob.get("/endpoints/invoice-ocr/failure").text


def test_without_manage_the_build_log_is_not_asked_for(emulator: "Emulator", charlie: httpx.Client) -> None:
    emulator.world.endpoints["lead-scoring"].grants["group_name"]["users"] = "CAN_VIEW"
    panel = charlie.get("/endpoints/lead-scoring/failure").text
    assert "needs CAN_MANAGE" in panel
    assert "lightgbm" not in panel
    assert not [r for r in requests(emulator) if r["path"].endswith("/build-logs")]
    page = charlie.get("/endpoints/lead-scoring").text
    assert "CAN_VIEW" in page
    assert "Delete endpoint" not in page


def test_the_page_of_an_endpoint_without_config_says_so(bob: httpx.Client) -> None:
    assert "made without served entities" in bob.get("/endpoints/scratch").text


def test_a_stopped_endpoint_does_not_look_ready(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/price-forecast").text
    assert "This endpoint is stopped" in page
    assert "badge-success" not in page
    assert 'action="/endpoints/price-forecast/start"' in page


def test_a_hosted_endpoint_shows_only_what_applies(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/databricks-gpt-oss-120b").text
    assert "Databricks runs this endpoint for every workspace" in page
    for text in ("Delete endpoint", "Runs as", "Last changes", "AI Gateway</h3>"):
        assert text not in page, text
    assert bob.get("/endpoints/databricks-gpt-oss-120b/delete").status_code == 403


def test_a_creator_who_has_left_is_warned_about(bob: httpx.Client) -> None:
    assert "is not in this workspace any more" in bob.get("/endpoints/recommender/run-as").text
    assert "Still a member" in bob.get("/endpoints/churn/run-as").text
    assert "That is you." in (own := bob.get("/endpoints/churn").text)
    assert "/run-as" not in own, "nothing is to be looked up"
    assert "/run-as" in bob.get("/endpoints/recommender").text


def comparable(page: str) -> str:
    """A page without what is new in every answer: its nonce and the request's id."""
    return re.sub(r"[0-9a-f]{32}", "", re.sub(r'(nonce|name="csp-nonce" content)="[^"]*"', "", page))


@pytest.mark.parametrize("part", PAGES)
def test_a_hidden_endpoint_and_one_that_is_not_there_look_the_same(charlie: httpx.Client, part: str) -> None:
    hidden, absent = charlie.get(f"/endpoints/churn{part}"), charlie.get(f"/endpoints/shurn{part}")
    assert hidden.status_code == absent.status_code == 404
    assert comparable(hidden.text).replace("churn", "shurn") == comparable(absent.text)


@pytest.mark.parametrize(
    "name", ["..%2f..%2fclusters", "a%20b", "%3Cscript%3E", "a" * 70, "-x", "x%3Fy=1", "%F0%9F%98%80"]
)
def test_a_name_no_endpoint_can_have_never_reaches_the_workspace(
    emulator: "Emulator", bob: httpx.Client, name: str
) -> None:
    bob.get("/healthz")
    httpx.delete(f"{emulator.url}/_emulator/requests")
    for part in PAGES:
        assert bob.get(f"/endpoints/{name}{part}").status_code == 404
    assert [r for r in requests(emulator) if "/scim/" not in r["path"]] == []


def test_an_endpoint_named_like_another_page_can_still_be_opened(emulator: "Emulator", bob: httpx.Client) -> None:
    endpoint = emulator.world.endpoints.pop("churn")
    endpoint.name = "table"
    emulator.world.endpoints["table"] = endpoint
    assert 'href="/endpoints/table/overview"' in bob.get("/endpoints?q=table").text
    assert "Config version 4" in bob.get("/endpoints/table/overview").text


def test_enum_values_nobody_knows_yet_are_shown_as_they_are(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.switches.unknown_enums = True
    assert "UPDATE_PAUSED" in bob.get("/endpoints/churn").text
