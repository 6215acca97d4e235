"""A round of settling: what waits, what is passed by, and what is kept of that which was settled."""

from typing import Any

import pytest

from tests.audit.history import Clock, begin
from tests.changes.lost import ADD, DROP, GRACE_MS, MANAGE, NAME, call, config, entity, live, lost, tags, told
from tests.changes.wire import ACL, API, ID, Wire
from web.audit.ledger import Ledger, Outcome
from web.changes import observe
from web.changes.kinds import Kind
from web.changes.settle import interrupted, settle


def test_a_success_keeps_what_is_there_and_where_it_differs(ledger: Ledger, wire: Wire) -> None:
    now = live(**tags(team="ml", other="x"))
    wire.shows(now)
    op_id = lost(ledger, wire, Kind.TAGS, {"add": {"team": "ml"}}, call("/tags", ADD), endpoint_id="")
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, op_id)
    assert (operation.error, operation.after, operation.endpoint_id) == (None, now, ID)
    assert [row["path"] for row in operation.readback] == []
    assert operation.settled_at is not None
    (kept,) = observe.latest(ledger, NAME)
    assert (kept.source, kept.op_id) == (observe.PORTAL, op_id)


def test_a_success_tells_what_else_was_updated_meanwhile(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(config={**config(entity(workload_size="Large")), "config_version": 5}))
    wanted = config(entity(workload_size="Large"))
    op_id = lost(ledger, wire, Kind.CONFIG, wanted, call("/config", wanted))
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert told(ledger, op_id).readback == [{"path": "config.config_version", "before": 4, "after": 5}]


def test_a_success_tells_what_is_otherwise_than_asked(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(config={**config(), "config_version": 4}))
    wanted = config(entity(workload_size="Large"))
    op_id = lost(ledger, wire, Kind.CONFIG, wanted, call("/config", config()))
    assert settle(ledger, wire.door(), sees_all=True) == 1
    (row,) = told(ledger, op_id).readback
    assert (row["before"], row["after"]) == ("Large", "Small")


def test_what_does_not_show_yet_may_still_be_on_its_way(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    op_id = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD))
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now = told(ledger, op_id).at + GRACE_MS - 2
    assert settle(ledger, wire.door(), sees_all=True) == 0
    assert told(ledger, op_id).outcome == "unknown"
    ledger.clock.now = told(ledger, op_id).at + GRACE_MS - 1
    assert settle(ledger, wire.door(), sees_all=True) == 1


def test_what_a_stop_cut_off_may_still_be_on_its_way(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    op_id = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD, status="planned"))
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now = told(ledger, op_id).at
    assert settle(ledger, wire.door(), sees_all=True) == 0
    ledger.clock.now += GRACE_MS
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, op_id)
    assert operation.error is not None
    assert operation.error["message"] == "The live endpoint does not show this change: it was not applied."


def test_nothing_is_on_its_way_once_the_workspace_answered_and_a_success_need_not_wait(
    ledger: Ledger, wire: Wire
) -> None:
    wire.shows(live())
    answered = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD, http_status=503))
    done_before = lost(
        ledger, wire, Kind.RESTORE, {}, call("/tags", DROP, status="done", http_status=200), call("/tags", ADD)
    )
    shows = lost(ledger, wire, Kind.TAGS, {}, call("/tags", DROP))
    assert isinstance(ledger.clock, Clock)
    ledger.clock.now = told(ledger, answered).at + 10
    assert settle(ledger, wire.door(), sees_all=True) == 2
    outcomes = [told(ledger, one).outcome for one in (answered, done_before, shows)]
    assert outcomes == ["failed", "unknown", "success"]


