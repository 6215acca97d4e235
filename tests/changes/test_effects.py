"""What a plan says will happen is what its request does: every point of traffic and every entity accounted for."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.changes.values import SIZES, endpoints
from web.changes.diff import canonical
from web.changes.effects import entities_of, moves, rebuilt, shares
from web.changes.fields import current_config, writable_config
from web.changes.kinds import Change, Kind
from web.changes.plan import plan


def split(draw: st.DataObject, names: list[str]) -> dict[str, int]:
    """Any whole-number split of 100."""
    cuts = sorted(draw.draw(st.lists(st.integers(0, 100), min_size=len(names) - 1, max_size=len(names) - 1)))
    edges = [0, *cuts, 100]
    return {name: edges[place + 1] - edges[place] for place, name in enumerate(names)}


@given(endpoints(), st.data())
def test_moved_traffic_adds_up_to_the_new_split(live: dict[str, Any], data: st.DataObject) -> None:
    old = writable_config(current_config(live))
    names = list(entities_of(old))
    wanted = split(data, names)
    made = plan(Change(kind=Kind.TRAFFIC, endpoint="churn", body={"routes": wanted}), live)
    sent = made.calls[0].body
    assert sent is not None
    have = dict(shares(old))
    for move in moves(old, sent):
        assert move.points > 0
        have[move.source] = have.get(move.source, 0) - move.points
        have[move.target] = have.get(move.target, 0) + move.points
    assert {n: have.get(n, 0) for n in names} == wanted
    told = [effect for effect in made.effects if effect.sort == "traffic"]
    assert len(told) == len(moves(old, sent))


@given(endpoints(), SIZES, st.data())
def test_entities_said_to_be_built_again_are_those_whose_fields_differ(
    live: dict[str, Any], size: str, data: st.DataObject
) -> None:
    old = writable_config(current_config(live))
    body = copy.deepcopy(old)
    place = data.draw(st.integers(0, len(body["served_entities"]) - 1))
    body["served_entities"][place]["workload_size"] = size
    made = plan(Change(kind=Kind.CONFIG, endpoint="churn", body=body), live)
    sent = made.calls[0].body
    assert sent is not None
    differing = {
        name for name, entity in entities_of(sent).items() if canonical(entity) != canonical(entities_of(old)[name])
    }
    assert (
        {effect.entity for effect in made.effects if effect.sort == "rebuild"} == differing == set(rebuilt(old, sent))
    )


def test_every_row_says_how_far_it_reaches() -> None:
    entity = {"name": "a", "entity_name": "main.ml.churn", "entity_version": "1", "scale_to_zero_enabled": False}
    live = {"name": "x", "id": "1", "config": {"served_entities": [entity], "auto_capture_config": {"enabled": True}}}
    body = {"served_entities": [{**entity, "entity_version": "2"}], "auto_capture_config": {"enabled": False}}
    made = plan(Change(kind=Kind.CONFIG, endpoint="x", body=body), live)
    reach = {row["path"]: row["reach"] for row in made.diff}
    assert reach["config.served_entities[a].entity_version"] == "rollout"
    assert reach["config.auto_capture_config.enabled"] == "recreate"
    assert made.blast_radius == "recreate"
    assert any("Duplicate this one" in finding.message for finding in made.blockers)


def test_what_the_workspace_sets_by_itself_is_no_difference() -> None:
    entity = {"name": "a", "entity_name": "main.ml.churn", "entity_version": "1", "scale_to_zero_enabled": False}
    live = {"name": "x", "id": "1", "config": {"served_entities": [{**entity, "workload_type": "CPU"}]}}
    made = plan(Change(kind=Kind.CONFIG, endpoint="x", body={"served_entities": [entity]}), live)
    assert [row["path"] for row in made.diff] == []
