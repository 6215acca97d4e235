"""How an endpoint stands, who it runs as, and which part of it a change touches: by small examples."""

from typing import Any

import pytest

from tests.audit.history import begin
from tests.changes.lost import MAIL, MANAGE, NAME, TELEMETRY, config, live, tags, told
from tests.changes.wire import ID, Wire
from web.audit.ledger import Ledger, Outcome
from web.changes import observe, queue
from web.changes.kinds import Change, Kind
from web.changes.parts import part_of
from web.changes.perform import Actor
from web.changes.run_as import departed, run_as_findings
from web.changes.standing import Standing, standing, update, updating

HOST = "https://example.com"
RUNS = {"state": {"config_update": "IN_PROGRESS"}}


def rolling(version: int | None, **more: Any) -> dict[str, Any]:
    return live(pending_config={"config_version": version, "start_time": 77}, **{**RUNS, **more})


def made(ledger: Ledger, after: Any, **more: Any) -> str:
    op_id = begin(ledger, f"k{ledger.clock()}", **{"endpoint": NAME, **more})
    ledger.finish(op_id, Outcome("success", [], after=after))
    return op_id


def test_an_endpoint_at_rest_stands_in_no_update_and_no_line(ledger: Ledger) -> None:
    assert standing(ledger, HOST, live()) == Standing(None, None, None)
    assert update(ledger, None) is None
    assert [updating(live()), updating(live(state=None)), updating(live(**RUNS))] == [False, False, True]


def test_an_update_is_that_of_the_change_whose_version_it_has(ledger: Ledger) -> None:
    op_id = made(ledger, rolling(4))
    made(ledger, rolling(9))
    made(ledger, rolling(4), endpoint="other")
    found = update(ledger, rolling(4))
    assert found is not None
    assert found.operation == told(ledger, op_id)
    assert (found.since, found.version) == (told(ledger, op_id).at, 4)


@pytest.mark.parametrize(
    ("after", "now"),
    [
        (None, rolling(4)),
        (live(), rolling(4)),
        (rolling(5), rolling(4)),
        (rolling(4, id="f" * 32), rolling(4)),
        (rolling(None), rolling(None)),
    ],
)
def test_an_update_that_no_change_explains_began_elsewhere(ledger: Ledger, after: Any, now: Any) -> None:
    made(ledger, after)
    found = update(ledger, now)
    assert found is not None
    assert (found.operation, found.since) == (None, 77)
    assert found.version == now["pending_config"]["config_version"]


def test_an_update_without_a_config_to_come_is_one_all_the_same(ledger: Ledger) -> None:
    found = update(ledger, live(**RUNS))
    assert found is not None
    assert (found.operation, found.since, found.version) == (None, None, None)


def test_who_waits_and_what_was_changed_elsewhere_stand_beside_it(ledger: Ledger) -> None:
    observe.after_change(ledger, live(), "one")
    observe.look(ledger, live(**tags(a="1")))
    tag = Change(kind=Kind.TAGS, endpoint=NAME, body={"add": {"b": "1"}})
    row = queue.join(ledger, Actor("bob@example.com"), HOST, tag, ID, "draft", "")
    found = standing(ledger, HOST, live())
    assert found.queued is not None
    assert (found.queued.seq, found.update) == (row.seq, None)
    assert found.outside is not None
    assert found.outside.body["tags"] == tags(a="1")["tags"]
    assert standing(ledger, "https://elsewhere.example.com", live()).queued is None
    assert standing(ledger, HOST, live(id="")) == Standing()


USERS = "/api/2.0/preview/scim/v2/Users"
BOB = {"userName": "Bob@Example.com", "displayName": "Bob"}


@pytest.mark.parametrize(
    ("answer", "status", "gone"),
    [
        ({"Resources": [BOB], "totalResults": 1}, 200, False),
        ({"Resources": [{**BOB, "userName": "bob@example.com.au"}], "totalResults": 1}, 200, True),
        ({"Resources": [], "totalResults": 0}, 200, True),
        ({"message": "You may not."}, 403, None),
        ({"message": "Oh."}, 400, None),
    ],
)
def test_whether_the_creator_is_still_there(wire: Wire, answer: Any, status: int, gone: bool | None) -> None:
    wire.says("GET", USERS, answer, status)
    assert departed(wire.door(), "bob@example.com") is gone
    found = run_as_findings(wire.door(), Change(kind=Kind.START, endpoint=NAME), live())
    assert [(one.path, one.code) for one in found] == [("", "run-as-gone")] * (gone is True)


def test_the_creator_matters_to_what_rolls_out_and_only_a_person_can_leave(wire: Wire) -> None:
    wire.says("GET", USERS, {"Resources": [], "totalResults": 0})

    def told_of(kind: Kind, now: Any) -> bool:
        return bool(run_as_findings(wire.door(), Change(kind=kind, endpoint=NAME), now))

    assert [kind for kind in Kind if told_of(kind, live())] == [Kind.START, Kind.CONFIG, Kind.TRAFFIC, Kind.RESTORE]
    asked = len(wire.asked)
    for now in (None, live(creator=None), live(creator="0a1b-service-principal")):
        assert not told_of(Kind.START, now)
    assert len(wire.asked) == asked


CONFIG, TAGS = {"config": config()}, tags(a="1")
GATEWAY = {"ai_gateway": {"usage_tracking_config": {"enabled": True}}}
WHOLE = {**CONFIG, **TAGS, **GATEWAY, **MAIL}


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        (Kind.CONFIG, CONFIG),
        (Kind.TRAFFIC, CONFIG),
        (Kind.TAGS, TAGS),
        (Kind.GATEWAY, GATEWAY),
        (Kind.NOTIFICATIONS, MAIL),
        (Kind.STOP, {"suspended": False}),
        (Kind.START, {"suspended": False}),
        (Kind.RESTORE, WHOLE),
        (Kind.DELETE, {"id": ID, **WHOLE}),
        (Kind.PERMISSIONS, {"access_control_list": [MANAGE]}),
        (Kind.TELEMETRY, TELEMETRY),
        (Kind.APP_ATTACH, {"resources": [{"name": "x"}]}),
        (Kind.APP_DETACH, {"resources": [{"name": "x"}]}),
        (Kind.CREATE, {}),
    ],
)
def test_the_part_that_a_change_touches(kind: Kind, part: dict[str, Any]) -> None:
    now = live(**TAGS, **GATEWAY, **MAIL, **TELEMETRY, **{"$app": {"resources": [{"name": "x"}]}})
    assert part_of(kind, now, [MANAGE]) == part
    assert part_of(kind, None, [MANAGE]) == {}
