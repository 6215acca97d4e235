"""A plan by small examples: what it touches before and after, how far it reaches, and what the endpoint forbids."""

from typing import Any

import pytest

from tests.changes.lost import MAIL, MANAGE, NAME, TELEMETRY, USERS, config, entity, live, tags
from web.changes.checks import Finding
from web.changes.diff import fingerprint
from web.changes.kinds import Base, Change, Kind
from web.changes.plan import Facts, Plan, base_of, plan

LIMITS = {"rate_limits": [{"key": "endpoint", "calls": 7, "renewal_period": "minute"}]}
UPDATING = {"state": {"config_update": "IN_PROGRESS"}}
STOPPED = {"state": {"suspend": "STOPPED"}}
LARGE = config(entity(workload_size="Large", scale_to_zero_enabled=False))
SMALL = config(entity(scale_to_zero_enabled=False))
LATER: dict[str, Any] = {"config": LARGE, "tags": []}


def made(kind: Kind, body: dict[str, Any] | None = None, now: Any = None, **facts: Any) -> Plan:
    return plan(Change(kind=kind, endpoint=NAME, body=body or {}), now, Facts(**facts) if facts else None)


def forbidden(found: Plan) -> list[str]:
    return [blocker.message for blocker in found.blockers]


@pytest.mark.parametrize(
    ("kind", "body", "before", "after", "reach"),
    [
        (Kind.CONFIG, LARGE, {"config": SMALL}, {"config": LARGE}, "rollout"),
        (Kind.TAGS, {"add": {"b": "2", "a": "1"}, "delete": ["x"]}, tags(x="y"), tags(a="1", b="2"), "instant"),
        (Kind.TAGS, {"delete": ["x", "none"]}, tags(x="y"), {"tags": []}, "instant"),
        (Kind.GATEWAY, LIMITS, {"ai_gateway": {}}, {"ai_gateway": LIMITS}, "instant"),
        (Kind.NOTIFICATIONS, MAIL, {"email_notifications": {}}, MAIL, "instant"),
        (Kind.TELEMETRY, TELEMETRY, {"telemetry_config": {}}, TELEMETRY, "instant"),
        (
            Kind.PERMISSIONS,
            {"access_control_list": [USERS]},
            {"access_control_list": [MANAGE]},
            {"access_control_list": [USERS]},
            "instant",
        ),
        (
            Kind.RESTORE,
            {"permissions": [USERS], **tags(x="z")},
            {"access_control_list": [MANAGE], **tags(x="y")},
            {"access_control_list": [USERS], **tags(x="z")},
            "instant",
        ),
        (Kind.RESTORE, LATER, {"config": SMALL, **tags(x="y")}, LATER, "rollout"),
        (Kind.STOP, {}, {"suspended": False}, {"suspended": True}, "instant"),
    ],
)
def test_a_plan_says_what_it_touches_and_how_far_it_reaches(
    kind: Kind, body: Any, before: Any, after: Any, reach: str
) -> None:
    found = made(kind, body, live(config={**SMALL, "config_version": 3}, **tags(x="y")), grants=[MANAGE])
    assert forbidden(found) == []
    assert (found.before, found.after, found.blast_radius) == (before, after, reach)
    assert found.diff != []
    assert {row["reach"] for row in found.diff} <= {"instant", reach}
    assert len(found.calls) == (2 if kind is Kind.RESTORE else 1)
    assert (found.executed_by, found.base.config_version) == ("", 3)


def test_a_start_says_that_it_serves_again() -> None:
    found = made(Kind.START, {}, live(**STOPPED))
    assert (found.before, found.after) == ({"suspended": True}, {"suspended": False})
    assert (found.blast_radius, forbidden(found)) == ("rollout", [])


def test_a_traffic_shift_keeps_the_entities() -> None:
    two = config(entity(), entity(name="b"), a=90, b=10)
    found = made(Kind.TRAFFIC, {"routes": {"a": 80, "b": 20}}, live(config=two))
    assert found.before == {"config": two}
    assert found.after == {"config": config(entity(), entity(name="b"), a=80, b=20)}
    assert {row["reach"] for row in found.diff} == {"rollout"}


def test_a_create_has_no_before_and_reaches_a_rollout() -> None:
    body = {"config": LARGE, "description": "d"}
    found = made(Kind.CREATE, body)
    assert (found.before, found.after) == (None, {"name": NAME, **body})
    assert (found.blast_radius, forbidden(found), found.base) == ("rollout", [], Base())
    assert {row["reach"] for row in found.diff} == {"rollout"}


def test_a_delete_loses_everything_its_grants_too() -> None:
    found = made(Kind.DELETE, {}, live(**tags(x="y")), grants=[MANAGE])
    assert found.after is None
    assert found.before is not None
    assert "suspended" not in found.before
    assert found.before["name"] == NAME
    assert (found.before["tags"], found.before["access_control_list"]) == (tags(x="y")["tags"], [MANAGE])
    assert (found.blast_radius, {row["reach"] for row in found.diff}) == ("destroy", {"destroy"})
    assert forbidden(found) == []
    without = made(Kind.DELETE, {}, live())
    assert without.before is not None
    assert "access_control_list" not in without.before


def test_restored_permissions_are_sent_only_where_they_differ() -> None:
    body = {"permissions": [MANAGE], **tags(x="z")}
    same = made(Kind.RESTORE, body, live(**tags(x="y")), grants=[MANAGE])
    assert [call.path.rpartition("/")[2] for call in same.calls] == ["tags"]
    assert len(made(Kind.RESTORE, body, live(**tags(x="y"))).calls) == 2


