"""Changes that the app carries out for a person, and changes at the same time: one by one of each endpoint and app."""

import threading
import time
from typing import Any

import pytest

from tests.changes.lost import NAME, live, tags
from tests.changes.wire import API, ME, Wire
from web.audit import queries
from web.audit.ledger import Ledger, payload_hash
from web.audit.models import Operation
from web.changes import observe
from web.changes.kinds import Change, Kind
from web.changes.perform import Actor, Result, perform
from web.workspace.behalf import Behalf, Unproven
from web.workspace.client import Workspace

BOB = Actor("bob@example.com", "77")
APP = "/api/2.0/apps/shop"
BODY = {"app": "shop", "resource_key": "model", "permission": "CAN_QUERY"}
ATTACH = Change(kind=Kind.APP_ATTACH, endpoint=NAME, body=BODY)
RESOURCE = {"name": "model", "serving_endpoint": {"name": NAME, "permission": "CAN_QUERY"}}
SCOPE = {"error_code": "PERMISSION_DENIED", "message": "does not have required scopes: apps"}
MANAGERS = [{"user_name": BOB.email, "all_permissions": [{"permission_level": "CAN_MANAGE"}]}]


def go(ledger: Ledger, ws: Workspace, change: Change, key: str = "k") -> Result:
    return perform(ledger, ws, BOB, change, None, key, "r-1")


def history(ledger: Ledger) -> list[Operation]:
    return queries.page(ledger.engine, queries.Filter(), lambda _: True).operations


class Split(Wire):
    """The app may read apps, a person's token may not."""

    def answer(self, asked: Any) -> tuple[int, Any]:
        if asked.path == APP and asked.who != "the-app":
            self.asked.append(asked)
            return 403, SCOPE
        return super().answer(asked)


@pytest.fixture
def split() -> Any:
    wire = Split()
    wire.says("GET", ME, {"userName": BOB.email})
    wire.says("GET", "/api/2.0/permissions/apps/shop", {"access_control_list": MANAGERS})
    wire.says("POST", f"{APP}/update", {})
    yield wire
    wire.stop()


def test_an_app_gets_the_endpoint_and_its_resources_are_what_is_recorded(ledger: Ledger, wire: Wire) -> None:
    wire.shows(live())
    wire.says("GET", APP, {"name": "shop", "resources": []})
    wire.says("GET", APP, {"name": "shop", "resources": [RESOURCE]})
    wire.says("POST", f"{APP}/update", {})
    operation = go(ledger, wire.door(), ATTACH).operation
    assert (operation.outcome, operation.executed_by, operation.readback) == ("success", "", [])
    assert operation.before == {"app": "shop", "resources": []}
    assert operation.after == {"app": "shop", "resources": [RESOURCE]}
    assert [one.source for one in observe.latest(ledger, NAME, 9)] == [observe.SEEN]


def test_the_app_carries_it_out_and_both_are_on_record(ledger: Ledger, split: Split) -> None:
    split.shows(live(permission_level="CAN_MANAGE"))
    split.says("GET", APP, {"name": "shop", "resources": []})
    ws = split.door(behalf=Behalf(lambda: split.door("the-app"), "app-id"))
    operation = go(ledger, ws, ATTACH).operation
    assert (operation.outcome, operation.actor, operation.executed_by) == ("success", BOB.email, "app-id")
    assert [one.get("executed_by") for one in operation.calls] == ["app-id"]
    assert [one.who for one in split.asked if one.method == "POST"] == ["the-app"]


def test_who_could_not_be_shown_to_manage_it_is_on_record_as_refused(ledger: Ledger, split: Split) -> None:
    split.shows(live(permission_level="CAN_QUERY"))
    ws = split.door(behalf=Behalf(lambda: split.door("the-app"), "app-id"))
    with pytest.raises(Unproven) as refused:
        go(ledger, ws, ATTACH)
    (operation,) = history(ledger)
    assert (operation.kind, operation.endpoint, operation.outcome) == ("app.attach", NAME, "refused")
    assert (operation.actor, operation.actor_id, operation.request_id) == (BOB.email, "77", "r-1")
    assert (operation.executed_by, operation.host, operation.idempotency_key) == ("app-id", split.url, "k")
    assert (operation.calls, operation.diff, operation.before) == ([], [], None)
    assert operation.change == ATTACH.model_dump(mode="json")
    assert operation.payload_hash == payload_hash(operation.change, ledger.key)
    error = refused.value
    told = {"code": error.code, "message": error.message, "hint": error.hint, "status": 403}
    assert operation.error == told
    assert split.sent == []
    assert go(ledger, ws, ATTACH).replayed, "the same key is the same attempt"


def tag(name: str) -> Change:
    return Change(kind=Kind.TAGS, endpoint=name, body={"add": {"team": "ml"}})


def attach(name: str, app: str) -> Change:
    return Change(kind=Kind.APP_ATTACH, endpoint=name, body={**BODY, "app": app})


@pytest.mark.parametrize(
    ("first", "same", "other", "busy"),
    [
        (tag("one"), tag("one"), tag("two"), f"{API}/one"),
        (attach("one", "shop"), attach("two", "shop"), attach("one", "desk"), "/apps/shop"),
    ],
)
def test_changes_of_one_endpoint_or_app_wait_for_each_other_and_others_do_not(
    shared: Ledger, wire: Wire, first: Change, same: Change, other: Change, busy: str
) -> None:
    for name in ("one", "two"):
        wire.shows(live(name=name, **tags()))
        wire.says("PATCH", f"{API}/{name}/tags")
    for app in ("shop", "desk"):
        wire.says("GET", f"/api/2.0/apps/{app}", {"resources": []})
        wire.says("POST", f"/api/2.0/apps/{app}/update")
    begun, over = threading.Event(), threading.Event()
    write = "PATCH" if first.kind is Kind.TAGS else "POST"

    def hold() -> None:
        if not begun.is_set():
            begun.set()
            over.wait(20)

    wire.while_asked(write, hold)
    holder = threading.Thread(target=go, args=(shared, wire.door(), first, "first"))
    holder.start()
    assert begun.wait(20)
    asked = len(wire.asked)
    waiter = threading.Thread(target=go, args=(shared, wire.door(), same, "same"))
    waiter.start()
    assert go(shared, wire.door(), other, "other").operation.outcome == "success"
    assert not any(busy in one.path for one in wire.asked[asked:]), "who waits has not even looked"
    assert len(wire.sent) == 2, "the one that is held, and the other"
    assert len(history(shared)) == 2
    assert waiter.is_alive()
    over.set()
    deadline = time.monotonic() + 20
    while holder.is_alive() or waiter.is_alive():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert len(history(shared)) == 3
