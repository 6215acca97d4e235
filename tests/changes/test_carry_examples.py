"""A queued change whose turn has come, by example: applied once, kept waiting, or handed back to be looked at."""

from typing import Any

import pytest

from tests.audit.history import begin
from tests.changes.lost import MANAGE, NAME, USERS, later, live, tags, told
from tests.changes.wire import ACL, API, CUT, ID, Wire, permissions
from web.audit import queries
from web.audit.ledger import Ledger, Outcome
from web.audit.models import Operation, QueuedChange
from web.changes import drafts, queue
from web.changes.carry import carry_out, ready
from web.changes.kinds import Base, Change, Kind
from web.changes.perform import Actor
from web.changes.resume import grant_the_rest, missing_grants
from web.errors import Conflict, NotFound

BOB = Actor("bob@example.com", "77")
HERE = f"{API}/{NAME}"
TAG = Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"team": "ml"}})


def queued(ledger: Ledger, wire: Wire, *, base: Base | None = None, seen: str = "", endpoint_id: str = ID) -> int:
    """Bob's reviewed change in line; its number."""
    draft = drafts.start(ledger, BOB, TAG, base).rsplit("/", 1)[1]
    return int(queue.join(ledger, BOB, wire.url, TAG, endpoint_id, draft, seen).seq or 0)


def go(ledger: Ledger, wire: Wire, seq: int) -> QueuedChange:
    return carry_out(ledger, wire.door(), BOB, seq, "r-1")


def updated(state: str) -> dict[str, Any]:
    return live(state={"config_update": state})


