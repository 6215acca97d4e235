"""What became of a change whose answer was lost, by example: what the endpoint shows decides, nothing is sent again."""

from typing import Any

import pytest

from tests.changes.lost import (
    ADD,
    BOB,
    DROP,
    MAIL,
    MANAGE,
    TELEMETRY,
    USERS,
    call,
    code,
    config,
    entity,
    live,
    lost,
    tags,
    told,
)
from tests.changes.wire import ACL, API, ID, Wire, permissions
from web.audit.ledger import Ledger
from web.changes.kinds import Kind
from web.changes.settle import settle


def shown(ledger: Ledger, wire: Wire, kind: Kind, body: dict[str, Any], sent: dict[str, Any], now: Any) -> str:
    """The outcome once the endpoint shows this."""
    if now is not None:
        wire.shows(now)
    op_id = lost(ledger, wire, kind, body, sent)
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert wire.sent == [], "nothing is ever sent again"
    return told(ledger, op_id).outcome


SPLIT = config(entity(), entity(name="b"), a=1, b=99)


@pytest.mark.parametrize(
    ("wanted", "now", "applied"),
    [
        (config(entity(workload_size="Large")), {"config": config(entity(workload_size="Large"))}, True),
        (config(entity(workload_size="Large")), {"config": config()}, False),
        (config(entity(workload_size="Large")), {"pending_config": config(entity(workload_size="Large"))}, True),
        (config(entity(burst_scaling_enabled=True)), {"config": config()}, True),
        (config(), {"config": config(entity(state={"deployment": "READY"}, x_new=1))}, True),
        (config(), {"config": config(entity(), entity(name="b"))}, False),
        (config(), {"config": config(entity(name="b"))}, False),
        (
            config(entity(), entity(name="b"), a=1, b=99),
            {"config": config(entity(), entity(name="b"), a=99, b=1)},
            False,
        ),
        (
            config(entity(), entity(name="b"), a=1, b=99),
            {"config": config(entity(name="b"), entity(), b=99, a=1)},
            True,
        ),
        ({"served_entities": [entity()]}, {"config": config()}, True),
        ({"config": config()}, {"config": config()}, True),
        ({"config": config()}, {"config": config(entity(workload_size="Large"))}, False),
        (config(), {"config": {}}, False),
    ],
)
def test_a_config_was_applied_when_it_serves_or_is_rolled_out(
    ledger: Ledger, wire: Wire, wanted: Any, now: Any, applied: bool
) -> None:
    outcome = shown(ledger, wire, Kind.CONFIG, config(), call("/config", wanted), live(**now))
    assert outcome == ("success" if applied else "failed")


STOPPED, RUNNING = {"state": {"suspend": "STOPPED"}}, {"state": {"suspend": "NOT_SUSPENDED"}}
LIMITS = {"rate_limits": [{"key": "endpoint", "calls": 7}]}
BARE = {"add_tags": [{"key": "team"}]}


@pytest.mark.parametrize(
    ("kind", "sent", "yes", "no"),
    [
        (Kind.TRAFFIC, call("/config", config()), {}, {"config": config(entity(), a=99)}),
        (Kind.STOP, call("/config:stop", {}), STOPPED, RUNNING),
        (Kind.STOP, call("/config:stop", {}), STOPPED, {"state": None}),
        (Kind.START, call("/config:start", {}), RUNNING, STOPPED),
        (Kind.START, call("/config:start", {}), {"state": None}, STOPPED),
        (Kind.TAGS, call("/tags", ADD), tags(team="ml", x="y"), tags(team="qa")),
        (Kind.TAGS, call("/tags", ADD), tags(team="ml"), {}),
        (Kind.TAGS, call("/tags", BARE), {"tags": [{"key": "team"}]}, tags(team="ml")),
        (Kind.TAGS, call("/tags", DROP), tags(team="ml"), tags(old="1")),
        (Kind.TAGS, call("/tags", {**ADD, "delete_tags": ["old"]}), tags(team="ml"), tags(team="ml", old="1")),
        (Kind.GATEWAY, call("/ai-gateway", LIMITS), {"ai_gateway": LIMITS}, {}),
        (Kind.GATEWAY, call("/ai-gateway", {}), {}, {"ai_gateway": LIMITS}),
        (Kind.NOTIFICATIONS, call("/notifications", MAIL), MAIL, {"email_notifications": {}}),
        (Kind.TELEMETRY, call("/telemetry-config", TELEMETRY), TELEMETRY, {}),
    ],
)
def test_what_the_endpoint_shows_decides(
    ledger: Ledger, wire: Wire, kind: Kind, sent: dict[str, Any], yes: dict[str, Any], no: dict[str, Any]
) -> None:
    assert shown(ledger, wire, kind, {}, sent, live(**yes)) == "success"
    wire.forget()
    assert shown(ledger, wire, kind, {}, sent, live(**no)) == "failed"


def test_permissions_were_applied_when_the_direct_grants_are_those(ledger: Ledger, wire: Wire) -> None:
    sent = call("acl", {"access_control_list": [MANAGE, USERS]})
    wire.says("GET", f"{ACL}/{ID}", permissions([USERS, MANAGE]))
    assert shown(ledger, wire, Kind.PERMISSIONS, {}, sent, live()) == "success"
    wire.forget()
    wire.says("GET", f"{ACL}/{ID}", permissions([MANAGE]))
    assert shown(ledger, wire, Kind.PERMISSIONS, {}, sent, live()) == "failed"


