"""What is asked before a plan is made, and what of it forbids the change or has to be known before it is applied."""

from typing import Any

import pytest

from tests.changes.lost import MANAGE, NAME, USERS, config, entity, live, tags
from tests.changes.wire import ACL, API, ID, ME, Wire, permissions
from web.changes.checks import Finding
from web.changes.kinds import Change, Kind
from web.changes.preflight import gather, moved_meanwhile
from web.errors import Forbidden, Invalid, NotFound
from web.workspace.behalf import Behalf

BOB = "bob@example.com"
HERE = f"{API}/{NAME}"
VERSION = "/api/2.1/unity-catalog/models/main.ml.churn/versions/7"
INFO = f"{API}/get-model-optimization-info/main.ml.churn/7"
USERS_OF = "/api/2.0/preview/scim/v2/Users"
LARGE = config(entity(entity_version="7"))
SCOPE = {"error_code": "PERMISSION_DENIED", "message": "does not have required scopes: access-management"}


def change(kind: Kind, body: dict[str, Any] | None = None, name: str = NAME) -> Change:
    return Change(kind=kind, endpoint=name, body=body or {})


def told(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.path, finding.code) for finding in findings]


def test_a_body_of_the_wrong_shape_is_told_before_anybody_is_asked(wire: Wire) -> None:
    with pytest.raises(Invalid, match="'config' is an object") as refused:
        gather(wire.door(), change(Kind.CREATE, {"config": "x"}))
    assert refused.value.field == "config"
    assert wire.asked == []


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (403, NotFound)])
def test_nobody_sees_it_is_fine_for_a_create_only(wire: Wire, status: int, kind: type[Exception]) -> None:
    wire.says("GET", HERE, {"error_code": "X", "message": "no"}, status)
    found, facts = gather(wire.door(), change(Kind.CREATE, {"config": config()}))
    assert (found, facts.exists) == (None, False)
    with pytest.raises(kind):
        gather(wire.door(), change(Kind.TAGS))


def test_a_token_without_the_scope_is_no_news_of_an_endpoint(wire: Wire) -> None:
    wire.says("GET", HERE, SCOPE, 403)
    with pytest.raises(Forbidden):
        gather(wire.door(), change(Kind.TAGS))


@pytest.mark.parametrize("kind", [Kind.TAGS, Kind.GATEWAY, Kind.STOP, Kind.NOTIFICATIONS])
def test_what_touches_no_rights_and_no_traffic_asks_for_the_endpoint_alone(wire: Wire, kind: Kind) -> None:
    wire.shows(live())
    found, facts = gather(wire.door(), change(kind))
    assert (found, facts.exists, facts.grants, facts.executed_by) == (live(), True, [], "")
    assert (facts.blockers, facts.warnings) == ([], [])
    assert len(wire.asked) == 1


def test_a_change_of_permissions_reads_the_grants_and_names_who_loses_out(wire: Wire) -> None:
    wire.shows(live(), [MANAGE])
    wire.says("GET", ME, {"userName": BOB})
    found, facts = gather(wire.door(), change(Kind.PERMISSIONS, {"access_control_list": [USERS]}))
    assert (found, facts.grants, facts.blockers) == (live(), [MANAGE], [])
    assert told(facts.warnings) == [
        ("access_control_list", "lockout-you"),
        ("access_control_list", "lockout-last"),
    ]
    assert all(warning.must_acknowledge for warning in facts.warnings)
    assert gather(wire.door(), change(Kind.PERMISSIONS, {"access_control_list": [MANAGE]}))[1].warnings == []


def test_a_right_from_above_is_not_lost(wire: Wire) -> None:
    wire.shows(live())
    wire.says("GET", ME, {"userName": BOB})
    both = permissions([MANAGE], inherited=True)["access_control_list"] + permissions([USERS])["access_control_list"]
    wire.says("GET", f"{ACL}/{ID}", {"access_control_list": both})
    found = gather(wire.door(), change(Kind.PERMISSIONS, {"access_control_list": [USERS]}))[1]
    assert (found.grants, [warning.code for warning in found.warnings]) == ([USERS], ["lockout-last"])


