"""What is told as different after a change, by example: what was asked and is not there, or was to go and still is."""

from typing import Any

import pytest

from tests.changes.lost import MAIL, MANAGE, NAME, USERS, config, entity, live, tags
from web.audit.ledger import Ledger
from web.changes.kinds import Change, Kind
from web.changes.plan import Facts, plan
from web.changes.readback import differences

LIMITS = {"rate_limits": [{"key": "endpoint", "calls": 7, "renewal_period": "minute"}]}
NONE_PER_MINUTE = {"rate_limits": [{"key": "endpoint", "calls": 0, "renewal_period": "minute"}]}
OFF = {"usage_tracking_config": {"enabled": False}, "rate_limits": [], "guardrails": {"input": {}, "name": ""}}
Told = list[tuple[str, Any, Any]]


def told(ledger: Ledger, kind: Kind, body: Any, now: Any, was: Any = None, **facts: Any) -> Told:
    """(path, asked, there) of each row."""
    made = plan(Change(kind=kind, endpoint=NAME, body=body), was or live(), Facts(**facts))
    return [(row["path"], row["before"], row["after"]) for row in differences(ledger, made, now)]


def sized(size: str, **more: Any) -> dict[str, Any]:
    return config(entity(workload_size=size, **more))


SIZE = "config.served_entities[a].workload_size"


@pytest.mark.parametrize(
    ("now", "rows"),
    [
        (live(config=sized("Large")), []),
        (live(config=sized("Medium")), [(SIZE, "Large", "Medium")]),
        (live(config=sized("Small"), pending_config=sized("Large")), []),
        (live(config=sized("Large"), pending_config=sized("Medium")), []),
        (live(config=sized("Large", x_new=1, state={"deployment": "READY"})), []),
    ],
)
def test_a_config_is_there_when_it_serves_or_is_rolled_out(ledger: Ledger, now: Any, rows: Told) -> None:
    assert told(ledger, Kind.CONFIG, sized("Large"), now) == rows


def test_a_config_that_is_nowhere_is_told(ledger: Ledger) -> None:
    found = told(ledger, Kind.CONFIG, sized("Large"), live(config=None))
    assert [path for path, _, _ in found] == ["config.served_entities[a]", "config.traffic_config"]


def test_the_nearer_of_two_configs_is_the_one_that_is_told(ledger: Ledger) -> None:
    near, far = sized("Medium"), config(entity(workload_size="Medium", entity_version="9"))
    for one, other in ((near, far), (far, near)):
        now = live(config=one, pending_config=other)
        assert told(ledger, Kind.CONFIG, sized("Large"), now) == [(SIZE, "Large", "Medium")]


def test_an_entity_without_a_name_has_the_one_that_it_was_given(ledger: Ledger) -> None:
    nameless = {k: v for k, v in entity(entity_version="2").items() if k != "name"}
    now = live(config=config(entity(), entity(name="churn-2", entity_version="2")))
    body = {"served_entities": [nameless, entity()], "traffic_config": config()["traffic_config"]}
    assert told(ledger, Kind.RESTORE, {"config": body}, now) == []
    other = live(config=config(entity(), entity(name="churn-3", entity_version="3")))
    assert told(ledger, Kind.RESTORE, {"config": body}, other) != []


@pytest.mark.parametrize(
    ("kind", "body", "now", "rows"),
    [
        (Kind.TAGS, {"add": {"a": "1"}}, tags(a="1"), []),
        (Kind.TAGS, {"add": {"a": "1"}}, tags(a="1", more="x"), []),
        (Kind.TAGS, {"add": {"a": "1"}}, tags(a="2"), [("tags[a].value", "1", "2")]),
        (Kind.TAGS, {"add": {"a": "1"}}, {}, [("tags[a]", {"key": "a", "value": "1"}, None)]),
        (Kind.RESTORE, {"tags": [{"key": "b"}, {"key": "a", "value": "1"}]}, tags(a="1", b=""), []),
        (Kind.GATEWAY, LIMITS, {"ai_gateway": LIMITS}, []),
        (Kind.GATEWAY, OFF, {"ai_gateway": {}}, []),
        (Kind.NOTIFICATIONS, MAIL, MAIL, []),
        (
            Kind.NOTIFICATIONS,
            MAIL,
            {},
            [("email_notifications.on_update_failure", ["bob@example.com"], None)],
        ),
        (Kind.TELEMETRY, {"telemetry_config": {"table_names": {"logs_table": "a.b.c"}}}, {"telemetry_config": {}}, []),
        (Kind.STOP, {}, {}, []),
        (Kind.DELETE, {}, {}, []),
        (Kind.APP_ATTACH, {"app": "shop", "resource_key": "model", "permission": "CAN_QUERY"}, {}, []),
    ],
)
def test_what_was_asked_and_is_not_there_is_told(ledger: Ledger, kind: Kind, body: Any, now: Any, rows: Told) -> None:
    assert told(ledger, kind, body, live(**now)) == rows


