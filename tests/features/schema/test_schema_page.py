"""A person sees what an endpoint takes and gives, how its entities differ, or why there is no schema."""

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.changes.support import until_ready

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def test_fields_types_and_an_example_are_on_the_page(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/schema").text
    for text in ("dataframe_split", "dataframe_records", "tenure_months", "integer · int64", "required", "predictions"):
        assert text in page, text
    assert 'id="churn-3.request.dataframe_records.dataframe_records[].age"' in page
    assert 'href="/api/v1/endpoints/churn/openapi"' in page


def test_another_served_entity_can_be_chosen(bob: httpx.Client) -> None:
    assert "support_calls" in bob.get("/endpoints/churn/schema?entity=churn-4").text


def test_breaking_and_safe_differences_are_marked(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn/schema?left=churn-3&right=churn-4").text
    assert "breaking difference" in page
    assert "is new and required." in page
    assert "Safe" in page


def test_the_served_entity_that_breaks_callers_is_shown_first(alice: httpx.Client, emulator: "Emulator") -> None:
    versions = {"three": "1", "again": "1", "next": "4", "bare": ""}
    entities = [
        {"name": name, "entity_name": "main.ml.churn" if version else "main.ml.no_signature"}
        | {"entity_version": version or "1", "workload_size": "Small", "scale_to_zero_enabled": False}
        for name, version in versions.items()
    ]
    routes = [{"served_model_name": name, "traffic_percentage": 25} for name in versions]
    made = httpx.post(
        f"{emulator.url}/api/2.0/serving-endpoints",
        headers={"Authorization": "Bearer dapi-alice"},
        json={"name": "four", "config": {"served_entities": entities, "traffic_config": {"routes": routes}}},
    )
    made.raise_for_status()
    until_ready(alice, "four")
    page = alice.get("/endpoints/four/schema").text
    assert "between three and next" in page
    assert "bare: no schema" in page
    assert "are equal" not in page
    assert "have equal schemas" in alice.get("/endpoints/four/schema?left=three&right=again").text
    assert "bare has no schema" in alice.get("/endpoints/four/playground?served_entity=bare").text


@pytest.mark.parametrize(
    ("endpoint", "says"),
    [
        ("company-gpt", "External models have no schema"),
        ("price-forecast", "The endpoint is stopped"),
        ("invoice-ocr", "The endpoint is not ready yet"),
    ],
)
def test_a_missing_schema_is_explained(alice: httpx.Client, endpoint: str, says: str) -> None:
    answer = alice.get(f"/endpoints/{endpoint}/schema")
    assert answer.status_code == 200
    assert says in answer.text


def test_a_schema_is_read_once_per_config_version(bob: httpx.Client, emulator: "Emulator") -> None:
    for _ in range(3):
        assert bob.get("/endpoints/wine-quality/schema").status_code in (200, 403, 404)
    seen = httpx.get(f"{emulator.url}/_emulator/requests").json()["requests"]
    assert len([one for one in seen if one["path"].endswith("/wine-quality/openapi")]) <= 1


def test_nobody_sees_the_schema_of_a_hidden_endpoint(charlie: httpx.Client) -> None:
    answer = charlie.get("/endpoints/churn/schema")
    assert answer.status_code in (403, 404)
    assert "tenure_months" not in answer.text