def test_a_restore_reads_the_grants_only_where_it_brings_some_back(wire: Wire) -> None:
    wire.shows(live(), [USERS])
    wire.says("GET", ME, {"userName": BOB})
    ws = wire.door()
    assert gather(ws, change(Kind.RESTORE, {"tags": []}))[1].grants == []
    assert wire.reads(f"{ACL}/{ID}") == 0
    same = gather(ws, change(Kind.RESTORE, {"permissions": [dict(USERS)]}))[1]
    assert (same.grants, same.warnings) == ([USERS], [])
    fewer = [{**USERS, "permission_level": "CAN_VIEW"}]
    other = gather(ws, change(Kind.RESTORE, {"permissions": fewer}))[1]
    assert told(other.warnings) == [("permissions", "lockout-you"), ("permissions", "lockout-last")]


def test_databricks_own_endpoints_have_no_grants_to_read(wire: Wire) -> None:
    wire.says("GET", HERE, live(id=""))
    for kind in (Kind.PERMISSIONS, Kind.DELETE):
        assert gather(wire.door(), change(kind))[1].grants == []
    assert len(wire.asked) == 2


def test_a_delete_names_the_grants_as_far_as_they_may_be_read(wire: Wire) -> None:
    wire.shows(live(), [MANAGE])
    assert gather(wire.door(), change(Kind.DELETE))[1].grants == [MANAGE]
    wire.forget()
    wire.says("GET", HERE, live())
    wire.says("GET", f"{ACL}/{ID}", {"message": "no"}, 403)
    assert gather(wire.door(), change(Kind.DELETE))[1].grants == []


def test_the_app_reads_and_keeps_its_own_rights_where_the_persons_token_does_not_reach(wire: Wire) -> None:
    mine = {"service_principal_name": "app-id", "permission_level": "CAN_MANAGE"}
    wire.says("GET", HERE, live(permission_level="CAN_MANAGE"))
    wire.says("GET", f"{ACL}/{ID}", SCOPE, 403)
    wire.says("GET", f"{ACL}/{ID}", permissions([MANAGE, mine]))
    wire.says("GET", ME, {"userName": BOB})
    ws = wire.door(behalf=Behalf(lambda: wire.door("the-app"), "app-id"))
    facts = gather(ws, change(Kind.PERMISSIONS, {"access_control_list": [MANAGE]}))[1]
    assert (facts.executed_by, facts.grants) == ("app-id", [MANAGE, mine])
    (blocker,) = facts.blockers
    assert "takes no rights from itself" in blocker.message


@pytest.mark.parametrize(("owner", "blocked"), [("app-id", True), ("another", False)])
def test_the_app_does_not_change_itself_for_anybody(wire: Wire, owner: str, blocked: bool) -> None:
    level = [{"user_name": BOB, "all_permissions": [{"permission_level": "CAN_MANAGE"}]}]
    wire.says("GET", HERE, live(permission_level="CAN_MANAGE"))
    wire.says("GET", ME, {"userName": BOB})
    wire.says("GET", "/api/2.0/apps/shop", SCOPE, 403)
    wire.says("GET", "/api/2.0/apps/shop", {"service_principal_client_id": owner})
    wire.says("GET", "/api/2.0/permissions/apps/shop", {"access_control_list": level})
    ws = wire.door(behalf=Behalf(lambda: wire.door("the-app"), "app-id"))
    found, facts = gather(ws, change(Kind.APP_ATTACH, {"app": "shop", "resource_key": "model"}))
    assert found is not None
    assert found["$app"] == {"service_principal_client_id": owner}
    assert (facts.executed_by, [blocker.path for blocker in facts.blockers]) == ("app-id", ["app"] * blocked)