EXISTS = "An endpoint with this name exists already."
NONE = "There is no such endpoint."
NOTHING = "Nothing differs from what is live."
UNDER_WAY = "A config update is in progress; one runs at a time. Apply again when it has ended."
ALL_WORKSPACES = "Databricks runs this endpoint for all workspaces: it cannot be changed here."


@pytest.mark.parametrize(
    ("kind", "body", "now", "said"),
    [
        (Kind.CREATE, {"config": LARGE}, live(), [EXISTS]),
        (Kind.TAGS, {"add": {"a": "1"}}, None, [NONE]),
        (Kind.DELETE, {}, None, [NONE]),
        (Kind.TAGS, {"add": {"a": "1"}}, live(id=""), [ALL_WORKSPACES]),
        (Kind.TAGS, {"add": {"a": "1"}}, live(permission_level="CAN_MANAGE"), []),
        (
            Kind.TAGS,
            {"add": {"a": "1"}},
            live(permission_level="CAN_VIEW"),
            ["You need CAN_MANAGE on this endpoint; you have CAN_VIEW."],
        ),
        (Kind.TAGS, {"add": {"a": "1"}}, live(**tags(a="1")), [NOTHING]),
        (Kind.NOTIFICATIONS, {}, live(), [NOTHING]),
        (Kind.RESTORE, {"tags": []}, live(), [NOTHING]),
        (Kind.CONFIG, LARGE, live(**UPDATING), [UNDER_WAY]),
        (Kind.TRAFFIC, {"routes": {"a": 100}}, live(config=config(a=90), **UPDATING), [UNDER_WAY]),
        (Kind.STOP, {}, live(**UPDATING), [UNDER_WAY]),
        (Kind.START, {}, live(state={"config_update": "IN_PROGRESS", "suspend": "STOPPED"}), [UNDER_WAY]),
        (Kind.RESTORE, {"config": LARGE}, live(**UPDATING), [UNDER_WAY]),
        (Kind.RESTORE, {"tags": tags(a="1")["tags"]}, live(**UPDATING), []),
        (Kind.TAGS, {"add": {"a": "1"}}, live(**UPDATING), []),
        (Kind.STOP, {}, live(**STOPPED), ["The endpoint is stopped already."]),
        (Kind.STOP, {}, live(state=None), []),
        (Kind.START, {}, live(), ["The endpoint is not stopped."]),
        (Kind.CONFIG, LARGE, live(**STOPPED), []),
        (Kind.TELEMETRY, TELEMETRY, live(config=None), ["The endpoint serves nothing yet. Give it a config first."]),
    ],
)
def test_what_the_endpoint_forbids(kind: Kind, body: Any, now: Any, said: list[str]) -> None:
    found = made(kind, body, now)
    assert forbidden(found) == said
    assert [blocker.path for blocker in found.blockers] == (["name"] if said == [EXISTS] else [""] * len(said))


def test_the_gateway_and_an_app_have_rules_of_their_own() -> None:
    limits = made(Kind.GATEWAY, {"guardrails": {"input": {"safety": True}}}, live())
    assert forbidden(limits) != []
    body = {"app": "shop", "resource_key": "model"}
    (said,) = forbidden(made(Kind.APP_DETACH, body, live(**{"$app": {"resources": []}})))
    assert said == "The app has no resource 'model' that is this endpoint."


def test_what_is_fixed_at_creation_is_refused_with_the_way_out() -> None:
    capture = {**LARGE, "auto_capture_config": {"enabled": True, "catalog_name": "main"}}
    found = made(Kind.RESTORE, {"config": capture}, live(config=LARGE))
    assert found.blast_radius == "recreate"
    (blocker,) = found.blockers
    assert blocker.path == "config.auto_capture_config"
    assert "needs a new endpoint. Duplicate this one" in blocker.message
    assert forbidden(made(Kind.CREATE, {"config": capture})) == []
    assert forbidden(made(Kind.DELETE, {}, live(config=capture))) == []


def test_a_change_that_breaks_a_rule_names_its_field_and_reaches_nothing() -> None:
    found = made(Kind.TRAFFIC, {"routes": {"a": 90}}, live(config=config(a=90)))
    assert [blocker.path for blocker in found.blockers] == ["routes"]
    assert (found.blast_radius, found.diff) == ("none", [])


def test_what_the_workspace_said_is_in_the_plan() -> None:
    stop, go = Finding("x", "no", "a"), Finding("y", "yes", "b", must_acknowledge=True)
    more = Finding("z", "yes", "c")
    found = made(Kind.STOP, {}, live(), blockers=[stop], warnings=[go, more], executed_by="app-id")
    assert found.blockers == [stop]
    assert [warning.code for warning in found.warnings] == ["stops-serving", "b", "c"]
    assert found.executed_by == "app-id"
    assert found.unaccepted([]) == [go]
    assert found.unaccepted(["c"]) == [go]
    assert found.unaccepted(["b"]) == []


def test_a_base_is_the_version_and_a_hash_of_the_part_that_is_touched() -> None:
    now = live(**tags(a="1"))
    assert base_of(Kind.TAGS, None) == Base()
    assert base_of(Kind.TAGS, now) == Base(config_version=3, hash=fingerprint(tags(a="1")))
    assert base_of(Kind.PERMISSIONS, now, [MANAGE]).hash == fingerprint({"access_control_list": [MANAGE]})
    assert base_of(Kind.TAGS, live(config=None)).config_version is None
