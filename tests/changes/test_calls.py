"""Which requests each kind of change becomes, word for word: a PUT replaces everything, so nothing may be missing."""

from typing import Any

import pytest

from tests.changes.spell_cases import HEX, change, entity, live
from web.changes.calls import calls_for, uses_model_units
from web.changes.fields import READ_ONLY_ENTITY

API = "/api/2.0/serving-endpoints"
RIGHTS = "/api/2.0/permissions/serving-endpoints"
UNITS = {"name": "u", "entity_name": "system.ai.llama", "entity_version": "1", "provisioned_model_units": 50}
EDITOR = (
    "entity_name", "entity_version", "workload_type", "workload_size", "scale_to_zero_enabled", "environment_vars",
    "external_model", "instance_profile_arn", "min_provisioned_throughput", "max_provisioned_throughput",
    "min_provisioned_concurrency", "max_provisioned_concurrency", "provisioned_model_units", "burst_scaling_enabled",
)  # fmt: skip
GRANT = {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}


def sent(kind: str, body: dict[str, Any] | None = None, now: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """Method, path and body of each request."""
    return [(call.method, call.path, call.body) for call in calls_for(change(kind, body), now)]


def split(**shares: int) -> dict[str, Any]:
    """The traffic of a config."""
    return {"routes": [{"served_entity_name": name, "traffic_percentage": share} for name, share in shares.items()]}


def served(*entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A live endpoint with these entities."""
    return live(config={"config_version": 3, "served_entities": list(entities), **more})


def test_a_new_endpoint_is_created_and_its_grants_follow() -> None:
    body = {"config": {"served_entities": [entity()]}, "tags": [], "name": "another"}
    created = ("POST", API, {"name": "churn", "config": body["config"], "tags": []})
    assert sent("endpoint.create", body) == [created]
    grants = ("PATCH", RIGHTS + "/{id}", {"access_control_list": [GRANT]})
    assert sent("endpoint.create", {**body, "permissions": [GRANT]}) == [created, grants]
    assert sent("endpoint.create", {}) == [("POST", API, {"name": "churn"})]


def test_model_units_have_an_address_of_their_own() -> None:
    config = {"served_entities": [UNITS]}
    assert sent("endpoint.create", {"config": config}) == [("POST", f"{API}/pt", {"name": "churn", "config": config})]
    ((method, path, body),) = sent("config.update", {**config, "traffic_config": split(u=100)}, served(UNITS))
    assert (method, path) == ("PUT", f"{API}/pt/churn/config")
    assert body == {"config": {**config, "traffic_config": split(u=100)}}
    assert uses_model_units({"served_entities": [entity(), UNITS]})
    assert not uses_model_units({"served_entities": [entity(), {"provisioned_model_units": None}, "odd"]})
    assert not uses_model_units({})


def test_a_config_is_sent_whole() -> None:
    now = served({**entity("a"), "state": {}}, auto_capture_config={"enabled": True}, traffic_config=split(a=100))
    wanted = {"served_entities": [entity("a", "4"), entity("b")], "x_new": 1, "traffic_config": split(a=50, b=50)}
    assert sent("config.update", wanted, now) == [
        ("PUT", f"{API}/churn/config", {**wanted, "auto_capture_config": {"enabled": True}})
    ]
    ((_, _, kept),) = sent("config.update", {"served_entities": [entity("a")]}, now)
    assert kept["traffic_config"] == split(a=100), "an edit that does not speak of traffic leaves it"
    ((_, _, bare),) = sent("config.update", {}, None)
    assert bare == {"served_entities": [], "traffic_config": {"routes": []}}


@pytest.mark.parametrize("field", EDITOR)
def test_a_field_that_the_editor_shows_goes_when_it_is_left_out(field: str) -> None:
    ((_, _, body),) = sent("config.update", {"served_entities": [{"name": "a"}]}, served({"name": "a", field: "x"}))
    assert body["served_entities"] == [{"name": "a"}]


def test_a_field_that_nobody_here_knows_stays_with_its_entity() -> None:
    owned = dict.fromkeys(READ_ONLY_ENTITY, 1)
    now = served({"name": "a", "x_new": {"deep": 1}, **owned}, {"name": "b", "x_other": 2})
    ((_, _, body),) = sent("config.update", {"served_entities": [{"name": "a"}, {"name": "c"}, {}]}, now)
    assert body["served_entities"] == [{"name": "a", "x_new": {"deep": 1}}, {"name": "c"}, {}]
    nameless = served({"x_new": 1, "entity_name": "m"})
    ((_, _, body),) = sent("config.update", {"served_entities": [{"entity_name": "m"}]}, nameless)
    assert body["served_entities"] == [{"entity_name": "m", "x_new": 1}]


def test_a_shift_of_traffic_changes_the_shares_and_nothing_else() -> None:
    routes = [{"served_model_name": "a", "traffic_percentage": 100, "x_new": 1}]
    now = served(entity("a"), entity("b"), traffic_config={"routes": routes, "x_more": 2})
    ((method, path, body),) = sent("traffic.update", {"routes": {"a": 90, "b": 10}}, now)
    assert (method, path) == ("PUT", f"{API}/churn/config")
    first, second = body["traffic_config"]["routes"]
    assert first == {"served_entity_name": "a", "traffic_percentage": 90, "x_new": 1}
    assert second == {"served_entity_name": "b", "traffic_percentage": 10}
    assert (body["served_entities"], body["traffic_config"]["x_more"]) == ([entity("a"), entity("b")], 2)
    ((_, _, none),) = sent("traffic.update", {}, served(entity("a")))
    assert none["traffic_config"] == {"routes": []}
    says = [calls_for(change(kind), now)[0].says for kind in ("traffic.update", "config.update")]
    assert says == ["Shift traffic", "Replace the config (entities and traffic)"]


def test_the_small_changes_are_one_request_each() -> None:
    assert sent("endpoint.delete") == [("DELETE", f"{API}/churn", None)]
    assert sent("endpoint.stop") == [("POST", f"{API}/churn/config:stop", {})]
    assert sent("endpoint.start") == [("POST", f"{API}/churn/config:start", {})]
    gateway = {"usage_tracking_config": {"enabled": True}}
    assert sent("gateway.update", gateway) == [("PUT", f"{API}/churn/ai-gateway", gateway)]
    told = {"email_notifications": {"on_update_failure": ["a@b.c"]}}
    assert sent("notifications.update", told) == [("PATCH", f"{API}/churn/notifications", told)]
    telemetry = {"telemetry_config": {"telemetry_profile_id": "p"}}
    assert sent("telemetry.update", telemetry) == [("PATCH", f"{API}/churn/telemetry-config", telemetry)]
    assert sent("telemetry.update", {"telemetry_config": {}}) == [("PATCH", f"{API}/churn/telemetry-config", {})]
    attached = sent("app.attach", {"app": "an-app", "resource_key": "key", "permission": "CAN_QUERY"}, live())
    assert [(method, path) for method, path, _ in attached] == [("POST", "/api/2.0/apps/an-app/update")]


def test_only_tags_that_are_there_are_deleted() -> None:
    add = {"add": {"k": "v"}, "delete": ["team", "gone"]}
    tags = {"add_tags": [{"key": "k", "value": "v"}], "delete_tags": ["team"]}
    assert sent("tags.update", add, live()) == [("PATCH", f"{API}/churn/tags", tags)]
    ((_, _, unseen),) = sent("tags.update", add, None)
    assert unseen["delete_tags"] == ["team", "gone"], "nobody knows what is there"
    ((_, _, none),) = sent("tags.update", {}, live())
    assert none == {"add_tags": [], "delete_tags": []}


def test_direct_grants_are_replaced_by_the_id_of_the_endpoint() -> None:
    wanted = {"access_control_list": [GRANT]}
    assert sent("permissions.update", wanted, live()) == [("PUT", f"{RIGHTS}/{HEX}", wanted)]
    assert sent("permissions.update", {}, live()) == [("PUT", f"{RIGHTS}/{HEX}", {"access_control_list": []})]
    assert sent("permissions.update", wanted)[0][1] == RIGHTS + "/{id}"


def test_going_back_sends_each_part_that_differs_and_no_other() -> None:
    gateway, notify = {"usage_tracking_config": {"enabled": True}}, {"on_update_failure": ["a@b.c"]}
    now = live(ai_gateway=gateway, email_notifications=notify, access_control_list=[GRANT])
    config = {"served_entities": [entity()], "traffic_config": split(**{"churn-3": 100})}
    same = {
        "config": config, "tags": [{"key": "team", "value": "growth"}], "ai_gateway": gateway,
        "email_notifications": notify, "permissions": [GRANT],
    }  # fmt: skip
    assert sent("endpoint.restore", same, now) == sent("endpoint.restore", {}, now) == []

    def back(**part: Any) -> list[tuple[Any, ...]]:
        return sent("endpoint.restore", {**same, **part}, now)

    older = {**config, "served_entities": [entity("churn-3", "2")]}
    assert back(config=older) == [("PUT", f"{API}/churn/config", older)]
    assert back(ai_gateway={}) == [("PUT", f"{API}/churn/ai-gateway", {})]
    assert back(email_notifications={}) == [("PATCH", f"{API}/churn/notifications", {"email_notifications": {}})]
    viewer = {**GRANT, "permission_level": "CAN_VIEW"}
    assert back(permissions=[viewer]) == [("PUT", f"{RIGHTS}/{HEX}", {"access_control_list": [viewer]})]
    assert back(permissions=[]) == [], "permissions that were not on record stay"
    every = back(config=older, tags=[], ai_gateway={}, email_notifications={}, permissions=[viewer])
    assert [method for method, _, _ in every] == ["PUT", "PATCH", "PUT", "PATCH", "PUT"]
    says = calls_for(change("endpoint.restore", {"config": older}), now)[0].says
    assert says == "Replace the config (entities and traffic)"


def test_going_back_adds_and_deletes_only_the_tags_that_differ() -> None:
    now = live(tags=[{"key": "same", "value": "1"}, {"key": "other", "value": "1"}, {"key": "new", "value": "1"}])
    wanted = [{"key": "same", "value": "1"}, {"key": "other", "value": "2"}, {"key": "gone", "value": "3"}]
    tags = {
        "add_tags": [{"key": "other", "value": "2"}, {"key": "gone", "value": "3"}],
        "delete_tags": ["new"],
    }
    assert sent("endpoint.restore", {"tags": wanted}, now) == [("PATCH", f"{API}/churn/tags", tags)]


def test_grants_come_back_where_there_are_none_now() -> None:
    ((method, _, body),) = sent("endpoint.restore", {"permissions": [GRANT]}, live())
    assert (method, body) == ("PUT", {"access_control_list": [GRANT]})
