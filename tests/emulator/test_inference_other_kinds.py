"""Models of the workspace registry and feature specs answer too, and every demo endpoint does what its state says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.emulator.inference_support import ALICE, ask, chat, deploy, get
from web.emulator.models.tabular import TabularModel
from web.emulator.registry import WorkspaceModel, WorkspaceVersion

if TYPE_CHECKING:
    from web.emulator.server import Emulator


def test_a_workspace_registry_model_answers(emulator: Emulator) -> None:
    versions = [WorkspaceVersion("1", TabularModel(None, lambda row, params: row["a"] * 2))]
    emulator.world.registry.models["doubler"] = WorkspaceModel("doubler", "bob@example.com", versions=versions)
    deploy(emulator, "doubler", {"name": "doubler-1", "entity_name": "doubler", "entity_version": "1"})
    assert ask(emulator, "doubler", {"dataframe_records": [{"a": 21}]}).json() == {"predictions": [42]}


def test_a_feature_spec_gives_the_same_features_for_the_same_key(emulator: Emulator) -> None:
    emulator.world.registry.feature_specs.add("main.ml.customer_features")
    deploy(emulator, "features", {"name": "features", "entity_name": "main.ml.customer_features"}, kind="feature")
    rows = {"dataframe_records": [{"customer_id": 7}, {"customer_id": 8}, {"customer_id": 7}]}
    first, second, again = ask(emulator, "features", rows).json()["outputs"]
    assert first == again != second
    assert {"customer_id", "purchases_30d"} < set(first)


def _example(emulator: Emulator, name: str) -> Any:
    paths = get(emulator, f"/api/2.0/serving-endpoints/{name}/openapi", ALICE).json()["paths"]
    request = next(iter(paths.values()))["post"]["requestBody"]["content"]["application/json"]["schema"]
    return request.get("oneOf", [request])[0]["examples"][0]


def test_every_ready_endpoint_of_the_demo_answers(emulator: Emulator) -> None:
    emulator.world.switches.tokens_per_second = 0
    listed = get(emulator, "/api/2.0/serving-endpoints", ALICE).json()["endpoints"]
    ready = [emulator.world.find(endpoint["name"]) for endpoint in listed if endpoint["state"]["ready"] == "READY"]
    assert len(ready) >= 10
    for endpoint in ready:
        if endpoint.route_optimized:
            continue
        payload = chat("hello") if endpoint.kind == "external" else _example(emulator, endpoint.name)
        answer = ask(emulator, endpoint.name, payload, ALICE)
        assert answer.status_code == 200, (endpoint.name, answer.text)
