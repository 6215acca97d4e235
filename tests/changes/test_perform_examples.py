"""The one road to a write, by example: read, recorded, sent once, read back; and what stops it before it is sent."""

from typing import Any

import pytest

from tests.changes.lost import MANAGE, NAME, USERS, config, entity, live, tags
from tests.changes.wire import ACL, API, CUT, ID, ME, Wire, permissions
from web.audit import queries
from web.audit.ledger import Ledger, payload_hash
from web.audit.models import Operation
from web.changes import observe
from web.changes.diff import fingerprint
from web.changes.kinds import Base, Change, Kind
from web.changes.parts import part_of
from web.changes.perform import Actor, Meanwhile, Moved, Result, Unacknowledged, perform
from web.changes.plan import base_of
from web.errors import Conflict, Forbidden, Invalid, PortalError
from web.workspace.client import Workspace

BOB = Actor("bob@example.com", "77")
WITH_TAG = live(**tags(team="ml"))
TAG = Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"team": "ml"}})
TAGS = f"{API}/{NAME}/tags"
HERE = f"{API}/{NAME}"
LOCKED_OUT = Change(kind=Kind.PERMISSIONS, endpoint=NAME, body={"access_control_list": [USERS]})
GRANTS = Change(kind=Kind.PERMISSIONS, endpoint=NAME, body={"access_control_list": [MANAGE, USERS]})


def go(ledger: Ledger, ws: Workspace, change: Change, key: str = "k", **more: Any) -> Result:
    facts: dict[str, Any] = {"base": None, "request_id": "r-1", **more}
    return perform(ledger, ws, BOB, change, key=key, **facts)


def history(ledger: Ledger) -> list[Operation]:
    return queries.page(ledger.engine, queries.Filter(), lambda _: True).operations


def test_a_change_is_read_recorded_sent_once_and_read_back(ledger: Ledger, wire: Wire) -> None:
    for seen in (live(), live(), WITH_TAG):
        wire.shows(seen)
    wire.says("PATCH", TAGS)
    done = go(ledger, wire.door(), TAG)
    assert (done.replayed, done.error) == (False, None)
    assert wire.sent == [("PATCH", TAGS, {"add_tags": [{"key": "team", "value": "ml"}], "delete_tags": []})]
    assert wire.reads(HERE) == 3
    (operation,) = history(ledger)
    assert operation == done.operation
    told = operation.as_json()
    assert {**told, "id": "", "at": 0, "diff": [], "duration_ms": 0} == {
        **{"id": "", "at": 0, "diff": [], "duration_ms": 0},
        **{"kind": "tags.update", "endpoint": NAME, "actor": BOB.email, "outcome": "success", "error": None},
        **{"before": live(), "after": WITH_TAG, "acknowledged": [], "readback": [], "executed_by": ""},
    }
    assert [(row["path"], row["before"], row["after"]) for row in operation.diff] == [
        ("tags[team]", None, {"key": "team", "value": "ml"})
    ]
    assert (operation.endpoint_id, operation.actor_id, operation.request_id) == (ID, "77", "r-1")
    assert (operation.host, operation.idempotency_key) == (wire.url, "k")
    assert operation.change == TAG.model_dump(mode="json")
    assert operation.payload_hash == payload_hash(operation.change, ledger.key)
    assert [one["status"] for one in operation.calls] == ["done"]
    kept = observe.latest(ledger, NAME, 9)
    assert [(one.source, one.op_id) for one in kept] == [(observe.PORTAL, operation.id), (observe.SEEN, "")]


def test_the_same_key_means_the_same_change_once(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.says("PATCH", TAGS)
    first = go(ledger, wire.door(), TAG)
    again = go(ledger, wire.door(), TAG)
    assert (again.replayed, again.operation.id) == (True, first.operation.id)
    with pytest.raises(Invalid) as refused:
        go(ledger, wire.door(), Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"team": "qa"}}))
    assert refused.value.code == "IDEMPOTENCY_KEY_REUSED"
    assert len(wire.sent) == 1


