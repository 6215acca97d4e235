"""The field registry by small examples: what is never sent, how far a field reaches, what the workspace sets itself."""

from typing import Any

import pytest

from tests.changes.lost import config, entity, live, routes, tags
from web.changes.fields import (
    BLAST_ORDER,
    ITEM_KEYS,
    current_config,
    editable,
    is_default,
    lineage,
    reach_of,
    route_name,
    tags_of,
    writable_config,
    writable_entity,
    writable_route,
)


@pytest.mark.parametrize(
    ("reach", "paths"),
    [
        (
            "rollout",
            """config config.served_entities[a] config.served_entities[a].workload_size config.x_new
            config.traffic_config config.traffic_config.routes[a] config.traffic_config.routes[a].traffic_percentage""",
        ),
        (
            "instant",
            """tags tags[team] tags[team].value ai_gateway ai_gateway.rate_limits[endpoint].calls suspended
            email_notifications email_notifications.on_update_failure telemetry_config telemetry_config.table_names
            access_control_list[bob] access_control_list[bob].permission_level resources[model] x_new x.y[z]""",
        ),
        (
            "recreate",
            """name description route_optimized budget_policy_id config.auto_capture_config
            config.auto_capture_config.catalog_name""",
        ),
    ],
)
def test_how_far_a_change_of_a_field_reaches(reach: str, paths: str) -> None:
    assert {path: reach_of(path) for path in paths.split()} == dict.fromkeys(paths.split(), reach)


def test_the_places_that_are_known_have_a_reach_of_their_own_and_the_furthest_comes_last() -> None:
    reaches = {
        path: lineage(path)[0].reach
        for path in ("config", "config.served_entities[a]", "config.traffic_config.routes[a]", "tags[a]", "ai_gateway")
    }
    assert list(reaches.values()) == ["rollout", "rollout", "rollout", "instant", "instant"]
    more = ("email_notifications", "telemetry_config", "access_control_list[a]", "resources[a]", "suspended")
    assert {lineage(path)[0].reach for path in more} == {"instant"}
    assert BLAST_ORDER == ("none", "instant", "rollout", "recreate", "destroy")


def test_a_field_is_known_with_all_that_it_lies_in() -> None:
    found = lineage("config.served_entities[a.b].burst_scaling_enabled")
    assert [field.path for field in found] == [
        "config.served_entities[].burst_scaling_enabled",
        "config.served_entities[]",
        "config",
    ]
    assert [field.path for field in lineage("tags[]")] == ["tags[]"]
    assert lineage("x_new") == ()


def test_lists_without_order_and_what_names_their_items() -> None:
    assert ITEM_KEYS == {
        "served_entities": ("name",),
        "routes": ("served_entity_name", "served_model_name"),
        "tags": ("key",),
        "rate_limits": ("key", "principal"),
        "access_control_list": ("user_name", "group_name", "service_principal_name"),
        "resources": ("name",),
    }


def test_what_the_workspace_takes_and_never_shows() -> None:
    hidden = ("budget_policy_id", "config.served_entities[a].burst_scaling_enabled", "telemetry_config.table_names")
    assert [lineage(path)[0].write_only for path in hidden] == [True] * 3
    assert not any(field.write_only for path in ("tags[a]", "name", "config.config_version") for field in lineage(path))
    fixed = ("name", "description", "route_optimized", "budget_policy_id", "config.auto_capture_config")
    assert all(lineage(path)[0].immutable and lineage(path)[0].note for path in fixed)


@pytest.mark.parametrize(
    ("path", "value", "default"),
    [
        ("served_entities[a].workload_size", "Small", True),
        ("served_entities[a].workload_size", "Large", False),
        ("config.served_entities[a].workload_size", "Small", True),
        ("config.served_entities[a].workload_type", "CPU", True),
        ("config.served_entities[a].workload_type", "GPU_SMALL", False),
        ("served_entities[a].entity_version", None, False),
        ("served_entities[a]", None, False),
        ("tags[a]", "Small", False),
        ("x_new", None, False),
        ("workload_size", "Small", False),
    ],
)
def test_what_the_workspace_sets_where_nothing_is_given(path: str, value: Any, default: bool) -> None:
    assert is_default(path, value) is default


def test_what_the_workspace_owns_is_never_sent_and_what_nobody_knows_is() -> None:
    owned = ("state", "creator", "creation_timestamp", "foundation_model", "type", "min_dbus", "max_dbus")
    assert writable_entity({**entity(x_new=1), **dict.fromkeys(owned, 1)}) == entity(x_new=1)
    assert writable_entity(entity(burst_scaling_enabled=True))["burst_scaling_enabled"] is True
    shown = {
        "config_version": 3,
        "start_time": 1,
        "served_models": [{"name": "old"}],
        "served_entities": [{**entity(), "state": {}}],
        "traffic_config": {**routes(a=100), "x_new": 2},
        "auto_capture_config": {"enabled": True, "state": {"payload_table": {}}},
        "x_new": 1,
    }
    assert writable_config(shown) == {
        "served_entities": [entity()],
        "traffic_config": {**routes(a=100), "x_new": 2},
        "auto_capture_config": {"enabled": True},
        "x_new": 1,
    }
    assert writable_config({}) == {"served_entities": [], "traffic_config": {"routes": []}}
    assert writable_config({"auto_capture_config": None})["auto_capture_config"] is None


def test_a_route_goes_by_the_name_of_its_served_entity() -> None:
    both = {"served_model_name": "old", "served_entity_name": "a", "traffic_percentage": 1}
    assert writable_route(both) == {"served_entity_name": "a", "traffic_percentage": 1}
    assert writable_route({"served_model_name": "old", "x_new": 1}) == {"served_entity_name": "old", "x_new": 1}
    assert [route_name(both), route_name({"served_model_name": "old"}), route_name({})] == ["a", "old", ""]


def test_tags_are_a_mapping_whatever_they_lack() -> None:
    shown = [{"key": "a", "value": "1"}, {"key": "b"}, {"key": "c", "value": None}, {"value": "x"}, "key"]
    assert tags_of({"tags": shown}) == {"a": "1", "b": "", "c": ""}
    assert tags_of({"tags": None}) == tags_of({}) == {}


def test_an_edit_begins_from_what_serves_else_from_what_is_tried() -> None:
    one, other = {"config_version": 1}, {"config_version": 2}
    assert current_config({"config": one, "pending_config": other}) == one
    assert current_config({"config": {}, "pending_config": other}) == other
    assert current_config({}) == current_config({"config": "x"}) == {}


def test_what_a_person_can_edit_of_an_endpoint() -> None:
    mail, gateway = {"on_update_failure": ["x"]}, {"usage_tracking_config": {"enabled": True}}
    shown = live(**tags(b="2", a="1"), ai_gateway=gateway, email_notifications=mail, state={"suspend": "STOPPED"})
    assert editable(shown) == {
        "config": config(),
        "tags": tags(a="1", b="2")["tags"],
        "ai_gateway": gateway,
        "email_notifications": mail,
        "suspended": True,
        "id": shown["id"],
    }
    bare = {"config": {}, "tags": [], "ai_gateway": {}, "email_notifications": {}, "suspended": False, "id": None}
    assert editable({}) == editable({"state": None, "ai_gateway": None, "email_notifications": None}) == bare