def test_an_app_that_the_person_reads_themselves_is_theirs_to_change(wire: Wire) -> None:
    wire.shows(live())
    wire.says("GET", "/api/2.0/apps/shop", {"service_principal_client_id": ""})
    facts = gather(wire.door(), change(Kind.APP_ATTACH, {"app": "shop", "resource_key": "model"}))[1]
    assert (facts.executed_by, facts.blockers) == ("", [])


@pytest.mark.parametrize(
    ("status", "answer", "blocked", "warned"),
    [
        (200, {"version": 7, "status": "READY"}, "", ""),
        (200, {"version": 7}, "", ""),
        (200, {"version": 7, "status": "PENDING_REGISTRATION"}, "Version 7 is PENDING_REGISTRATION; only READY", ""),
        (404, {"message": "no"}, "There is no version 7 of main.ml.churn that you may see.", ""),
        (403, {"message": "Not you."}, "", "The version could not be checked: Not you."),
    ],
)
@pytest.mark.parametrize("kind", [Kind.CREATE, Kind.CONFIG])
def test_a_version_has_to_be_there_and_ready(
    wire: Wire, kind: Kind, status: int, answer: Any, blocked: str, warned: str
) -> None:
    if kind is Kind.CONFIG:
        wire.shows(live())
    wire.says("GET", VERSION, answer, status)
    body = {"config": LARGE} if kind is Kind.CREATE else LARGE
    facts = gather(wire.door(), change(kind, body))[1]
    path = "config." * (kind is Kind.CREATE) + "served_entities[0].entity_version"
    assert [(one.path, one.message[: len(blocked)]) for one in facts.blockers] == [(path, blocked)] * bool(blocked)
    unchecked = [one for one in facts.warnings if one.code == "unchecked"]
    assert [(one.path, one.message) for one in unchecked] == [(path, warned)] * bool(warned)


@pytest.mark.parametrize("model", [{"entity_name": "churn"}, {"entity_version": "champion"}, {"entity_version": None}])
def test_what_is_no_version_of_a_model_is_not_asked_about(wire: Wire, model: dict[str, Any]) -> None:
    body = {"config": {"served_entities": [entity(**model)]}}
    assert gather(wire.door(), change(Kind.CREATE, body))[1].blockers == []
    assert len(wire.asked) == 1


def test_a_traffic_shift_asks_about_no_version(wire: Wire) -> None:
    wire.shows(live())
    gather(wire.door(), change(Kind.TRAFFIC, {"routes": {"a": 100}, "served_entities": LARGE["served_entities"]}))
    assert not any("unity-catalog" in one.path for one in wire.asked)


@pytest.mark.parametrize(
    ("answer", "numbers", "fields"),
    [
        ({"optimizable": True, "throughput_chunk_size": 100}, (200, 400), []),
        ({"optimizable": True, "throughput_chunk_size": 100}, (150, 400), ["min_provisioned_throughput"]),
        ({"optimizable": True, "throughput_chunk_size": 100}, (0, 450), ["max_provisioned_throughput"]),
        ({"optimizable": True, "throughput_chunk_size": 0}, (1, 2), []),
        ({"optimizable": True}, (1, 2), []),
        ({"optimizable": True, "throughput_chunk_size": 100}, (None, "7"), []),
        ({"optimizable": False, "throughput_chunk_size": 100}, (1, 2), ["entity_name"]),
    ],
)
def test_provisioned_throughput_comes_in_steps_and_for_some_models_only(
    wire: Wire, answer: Any, numbers: tuple[Any, Any], fields: list[str]
) -> None:
    wire.says("GET", VERSION, {"version": 7, "status": "READY"})
    wire.says("GET", INFO, answer)
    low, high = numbers
    hosted = entity(entity_version="7", min_provisioned_throughput=low, max_provisioned_throughput=high)
    facts = gather(wire.door(), change(Kind.CREATE, {"config": {"served_entities": [hosted]}}))[1]
    assert [one.path for one in facts.blockers] == [f"config.served_entities[0].{field}" for field in fields]
    if fields:
        steps = (
            "main.ml.churn is not eligible" if fields == ["entity_name"] else "Tokens per second come in steps of 100."
        )
        assert facts.blockers[0].message.startswith(steps)