def test_a_broken_rule_is_told_before_anybody_is_asked(ledger: Ledger, wire: Wire) -> None:
    with pytest.raises(Invalid, match="add up to 90") as refused:
        go(ledger, wire.door(), Change(kind=Kind.TRAFFIC, endpoint=NAME, body={"routes": {"a": 90}}))
    assert refused.value.field == "routes"
    assert (wire.asked, history(ledger)) == ([], [])


def test_what_moves_while_it_is_checked_stops_it(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.shows(live(**tags(team="qa")))
    with pytest.raises(Meanwhile, match="while this was being checked") as refused:
        go(ledger, wire.door(), TAG)
    assert (refused.value.code, refused.value.status) == ("BASE_MOVED", 409)
    assert refused.value.hint.startswith("Nothing was sent.")
    assert (wire.sent, history(ledger)) == ([], [])


def test_a_lockout_has_to_be_accepted_and_is_recorded_then(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(), [MANAGE])
    wire.says("GET", ME, {"userName": BOB.email})
    wire.says("PUT", f"{ACL}/{ID}")
    with pytest.raises(Unacknowledged) as refused:
        go(ledger, wire.door(), LOCKED_OUT)
    codes = ["lockout-you", "lockout-last"]
    assert refused.value.code == "ACKNOWLEDGEMENT_REQUIRED"
    assert [finding.code for finding in refused.value.findings] == codes
    assert [one["code"] for one in refused.value.details["details"]] == codes
    assert "You lose CAN_MANAGE" in refused.value.hint
    with pytest.raises(Unacknowledged):
        go(ledger, wire.door(), LOCKED_OUT, acknowledged=codes[:1])
    assert (wire.sent, history(ledger)) == ([], [])
    done = go(ledger, wire.door(), LOCKED_OUT, acknowledged=codes)
    assert done.operation.outcome == "success"
    assert [one["code"] for one in done.operation.acknowledged] == codes
    assert len(wire.sent) == 1


def test_a_change_of_permissions_keeps_the_grants_of_before_and_after(ledger: Ledger, wire: Wire) -> None:
    for grants in ([MANAGE], [MANAGE], [MANAGE, USERS]):
        wire.shows(live(), grants)
    wire.says("GET", ME, {"userName": BOB.email})
    wire.says("PUT", f"{ACL}/{ID}")
    operation = go(ledger, wire.door(), GRANTS).operation
    assert operation.before == live(access_control_list=[MANAGE])
    assert operation.after == live(access_control_list=[MANAGE, USERS])
    assert (operation.readback, operation.acknowledged) == ([], [])


def test_what_is_otherwise_afterwards_is_recorded(ledger: Ledger, wire: Wire) -> None:
    two = config(entity(), entity(name="b"), a=90, b=10)
    wire.shows(live(config={**two, "config_version": 3}))
    wire.shows(live(config={**two, "config_version": 3}))
    wire.shows(live(config={**two, "config_version": 5}))
    wire.says("PUT", f"{HERE}/config")
    shift = Change(kind=Kind.TRAFFIC, endpoint=NAME, body={"routes": {"a": 80, "b": 20}})
    operation = go(ledger, wire.door(), shift).operation
    assert operation.outcome == "success"
    share = "config.traffic_config.routes[{}].traffic_percentage"
    assert [(row["path"], row["before"], row["after"]) for row in operation.readback] == [
        (share.format("a"), 80, 90),
        (share.format("b"), 20, 10),
        ("config.config_version", 4, 5),
    ]


@pytest.mark.parametrize(("answer", "status", "outcome"), [({"message": "No."}, 400, "refused"), (CUT, 200, "unknown")])
def test_what_was_not_done_is_not_read_back(ledger: Ledger, wire: Wire, answer: Any, status: int, outcome: str) -> None:
    wire.shows(live())
    wire.says("PATCH", TAGS, answer, status)
    done = go(ledger, wire.door(), TAG)
    assert (done.operation.outcome, done.operation.after, done.operation.readback) == (outcome, None, [])
    assert (done.error is not None) == (outcome == "refused")
    assert done.operation.error is not None
    assert wire.reads(HERE) == 2
    assert done.operation.endpoint_id == ID


def test_a_delete_keeps_what_is_lost_and_asks_no_more(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(), [MANAGE])
    wire.says("DELETE", HERE)
    operation = go(ledger, wire.door(), Change(kind=Kind.DELETE, endpoint=NAME)).operation
    assert (operation.outcome, operation.endpoint_id, operation.after) == ("success", ID, None)
    assert operation.before == live(access_control_list=[MANAGE])
    assert operation.acknowledged == [], "none of its warnings has to be accepted"
    assert wire.asked[-1].method == "DELETE"
    assert [one.source for one in observe.latest(ledger, NAME, 9)] == [observe.SEEN]


HOSTED = {"name": "a", "entity_name": "system.ai.llama"}
MADE = {"config": {"served_entities": [HOSTED]}, "permissions": [USERS]}


def test_a_create_is_recorded_with_its_new_id_and_its_grants(ledger: Ledger, wire: Wire) -> None:
    wire.says("GET", HERE, {"error_code": "RESOURCE_DOES_NOT_EXIST"}, 404)
    wire.shows(live(), [MANAGE, USERS])
    wire.says("POST", API, {"id": ID})
    wire.says("PATCH", f"{ACL}/{ID}")
    operation = go(ledger, wire.door(), Change(kind=Kind.CREATE, endpoint=NAME, body=MADE)).operation
    assert (operation.outcome, operation.endpoint_id, operation.before) == ("success", ID, None)
    assert operation.after == live(access_control_list=[MANAGE, USERS])
    wire.forget()
    wire.says("GET", HERE, {"error_code": "RESOURCE_DOES_NOT_EXIST"}, 404)
    wire.shows(live())
    wire.says("POST", API, {})
    bare = Change(kind=Kind.CREATE, endpoint=NAME, body={"config": MADE["config"]})
    made = go(ledger, wire.door(), bare, "bare").operation
    assert (made.after, made.endpoint_id) == (live(), ID), "nobody asked for grants"


def test_a_create_whose_grants_were_refused_knows_what_it_made(ledger: Ledger, wire: Wire) -> None:
    wire.says("POST", API, {"id": ID})
    wire.says("PATCH", f"{ACL}/{ID}", {"message": "No."}, 403)
    done = go(ledger, wire.door(), Change(kind=Kind.CREATE, endpoint=NAME, body=MADE))
    assert isinstance(done.error, Forbidden)
    assert (done.operation.outcome, done.operation.endpoint_id) == ("refused", ID)
    assert [one["status"] for one in done.operation.calls] == ["done", "refused"]
    wire.forget()
    other = go(ledger, wire.door(), Change(kind=Kind.CREATE, endpoint="other", body=MADE), "k2").operation
    assert (other.outcome, other.endpoint_id) == ("refused", "")


def test_what_cannot_be_read_afterwards_is_not_guessed(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.shows(live())
    wire.says("GET", HERE, {"message": "no"}, 400)
    wire.says("PATCH", TAGS)
    operation = go(ledger, wire.door(), TAG).operation
    assert (operation.outcome, operation.after, operation.endpoint_id) == ("success", None, ID)
    assert [one.source for one in observe.latest(ledger, NAME, 9)] == [observe.SEEN]


def test_the_record_says_so_when_the_portal_itself_fails_in_between(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    ws = wire.door()

    def tokens() -> dict[str, str]:
        if wire.reads(HERE) == 2:
            raise RuntimeError("no token")
        return {"Authorization": "Bearer bob"}

    ws.headers = tokens
    with pytest.raises(RuntimeError, match="no token"):
        go(ledger, ws, TAG)
    (operation,) = history(ledger)
    assert (operation.outcome, wire.sent) == ("unknown", [])
    assert [one["status"] for one in operation.calls] == ["planned"]
    message = "The portal failed before the answer was recorded. It asks the workspace what happened."
    assert operation.error == {"code": "CUT_SHORT", "message": message, "hint": ""}


def moved(ledger: Ledger, then: dict[str, Any]) -> Base:
    """The base of somebody who saw the endpoint like this."""
    base = base_of(Kind.TAGS, then)
    ledger.remember(NAME, Kind.TAGS, base.hash, base.config_version, part_of(Kind.TAGS, then, []))
    return base


def test_what_others_changed_beside_it_stays_but_is_shown_first(ledger: Ledger, wire: Wire) -> None:
    base, now = moved(ledger, live()), live(**tags(env="prod"))
    wire.shows(now)
    wire.says("PATCH", TAGS)
    with pytest.raises(Moved) as refused:
        go(ledger, wire.door(), TAG, base=base, seen="something older")
    assert refused.value.rebased.clashes == ()
    assert (refused.value.code, refused.value.hint.endswith("Nothing was sent.")) == ("BASE_MOVED", True)
    assert (refused.value.base, refused.value.live) == ({"tags": []}, tags(env="prod"))
    assert refused.value.mine == tags(team="ml")
    assert (wire.sent, history(ledger)) == ([], [])
    shown = fingerprint(part_of(Kind.TAGS, now, []))
    assert go(ledger, wire.door(), TAG, base=base, seen=shown).operation.outcome == "success"
    assert go(ledger, wire.door(), TAG, "k2", base=base, seen=None).operation.outcome == "success"


def test_two_edits_of_one_place_are_for_a_person(ledger: Ledger, wire: Wire) -> None:
    base, now = moved(ledger, live()), live(**tags(team="qa"))
    wire.shows(now)
    with pytest.raises(Moved) as refused:
        go(ledger, wire.door(), TAG, base=base, seen=fingerprint(part_of(Kind.TAGS, now, [])))
    assert [clash.path for clash in refused.value.rebased.clashes] == ["tags[team].value"]
    with pytest.raises(Moved) as unknown:
        go(ledger, wire.door(), TAG, base=Base(hash="f" * 32))
    assert (unknown.value.base, unknown.value.mine) == (None, TAG.body)
    assert wire.sent == []


@pytest.mark.parametrize(
    ("change", "now", "kind", "code", "field"),
    [
        (TAG, live(permission_level="CAN_QUERY"), Forbidden, "PERMISSION_DENIED", ""),
        (TAG, WITH_TAG, Conflict, "RESOURCE_CONFLICT", ""),
        (Change(kind=Kind.CREATE, endpoint=NAME, body=MADE), live(), Conflict, "RESOURCE_ALREADY_EXISTS", "name"),
        (
            Change(kind=Kind.RESTORE, endpoint=NAME, body={"route_optimized": True}),
            live(),
            Invalid,
            "INVALID_PARAMETER_VALUE",
            "route_optimized",
        ),
        (
            Change(kind=Kind.CREATE, endpoint=NAME, body={"config": config(entity(scale_to_zero_enabled=True))}),
            {"name": "another"},
            Invalid,
            "INVALID_PARAMETER_VALUE",
            "config.served_entities[0].entity_version",
        ),
    ],
)
def test_what_the_endpoint_forbids_is_told_by_its_kind(
    ledger: Ledger, wire: Wire, change: Change, now: Any, kind: type[PortalError], code: str, field: str
) -> None:
    wire.shows(now)  # where it shows another, there is none of this name
    with pytest.raises(kind) as refused:
        go(ledger, wire.door(), change)
    assert type(refused.value) is kind
    assert (refused.value.code, refused.value.field) == (code, field)
    assert (wire.sent, history(ledger)) == ([], [])


def test_permissions_inherited_from_above_are_no_grants_of_the_endpoint(ledger: Ledger, wire: Wire) -> None:
    wire.says("GET", HERE, live())
    both = permissions([MANAGE])["access_control_list"] + permissions([USERS], inherited=True)["access_control_list"]
    wire.says("GET", f"{ACL}/{ID}", {"access_control_list": both})
    wire.says("DELETE", HERE)
    operation = go(ledger, wire.door(), Change(kind=Kind.DELETE, endpoint=NAME)).operation
    assert operation.before == live(access_control_list=[MANAGE])