@pytest.mark.parametrize(
    ("now", "recorded", "outcome"),
    [
        (None, ID, "success"),
        (live(), ID, "failed"),
        (live(id="f" * 32), ID, "success"),
        (live(), "", "failed"),
    ],
)
def test_a_delete_was_applied_when_that_endpoint_is_gone(
    ledger: Ledger, wire: Wire, now: Any, recorded: str, outcome: str
) -> None:
    if now:
        wire.shows(now)
    op_id = lost(ledger, wire, Kind.DELETE, {}, call("", method="DELETE"), endpoint_id=recorded)
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert told(ledger, op_id).outcome == outcome
    assert [one["status"] for one in told(ledger, op_id).calls] == ["done" if outcome == "success" else "not applied"]


def test_a_change_of_an_endpoint_that_is_gone_was_not_applied(ledger: Ledger, wire: Wire) -> None:
    op_id = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD))
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, op_id)
    assert (operation.outcome, code(operation)) == ("failed", "NOT_APPLIED")
    assert operation.error == {
        "code": "NOT_APPLIED",
        "message": "The endpoint is gone; whether this change was applied before cannot be told.",
        "hint": "Apply it again if wanted.",
    }
    assert (operation.after, operation.endpoint_id) == (None, ID)


CREATE = call("", config(), "POST", path=API)
GRANT = call("acl", {"access_control_list": [MANAGE, USERS]}, "PATCH", status="planned")


def created(ledger: Ledger, wire: Wire, *calls: dict[str, Any], **more: Any) -> str:
    body = {"config": config(), **({"permissions": [MANAGE, USERS]} if len(calls) > 1 else {})}
    return lost(ledger, wire, Kind.CREATE, body, *calls, before=None, endpoint_id="", actor_id="77", **more)


@pytest.mark.parametrize(
    ("creator", "early_ms", "mine"),
    [(BOB, 0, True), ("77", 0, True), ("eve@example.com", 0, False), (BOB, 5_000, True), (BOB, 5_001, False)],
)
def test_a_create_made_the_endpoint_whose_creator_and_time_fit(
    ledger: Ledger, wire: Wire, creator: str, early_ms: int, mine: bool
) -> None:
    op_id = created(ledger, wire, CREATE)
    made = told(ledger, op_id).at - early_ms
    wire.shows(live(creator=creator, creation_timestamp=made))
    assert settle(ledger, wire.door(), sees_all=False, me=BOB) == 1
    operation = told(ledger, op_id)
    assert operation.outcome == ("success" if mine else "failed")
    assert [one["status"] for one in operation.calls] == ["done" if mine else "not applied"]
    assert (operation.error is None) == mine


def test_a_create_of_which_nothing_is_there_was_not_applied(ledger: Ledger, wire: Wire) -> None:
    op_id = created(ledger, wire, CREATE, GRANT)
    assert settle(ledger, wire.door(), sees_all=False, me="alice@example.com") == 0, "it may be hidden from her"
    assert settle(ledger, wire.door(), sees_all=False, me=BOB) == 1
    operation = told(ledger, op_id)
    assert (operation.outcome, code(operation)) == ("failed", "NOT_APPLIED")
    assert [one["status"] for one in operation.calls] == ["not applied", "not applied"]


@pytest.mark.parametrize(
    ("grants", "outcome", "steps"),
    [
        ([MANAGE, USERS, {"group_name": "ml", "permission_level": "CAN_VIEW"}], "success", ["done", "done"]),
        ([MANAGE], "failed", ["done", "not applied"]),
    ],
)
def test_a_create_without_its_grants_was_partly_applied(
    ledger: Ledger, wire: Wire, grants: Any, outcome: str, steps: list[str]
) -> None:
    op_id = created(ledger, wire, CREATE, GRANT)
    wire.shows(live(creation_timestamp=told(ledger, op_id).at), grants)
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, op_id)
    assert (operation.outcome, [one["status"] for one in operation.calls]) == (outcome, steps)
    if outcome == "failed":
        assert operation.error == {
            "code": "PARTLY_APPLIED",
            "message": "The endpoint was created; its permissions were not granted.",
            "hint": "",
            "partial": "1 of 2 calls were done.",
        }


def test_each_part_of_a_restore_is_looked_for_by_itself(ledger: Ledger, wire: Wire) -> None:
    parts = [
        call("/config", config()),
        call("/tags", ADD),
        call("/ai-gateway", LIMITS),
        call("/notifications", MAIL),
        call("acl", {"access_control_list": [MANAGE]}),
    ]
    wire.shows(live(**tags(team="ml"), ai_gateway=LIMITS, **MAIL), [MANAGE])
    whole = lost(ledger, wire, Kind.RESTORE, {"tags": []}, *parts)
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert told(ledger, whole).outcome == "success"
    assert [one["status"] for one in told(ledger, whole).calls] == ["done"] * 5
    wire.forget()
    wire.shows(live(ai_gateway=LIMITS), [USERS])
    part = lost(ledger, wire, Kind.RESTORE, {"tags": []}, {**parts[0], "status": "done"}, *parts[1:])
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, part)
    assert (operation.outcome, code(operation)) == ("failed", "PARTLY_APPLIED")
    assert operation.error is not None
    assert operation.error["message"] == "The live endpoint does not show all of this change."
    assert operation.error["partial"] == "2 of 5 calls were done."
    steps = ["done", "not applied", "done", "not applied", "not applied"]
    assert [one["status"] for one in operation.calls] == steps


def test_what_was_refused_or_never_sent_stays_so(ledger: Ledger, wire: Wire) -> None:
    first, second = call("/tags", ADD), call("/ai-gateway", LIMITS, status="not sent")
    wire.shows(live())
    op_id = lost(ledger, wire, Kind.RESTORE, {"tags": []}, first, second)
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert [one["status"] for one in told(ledger, op_id).calls] == ["not applied", "not sent"]
