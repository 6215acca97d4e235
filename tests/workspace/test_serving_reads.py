"""Reading endpoints: nothing lost, nobody's endpoint shown to others, refusals with their true status."""

from typing import Any

import pytest

from tests.workspace.conftest import MODEL, Backdoor
from web.errors import Forbidden, NotFound, PortalError
from web.workspace import serving
from web.workspace.client import Workspace

CUSTOM = {
    "served_entities": [
        {
            "name": "plain-1",
            "entity_name": MODEL,
            "entity_version": "1",
            "workload_size": "Small",
            "scale_to_zero_enabled": False,
        }
    ]
}


def test_an_endpoint_is_read_whole(backdoor: Backdoor, bob_sees: Workspace) -> None:
    raw = backdoor.endpoint("chat")
    assert serving.get_endpoint(bob_sees, "chat") == raw
    assert raw["state"]["suspend"], "a field the SDK drops"


def test_the_typed_rows_say_the_same_as_the_raw_listing(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.endpoint("chat")
    raw = {e["name"]: e for e in serving.list_endpoints(bob_sees)}
    rows = {row.name: row for row in serving.list_rows(bob_sees)}
    assert set(raw) == set(rows)
    for name, row in rows.items():
        assert row.id == raw[name].get("id")
        assert row.creation_timestamp == raw[name].get("creation_timestamp")
        assert row.ready == raw[name]["state"]["ready"]
        assert [t.key for t in row.tags or []] == [t["key"] for t in raw[name].get("tags") or []]
        assert serving.kind_of(row) == serving.kind_of(raw[name])
    assert serving.kind_of(rows["chat"]) == "external"
    assert rows["chat"].served_entities[0].external_model is not None
    assert rows["chat"].served_entities[0].external_model.provider == "openai"


def test_a_custom_endpoint_has_logs_of_its_build_and_its_replicas(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.endpoint("plain", CUSTOM)
    assert serving.kind_of(serving.get_endpoint(bob_sees, "plain")) == "custom"
    assert serving.build_logs(bob_sees, "plain", "plain-1")
    assert serving.build_logs(bob_sees, "plain", "plain-1", config_version=1)
    assert isinstance(serving.service_logs(bob_sees, "plain", "plain-1"), str)
    assert backdoor.requests()[-2]["query"] == "config_version=1"


def test_metrics_are_prometheus_text(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.endpoint("plain", CUSTOM)
    assert "# TYPE request_count_total gauge" in serving.metrics(bob_sees, "plain")


def test_the_openapi_document_of_an_endpoint_without_a_signature_is_refused(
    backdoor: Backdoor, bob_sees: Workspace
) -> None:
    backdoor.endpoint("plain", CUSTOM)
    with pytest.raises(PortalError) as refused:
        serving.openapi(bob_sees, "plain")
    assert 400 <= refused.value.status < 500


def test_permissions_are_asked_by_id(backdoor: Backdoor, bob_sees: Workspace) -> None:
    endpoint = backdoor.endpoint("chat")
    grants = serving.permissions(bob_sees, endpoint["id"])["access_control_list"]
    assert any(grant.get("user_name") == "bob@example.com" for grant in grants)
    levels = {level["permission_level"] for level in serving.permission_levels(bob_sees, endpoint["id"])}
    assert levels == {"CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"}


def test_a_model_that_cannot_be_provisioned_says_so(backdoor: Backdoor, bob_sees: Workspace) -> None:
    assert serving.optimization_info(bob_sees, MODEL, "1")["optimizable"] is False


def test_charlie_does_not_learn_of_bobs_endpoint(backdoor: Backdoor, charlie_sees: Workspace) -> None:
    endpoint = backdoor.endpoint("chat")
    assert "chat" not in {row.name for row in serving.list_rows(charlie_sees)}
    for ask in (
        lambda: serving.get_endpoint(charlie_sees, "chat"),
        lambda: serving.metrics(charlie_sees, "chat"),
        lambda: serving.permissions(charlie_sees, endpoint["id"]),
    ):
        with pytest.raises((Forbidden, NotFound)):
            ask()


@pytest.mark.parametrize(
    "name", ["a/../b", "..", "a?b", "a#b", "a%2f..", "a b", "", "g" * 64, "-a", "a\n", "é", "a/b", "a\x00"]
)
def test_a_name_no_endpoint_can_have_is_never_sent(backdoor: Backdoor, bob_sees: Workspace, name: str) -> None:
    backdoor.forget()
    for ask in (
        lambda: serving.get_endpoint(bob_sees, name),
        lambda: serving.openapi(bob_sees, name),
        lambda: serving.build_logs(bob_sees, "chat", name + "/../x"),
        lambda: serving.permissions(bob_sees, name),
        lambda: serving.optimization_info(bob_sees, name + "/../x", "1"),
        lambda: serving.optimization_info(bob_sees, MODEL, "1/../" + name),
    ):
        with pytest.raises(NotFound):
            ask()
    assert backdoor.requests() == []


def kind(raw: dict[str, Any]) -> str:
    """The kind of an endpoint with these fields."""
    return serving.kind_of({"name": "x", "id": "a" * 32, **raw})


def test_the_kind_comes_from_what_is_served() -> None:
    def serves(**entity: Any) -> dict[str, Any]:
        return {"config": {"served_entities": [{"name": "e", **entity}]}}

    assert kind(serves(entity_name="main.ml.churn", entity_version="3")) == "custom"
    assert kind(serves(entity_name="churn", entity_version="3")) == "custom"
    assert kind(serves(external_model={"provider": "brand-new", "name": "m"})) == "external"
    assert kind({**serves(entity_name="system.ai.llama", entity_version="1"), "id": None}) == "foundation"
    assert kind({**serves(foundation_model={"name": "llama"}), "name": "databricks-llama"}) == "foundation"
    assert kind(serves(entity_name="system.ai.llama", entity_version="1")) == "provisioned"
    assert kind(serves(entity_name="main.ml.llama", entity_version="1", provisioned_model_units=50)) == "provisioned"
    assert (
        kind(serves(entity_name="main.ml.llama", entity_version="1", max_provisioned_throughput=980)) == "provisioned"
    )
    assert kind(serves(entity_name="main.ml.features")) == "feature"
    assert kind({}) == "empty"
    assert kind({"endpoint_type": "EXTERNAL_MODEL"}) == "external"
    assert (
        kind({"config": "nonsense", "pending_config": serves(entity_name="a.b.c", entity_version="1")["config"]})
        == "custom"
    )


def test_an_unconfigured_endpoint_is_empty(backdoor: Backdoor, bob_sees: Workspace) -> None:
    backdoor.api("POST", "/api/2.0/serving-endpoints", {"name": "bare"})
    assert serving.kind_of(serving.get_endpoint(bob_sees, "bare")) == "empty"