def test_a_change_whose_turn_has_come_is_sent_once_under_the_key_of_its_draft(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.says("PATCH", f"{HERE}/tags")
    seq = queued(ledger, wire)
    found = go(ledger, wire, seq)
    assert (found.state, found.reason) == (queue.APPLIED, "")
    (operation,) = queries.page(ledger.engine, queries.Filter(), lambda _: True).operations
    assert (operation.id, operation.idempotency_key) == (found.op_id, found.draft)
    assert operation.request_id == "r-1"
    assert go(ledger, wire, seq).state == queue.APPLIED
    assert len(wire.sent) == 1


@pytest.mark.parametrize(
    ("now", "state", "why"),
    [
        (updated("IN_PROGRESS"), queue.WAITING, ""),
        (live(id="f" * 32), queue.ATTENTION, "Another endpoint has this name now."),
        (updated("UPDATE_FAILED"), queue.ATTENTION, "The update it waited for failed."),
        (updated("UPDATE_CANCELED"), queue.ATTENTION, "The update it waited for was canceled."),
        (live(**tags(team="ml")), queue.ATTENTION, "Nothing differs from what is live."),
    ],
)
def test_what_a_person_has_not_seen_is_not_applied(ledger: Ledger, wire: Wire, now: Any, state: str, why: str) -> None:
    wire.shows(now)
    seq = queued(ledger, wire)
    found = go(ledger, wire, seq)
    assert (found.state, found.reason, wire.sent) == (state, why, [])
    assert go(ledger, wire, seq).state == state


def test_a_change_queued_without_an_id_is_applied_by_its_name(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(state=None))
    wire.says("PATCH", f"{HERE}/tags")
    assert go(ledger, wire, queued(ledger, wire, endpoint_id="")).state == queue.APPLIED


@pytest.mark.parametrize(("theirs", "where"), [(tags(env="x"), "other places"), (tags(team="x"), "the same place")])
def test_a_merge_nobody_has_seen_is_handed_back(ledger: Ledger, wire: Wire, theirs: Any, where: str) -> None:
    base = drafts.open_base(ledger, Kind.TAGS, live())
    wire.shows(live(**theirs))
    found = go(ledger, wire, queued(ledger, wire, base=base, seen="an older state"))
    assert found.state == queue.ATTENTION
    assert found.reason == f"The endpoint was changed in {where} while yours waited: look at it first."
    assert wire.sent == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_trouble_that_passes_keeps_it_in_line(ledger: Ledger, wire: Wire, status: int) -> None:
    wire.says("GET", HERE, {"message": "busy"}, status)
    ws = wire.door()
    while ws.transport.budget.spend():  # the reads are not tried again
        pass
    seq = queued(ledger, wire)
    assert ready(ws, queue.own(ledger, BOB.email, seq)) is False
    assert carry_out(ledger, ws, BOB, seq).state == queue.WAITING


def test_an_update_that_began_in_between_keeps_it_in_line(ledger: Ledger, wire: Wire) -> None:
    change = Change(kind=Kind.STOP, endpoint=NAME)
    draft = drafts.start(ledger, BOB, change, None).rsplit("/", 1)[1]
    seq = int(queue.join(ledger, BOB, wire.url, change, ID, draft, "").seq or 0)
    wire.shows(live())
    wire.shows(updated("IN_PROGRESS"))
    assert go(ledger, wire, seq).state == queue.WAITING
    wire.forget()
    wire.shows(live())
    wire.shows(live(permission_level="CAN_VIEW"))
    assert go(ledger, wire, seq).reason == "You need CAN_MANAGE on this endpoint; you have CAN_VIEW."


def test_what_the_workspace_refuses_is_handed_back_with_its_words(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.says("PATCH", f"{HERE}/tags", {"message": "Not so."}, 400)
    found = go(ledger, wire, queued(ledger, wire))
    assert (found.state, found.reason) == (queue.ATTENTION, "Not so.")
    wire.forget()
    wire.shows(live())
    wire.says("PATCH", f"{HERE}/tags", CUT)
    assert go(ledger, wire, queued(ledger, wire)).state == queue.APPLIED, "it was sent: its record says the rest"


def test_a_change_of_another_person_is_not_carried_out(ledger: Ledger, wire: Wire) -> None:
    seq = queued(ledger, wire)
    with pytest.raises(NotFound):
        carry_out(ledger, wire.door(), Actor("eve@example.com"), seq)
    assert wire.asked == []


def test_whether_the_update_before_it_has_ended(ledger: Ledger, wire: Wire) -> None:
    row = queue.own(ledger, BOB.email, queued(ledger, wire))
    for state, ended in (("IN_PROGRESS", False), ("NOT_UPDATING", True), ("UPDATE_FAILED", True)):
        wire.forget()
        wire.shows(updated(state))
        assert ready(wire.door(), row) is ended
    wire.forget()
    assert ready(wire.door(), row) is True, "there is none any more: a person has to hear of it"
    wire.shows(live(state=None))
    assert ready(wire.door(), row) is True


def test_a_day_in_line_is_the_longest(ledger: Ledger, wire: Wire) -> None:
    seq = queued(ledger, wire)
    later(ledger, queue.LASTS_MS + 10)
    assert go(ledger, wire, seq).state == queue.EXPIRED
    assert wire.asked == []


def partly(ledger: Ledger, *statuses: str, outcome: str = "refused", **more: Any) -> Operation:
    """A create of two calls, or fewer."""
    bodies: tuple[dict[str, Any], ...] = ({"name": NAME}, {"access_control_list": [USERS]}, {})
    calls = [{"status": one, "body": body} for one, body in zip(statuses, bodies, strict=False)]
    facts = {"kind": Kind.CREATE, "endpoint": NAME, "endpoint_id": ID, "calls": calls, **more}
    op_id = begin(ledger, f"k{ledger.clock()}", **facts)
    ledger.finish(op_id, Outcome(outcome, facts["calls"]))
    return told(ledger, op_id)


def test_the_grants_of_a_create_that_were_not_made(ledger: Ledger) -> None:
    assert missing_grants(partly(ledger, "done", "refused")) == [USERS]
    assert missing_grants(partly(ledger, "done", "not applied", outcome="failed")) == [USERS]
    assert missing_grants(partly(ledger, "done", "refused", "not sent")) == [USERS]
    for found in (
        partly(ledger, "done", "unknown", outcome="unknown"),
        partly(ledger, "done", "done", outcome="success"),
        partly(ledger, "done", "done"),
        partly(ledger, "refused", "not sent"),
        partly(ledger, "done"),
        partly(ledger, "done", "refused", kind=Kind.RESTORE),
        partly(ledger, calls=[{"status": "done"}, {"status": "refused", "body": None}]),
    ):
        assert missing_grants(found) == []


def test_the_rest_is_granted_beside_what_there_is(ledger: Ledger, wire: Wire) -> None:
    low = {"group_name": "users", "permission_level": "CAN_VIEW"}
    namesake = {"user_name": "users", "permission_level": "CAN_VIEW"}
    wire.says("GET", HERE, live())
    wire.says("GET", f"{ACL}/{ID}", permissions([MANAGE, low, namesake]))
    change, now, have = grant_the_rest(wire.door(), partly(ledger, "done", "refused"))
    assert (change.kind, change.endpoint) == (Kind.PERMISSIONS, NAME)
    assert change.body == {"access_control_list": [MANAGE, namesake, USERS]}
    assert (now, have) == (live(), [MANAGE, low, namesake])
    assert grant_the_rest(wire.door(), partly(ledger, "done", "refused", endpoint_id=""))[0] == change


def test_nothing_is_granted_on_another_endpoint_of_the_name(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live(id="f" * 32))
    with pytest.raises(Conflict, match="No grants of this operation are missing") as refused:
        grant_the_rest(wire.door(), partly(ledger, "done", "refused"))
    assert refused.value.hint == "Nothing was sent."
    wire.forget()
    wire.shows(live(), [MANAGE])
    with pytest.raises(Conflict):
        grant_the_rest(wire.door(), partly(ledger, "done", "done"))


def test_one_taken_out_of_the_line_while_it_is_looked_at_stays_out(shared: Ledger, wire: Wire) -> None:
    seq = queued(shared, wire)
    draft = queue.own(shared, BOB.email, seq).draft
    wire.shows(updated("UPDATE_FAILED"))
    wire.while_asked("GET", lambda: _take_out(shared, draft, "not any more"))
    found = go(shared, wire, seq)
    assert (found.state, found.reason, wire.sent) == (queue.CANCELLED, "not any more", [])


def test_one_taken_out_of_the_line_while_it_is_sent_says_so_and_has_its_operation(shared: Ledger, wire: Wire) -> None:
    seq = queued(shared, wire)
    draft = queue.own(shared, BOB.email, seq).draft
    wire.shows(live())
    wire.says("PATCH", f"{HERE}/tags")
    wire.while_asked("PATCH", lambda: _take_out(shared, draft))
    assert go(shared, wire, seq).state == queue.CANCELLED
    (operation,) = queries.page(shared.engine, queries.Filter(), lambda _: True).operations
    assert operation.outcome == "success"


def _take_out(ledger: Ledger, draft: str, why: str = "") -> None:
    queue.end(ledger, draft, queue.CANCELLED, why)