def test_a_start_shows_later(ledger: Ledger) -> None:
    stopped = live(state={"suspend": "STOPPED"})
    assert told(ledger, Kind.START, {}, stopped, stopped) == []


def test_a_limit_of_zero_says_something(ledger: Ledger) -> None:
    (row,) = told(ledger, Kind.GATEWAY, NONE_PER_MINUTE, live(ai_gateway={}))
    assert row[0].startswith("ai_gateway.rate_limits")


def test_what_was_to_go_and_is_still_there_is_told(ledger: Ledger) -> None:
    was, gone = live(**tags(a="1")), {"key": "a", "value": "1"}
    assert told(ledger, Kind.TAGS, {"delete": ["a"]}, was, was) == [("tags[a]", None, gone)]
    assert told(ledger, Kind.TAGS, {"delete": ["a"]}, live(**tags(a="9")), was) == [], "somebody set another"
    assert told(ledger, Kind.TAGS, {"delete": ["a"]}, live(**tags(b="1")), was) == []


def test_grants_are_compared_where_they_were_read(ledger: Ledger) -> None:
    body = {"access_control_list": [MANAGE, USERS]}
    both = live(access_control_list=[USERS, MANAGE])
    assert told(ledger, Kind.PERMISSIONS, body, both, grants=[MANAGE]) == []
    assert told(ledger, Kind.PERMISSIONS, body, live(), grants=[MANAGE]) == []
    (row,) = told(ledger, Kind.PERMISSIONS, body, live(access_control_list=[MANAGE]), grants=[MANAGE])
    assert row == ("access_control_list[users]", USERS, None)
    made = {"config": config(entity(entity_name="system.ai.x")), "permissions": [USERS]}
    create = plan(Change(kind=Kind.CREATE, endpoint=NAME, body=made), None)
    after = live(**made, access_control_list=[MANAGE])
    assert [row["path"] for row in differences(ledger, create, after)] == ["access_control_list[users]"]


def test_what_is_never_shown_is_no_difference(ledger: Ledger) -> None:
    key = {"provider": "openai", "name": "m", "task": "llm/v1/chat", "openai_config": {"openai_api_key_plaintext": "k"}}
    asked = config({"name": "a", "external_model": key})
    shown = config({"name": "a", "external_model": {**key, "openai_config": {}}})
    assert told(ledger, Kind.CONFIG, asked, live(config=shown)) == []
    assert told(ledger, Kind.CONFIG, sized("Small", burst_scaling_enabled=True), live(config=sized("Small"))) == []


def test_what_was_not_read_is_not_compared(ledger: Ledger) -> None:
    assert told(ledger, Kind.TAGS, {"add": {"a": "1"}}, None) == []
    nowhere = plan(Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"a": "1"}}), None)
    assert differences(ledger, nowhere, live()) == []


def test_a_plain_variable_is_compared_by_its_mark(ledger: Ledger) -> None:
    asked = sized("Small", environment_vars={"TOKEN": "s3cret"})
    assert told(ledger, Kind.CONFIG, asked, live(config=asked)) == []
    (row,) = told(ledger, Kind.CONFIG, asked, live(config=sized("Small", environment_vars={"TOKEN": "other"})))
    assert row[0].endswith("environment_vars.TOKEN")
    assert "s3cret" not in str(row)
    assert told(ledger, Kind.CONFIG, asked, live(config=sized("Small", environment_vars={}))) != []