def test_what_cannot_be_asked_now_stays_unknown(ledger: Ledger, wire: Wire) -> None:
    op_id = lost(ledger, wire, Kind.PERMISSIONS, {}, call("acl", {"access_control_list": [MANAGE]}))
    wire.says("GET", f"{API}/{NAME}", {"message": "no"}, 400)
    assert settle(ledger, wire.door(), sees_all=True) == 0
    wire.forget()
    wire.shows(live())
    wire.says("GET", f"{ACL}/{ID}", {"message": "no"}, 403)
    assert settle(ledger, wire.door(), sees_all=True) == 0
    parts = [call("/tags", ADD), call("acl", {"access_control_list": [MANAGE]})]
    restored = lost(ledger, wire, Kind.RESTORE, {}, *parts)
    assert settle(ledger, wire.door(), sees_all=True, after=told(ledger, op_id).seq or 0) == 0
    assert {told(ledger, one).outcome for one in (op_id, restored)} == {"unknown"}


def test_only_what_was_asked_for_is_looked_into(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(**tags(team="ml")))
    first = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD))
    lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD), host="https://elsewhere.example.com")
    under_way = begin(ledger, "under way", endpoint=NAME, host=wire.url)
    assert settle(ledger, wire.door(), sees_all=True, endpoint="other") == 0
    assert settle(ledger, wire.door(), sees_all=True, after=told(ledger, first).seq or 0) == 0
    assert wire.asked == []
    assert settle(ledger, wire.door(), sees_all=True, endpoint=NAME) == 1
    assert told(ledger, under_way).outcome == "pending"
    assert wire.reads(f"{API}/{NAME}") == 1


def test_one_of_a_kind_that_nobody_knows_holds_up_no_other(
    ledger: Ledger, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.shows(live(**tags(team="ml")))
    strange = lost(ledger, wire, "endpoint.teleport", {}, call("/tags", ADD))
    plain = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD))
    assert settle(ledger, wire.door(), sees_all=True) == 1
    assert [told(ledger, one).outcome for one in (strange, plain)] == ["unknown", "success"]
    assert strange in caplog.text


def test_what_cannot_be_written_down_is_asked_again(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(**tags(team="ml")))
    op_id = lost(ledger, wire, Kind.TAGS, {}, call("/tags", ADD))
    ledger.hold = "The history is being moved."
    assert settle(ledger, wire.door(), sees_all=True) == 0
    held = ledger.finish_or_hold(told(ledger, op_id), Outcome("refused", []))
    assert held.outcome == "unknown"
    ledger.hold = ""
    assert settle(ledger, wire.door(), sees_all=True) == 1, "what was held is written first"
    assert told(ledger, op_id).outcome == "refused"


def test_what_a_stop_cut_off_is_unknown_at_the_next_start(ledger: Ledger) -> None:
    calls = [call("/tags", ADD, status="planned")]
    cut = [begin(ledger, key, calls=calls) for key in ("one", "two")]
    ended = begin(ledger, "three")
    ledger.finish(ended, Outcome("success", []))
    assert interrupted(ledger) == 2
    assert interrupted(ledger) == 0
    for op_id in cut:
        operation = told(ledger, op_id)
        assert (operation.outcome, operation.calls) == ("unknown", calls)
        message = "The portal stopped before the answer was recorded."
        assert operation.error == {"code": "INTERRUPTED", "message": message, "hint": ""}
    assert told(ledger, ended).outcome == "success"


APP = {"kind": Kind.APP_ATTACH, "body": {"app": "shop", "resource_key": "model", "permission": "CAN_QUERY"}}
RESOURCE = {"name": "model", "serving_endpoint": {"name": NAME, "permission": "CAN_QUERY"}}


@pytest.mark.parametrize(("resources", "outcome"), [([RESOURCE], "success"), ([], "failed")])
def test_an_app_shows_whether_it_has_the_endpoint(ledger: Ledger, wire: Wire, resources: Any, outcome: str) -> None:
    wire.shows(live())
    wire.says("GET", "/api/2.0/apps/shop", {"name": "shop", "resources": resources})
    update = call("", {}, "POST", path="/api/2.0/apps/shop/update")
    op_id = lost(ledger, wire, Kind.APP_ATTACH, {}, update, change={**APP, "endpoint": NAME})
    assert settle(ledger, wire.door(), sees_all=True) == 1
    operation = told(ledger, op_id)
    assert (operation.outcome, operation.after) == (outcome, None)
    assert observe.latest(ledger, NAME) == [], "the app's resources are no state of the endpoint"
