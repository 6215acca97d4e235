"""Going back by small examples: what comes back as it was, what the live endpoint lends, what is told as lost."""

from typing import Any

import pytest

from web.changes.kinds import Kind
from web.changes.restore import restore

MARK = {"redacted": True, "fp": "0a1b2c3d"}
REFERENCE = "{{secrets/s/k}}"
GRANT = {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}


def entity(**more: Any) -> dict[str, Any]:
    return {"name": "a", "entity_name": "main.ml.a", "entity_version": "1", **more}


def version(*entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    config = {"served_entities": list(entities or [entity()]), "auto_capture_config": {"enabled": True}}
    grants = {"access_control_list": [{**GRANT, "group_name": "", "inherited": False}]}
    return {"name": "x", "id": "1", "config": config, "tags": [{"key": "k", "value": "v"}], **grants, **more}


def test_an_endpoint_that_is_there_gets_every_part_back() -> None:
    found = restore("x", version(), version(entity(entity_version="2")))
    assert (found.change.kind, found.change.endpoint, found.lost) == (Kind.RESTORE, "x", ())
    body = found.change.body
    assert body["config"]["served_entities"] == [entity()]
    assert body["config"]["auto_capture_config"] == {"enabled": True}
    assert (body["tags"], body["permissions"]) == ([{"key": "k", "value": "v"}], [GRANT])
    assert (body["ai_gateway"], body["email_notifications"]) == ({}, {})


def test_permissions_that_were_not_on_record_stay_as_they_are() -> None:
    found = restore("x", version(access_control_list=[]), version())
    assert "permissions" not in found.change.body
    assert len(found.lost) == 1
    assert "Permissions were not on record" in found.lost[0]


def test_grants_of_people_groups_and_programs_come_back() -> None:
    others = [{"group_name": "users"}, {"service_principal_name": "sp-1"}]
    grants = [GRANT, *({**who, "permission_level": "CAN_QUERY"} for who in others)]
    shown = [{**grant, "display_name": "x"} for grant in grants]
    assert restore("x", version(access_control_list=shown), version()).change.body["permissions"] == grants


def test_an_endpoint_that_is_gone_is_made_again_with_what_can_be_set_at_creation_only() -> None:
    found = restore("x", version(description="d", route_optimized=False), None)
    assert found.change.kind is Kind.CREATE
    assert set(found.change.body) == {"config", "tags", "permissions", "description"}
    assert found.change.body["description"] == "d"
    assert "auto_capture_config" not in found.change.body["config"]
    assert restore("x", version(route_optimized=True), None).change.body["route_optimized"] is True
    assert found.lost == ("The endpoint gets a new id, and you become its creator.",)


def test_a_plain_variable_is_taken_from_the_live_entity_of_the_same_name_or_named() -> None:
    was = version(entity(environment_vars={"REF": REFERENCE, "KEPT": MARK, "GONE": MARK, "TEXT": "t"}))
    live = version(entity(name="b", environment_vars={"GONE": "other"}), entity(environment_vars={"KEPT": "now"}))
    found = restore("x", was, live)
    (again,) = found.change.body["config"]["served_entities"]
    assert again["environment_vars"] == {"KEPT": "now", "REF": REFERENCE, "TEXT": "t"}
    assert [text.partition(" on ")[0] for text in found.lost] == ["The plain value of GONE"]
    assert "'a'" in found.lost[0]
    assert was["config"]["served_entities"][0]["environment_vars"]["GONE"] == MARK


@pytest.mark.parametrize(
    ("settings", "lost"),
    [
        ({"openai_api_key": REFERENCE}, 0),
        ({"deep": {"openai_api_key": REFERENCE}}, 0),
        ({"openai_api_key_plaintext": MARK}, 1),
        ({}, 1),
    ],
)
def test_a_providers_key_comes_back_only_as_a_reference(settings: dict[str, Any], lost: int) -> None:
    model = {"provider": "openai", "name": "m", "task": "llm/v1/chat", "openai_config": settings}
    found = restore("x", version({"name": "a", "external_model": model}), version())
    assert len(found.lost) == lost
    assert all("The provider's key of 'a'" in text for text in found.lost)
