"""What stops a change on the way to its write: somebody else's edit, or what the endpoint forbids. Nothing is sent."""

from typing import Any

import pytest

from tests.changes.lost import NAME, config, entity, live, tags
from tests.changes.test_perform_examples import MADE, TAG, TAGS, WITH_TAG, go, history
from tests.changes.wire import Wire
from web.audit.ledger import Ledger
from web.changes.diff import fingerprint
from web.changes.kinds import Base, Change, Kind
from web.changes.parts import part_of
from web.changes.perform import Moved
from web.changes.plan import base_of
from web.errors import Conflict, Forbidden, Invalid, PortalError


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