def test_eligibility_that_cannot_be_checked_is_told(wire: Wire) -> None:
    wire.says("GET", VERSION, {"version": 7, "status": "READY"})
    wire.says("GET", INFO, {"message": "Not you."}, 403)
    hosted = entity(entity_version="7", max_provisioned_throughput=100)
    facts = gather(wire.door(), change(Kind.CREATE, {"config": {"served_entities": [entity(), hosted]}}))[1]
    (unchecked,) = [one for one in facts.warnings if "Eligibility" in one.message]
    assert (unchecked.path, unchecked.code) == ("config.served_entities[1].entity_name", "unchecked")
    assert unchecked.message == "Eligibility could not be checked: Not you."
    plain = [one for one in wire.asked if "get-model-optimization-info" in one.path]
    assert len(plain) == 1, "the other entity has no throughput"


def test_a_creator_who_is_gone_is_told(wire: Wire) -> None:
    wire.shows(live())
    wire.says("GET", USERS_OF, {"Resources": [], "totalResults": 0})
    found = gather(wire.door(), change(Kind.START))[1].warnings
    assert told(found) == [("", "run-as-gone")]


TWO = config(entity(), entity(name="b"), a=90, b=10)


@pytest.mark.parametrize(
    ("kind", "body", "was", "now", "moved"),
    [
        (Kind.TAGS, {"add": {"a": "1"}}, tags(a="0"), tags(a="0", other="x"), False),
        (Kind.TAGS, {"add": {"a": "1"}}, tags(a="0"), tags(a="2"), True),
        (Kind.TAGS, {"add": {"a": "1", "b": "2"}}, {}, tags(a="2"), True),
        (Kind.TAGS, {"delete": ["a"]}, tags(a="0"), {}, True),
        (Kind.TAGS, {"delete": ["a"]}, tags(a="0"), tags(a="0"), False),
        (Kind.GATEWAY, {}, {}, {"ai_gateway": {"usage_tracking_config": {"enabled": True}}}, True),
        (Kind.GATEWAY, {}, {}, tags(a="1"), False),
        (Kind.CONFIG, LARGE, {}, {"config": TWO}, True),
        (Kind.CONFIG, LARGE, {}, tags(a="1"), False),
        (Kind.DELETE, {}, {}, tags(a="1"), True),
        (Kind.STOP, {}, {}, {"state": {"suspend": "STOPPED"}}, False),
        (Kind.START, {}, {}, {"state": {"suspend": "STOPPED"}}, False),
        (Kind.APP_ATTACH, {}, {"$app": {"resources": [{"name": "x"}]}}, {}, False),
        (Kind.CREATE, {}, {}, {"config": TWO}, False),
        (Kind.NOTIFICATIONS, {}, {"id": ""}, {"email_notifications": {"on_update_failure": [BOB]}}, False),
    ],
)
def test_what_counts_as_moved_while_a_change_is_checked(
    wire: Wire, kind: Kind, body: Any, was: Any, now: Any, moved: bool
) -> None:
    wire.shows(live(**now))
    assert moved_meanwhile(wire.door(), change(kind, body), live(**was), []) is moved


def test_grants_are_read_again_for_a_change_of_permissions_only(wire: Wire) -> None:
    wire.shows(live(), [MANAGE, USERS])
    assert moved_meanwhile(wire.door(), change(Kind.PERMISSIONS), live(), [MANAGE]) is True
    assert moved_meanwhile(wire.door(), change(Kind.PERMISSIONS), live(), [USERS, MANAGE]) is False
    assert moved_meanwhile(wire.door(), change(Kind.RESTORE), live(), [MANAGE]) is False
    assert moved_meanwhile(wire.door(), change(Kind.TAGS), None, []) is False
    assert wire.reads(f"{ACL}/{ID}") == 2
