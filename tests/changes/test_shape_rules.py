"""What is no object or list where the API has one is told at its place, before any other rule looks at it."""

from typing import Any

import pytest

from web.changes.checks import check
from web.changes.kinds import Change, Kind
from web.changes.shapes import misshapen

OBJECT_FIELDS = (
    "config", "traffic_config", "ai_gateway", "email_notifications", "telemetry_config", "external_model",
    "environment_vars", "guardrails", "usage_tracking_config", "inference_table_config", "fallback_config",
    "auto_capture_config", "table_names", "add",
)  # fmt: skip
LISTS_OF_OBJECTS = ("served_entities", "rate_limits", "access_control_list", "permissions", "tags")


@pytest.mark.parametrize("name", OBJECT_FIELDS)
def test_an_object_of_the_api_is_an_object(name: str) -> None:
    assert list(misshapen({name: {}})) == list(misshapen({name: None})) == []
    assert list(misshapen({name: []})) == [(name, f"'{name}' is an object.")]
    assert list(misshapen({"any": {"deep": [{name: "x"}]}})) == [(f"any.deep[0].{name}", f"'{name}' is an object.")]


@pytest.mark.parametrize("name", LISTS_OF_OBJECTS)
def test_a_list_of_the_api_is_a_list_of_objects(name: str) -> None:
    assert list(misshapen({name: [{"key": "k"}]})) == list(misshapen({name: []})) == []
    assert list(misshapen({name: {}})) == [(name, f"'{name}' is a list.")]
    assert list(misshapen({name: [{"key": "k"}, "x"]})) == [(f"{name}[1]", f"Each of '{name}' is an object.")]


def test_every_field_at_fault_is_told() -> None:
    body = {"none": None, "config": {"served_entities": [{"external_model": 1}, {"environment_vars": 2}]}, "tags": 3}
    assert [path for path, _ in misshapen(body)] == [
        "config.served_entities[0].external_model",
        "config.served_entities[1].environment_vars",
        "tags",
    ]


def test_names_that_people_choose_are_no_fields() -> None:
    for free in ("environment_vars", "add", "custom_provider_config"):
        assert list(misshapen({free: {"config": "text", "tags": 1}})) == []
    assert list(misshapen({"unknown": {"x": [1, [2], {"y": "z"}]}, "names": ["a"]})) == []


def test_a_split_is_an_object_by_name_in_a_change_of_traffic_and_a_list_in_a_config() -> None:
    assert list(misshapen({"routes": {"a": 100}})) == []
    assert list(misshapen({"routes": [{"a": 100}]})) == [("routes", "'routes' is an object.")]
    routes = "traffic_config.routes"
    assert list(misshapen({"traffic_config": {"routes": [{"served_entity_name": "a"}]}})) == []
    assert list(misshapen({"traffic_config": {"routes": {"a": 100}}})) == [(routes, "'routes' is a list.")]
    assert list(misshapen({"traffic_config": {"routes": ["a"]}})) == [
        (f"{routes}[0]", "Each of 'routes' is an object.")
    ]


def test_a_tag_is_named_by_a_text() -> None:
    assert list(misshapen({"delete": ["team"]})) == []
    for odd in ({"a": 1}, ["a"], 1, None):
        assert [path for path, _ in misshapen({"delete": ["team", odd]})] == ["delete[1]"]
    assert [path for path, _ in misshapen({"tags": [{"key": "k"}, {"value": "v"}, {"key": ["x"]}]})] == [
        "tags[1].key",
        "tags[2].key",
    ]


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        (Kind.TAGS, {"delete": [{"a": 1}]}, "delete[0]"),
        (Kind.CREATE, {"tags": [{"key": ["x"]}]}, "tags[0].key"),
        (Kind.RESTORE, {"tags": {"team": "growth"}}, "tags"),
        (Kind.RESTORE, {"config": {"traffic_config": {"routes": {"a": 1}}}}, "config.traffic_config.routes"),
        (Kind.TELEMETRY, {"telemetry_config": {"table_names": ["a.b.c"]}}, "telemetry_config.table_names"),
    ],
)
def test_what_has_the_wrong_shape_is_told_alone(kind: Kind, body: dict[str, Any], path: str) -> None:
    assert [found.path for found in check(Change(kind=kind, endpoint="-", body=body))] == [path]
