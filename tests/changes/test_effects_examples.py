"""What happens to an endpoint, in words, by small examples."""

from typing import Any

import pytest

from tests.changes.lost import MANAGE, NAME, USERS, config, entity, live, routes
from web.changes.effects import Effect, Move, effects, moves, rebuilt, shares
from web.changes.kinds import Change, Kind
from web.changes.plan import Facts, plan

TWO = config(entity(), entity(name="b"), a=90, b=10)
ADMINS = {"group_name": "ml-team", "permission_level": "CAN_VIEW"}


def happens(kind: Kind, body: Any, now: Any, **facts: Any) -> list[tuple[str, str, str, str]]:
    """(sort, text, reach, entity) of each effect."""
    found = plan(Change(kind=kind, endpoint=NAME, body=body), now, Facts(**facts)).effects
    return [(one.sort, one.text, one.reach, one.entity) for one in found]


def test_entities_are_built_deployed_and_taken_away_and_traffic_follows() -> None:
    now = live(config=config(entity(), entity(name="b"), entity(name="c"), a=50, b=30, c=20))
    new = config(entity(entity_version="2"), entity(name="b"), entity(name="d"), a=50, b=20, d=30)
    assert happens(Kind.CONFIG, new, now) == [
        ("rebuild", "a is built again: version 1 → 2", "rollout", "a"),
        ("add", "d is deployed", "rollout", "d"),
        ("remove", "c is taken away once the new config serves", "rollout", "c"),
        ("traffic", "10 % of traffic moves from b to d", "rollout", "d"),
        ("traffic", "20 % of traffic moves from c to d", "rollout", "d"),
    ]


def test_a_first_deployment_moves_no_traffic() -> None:
    assert happens(Kind.CREATE, {"config": TWO}, None) == [
        ("add", "a is deployed for the first time", "rollout", "a"),
        ("add", "b is deployed for the first time", "rollout", "b"),
    ]
    assert [sort for sort, *_ in happens(Kind.CONFIG, config(), live(config=None))] == ["add"]


@pytest.mark.parametrize(
    ("was", "will", "text"),
    [
        (entity(), entity(workload_size="Large"), "a is built again"),
        (entity(), {**entity(), "entity_version": None, "workload_size": "Large"}, "a is built again"),
        ({**entity(), "entity_version": ""}, entity(), "a is built again"),
        (
            {"name": "a", "external_model": {"name": "gpt-4o"}},
            {"name": "a", "external_model": {"name": "gpt-5"}},
            "a changes its provider settings",
        ),
    ],
)
def test_an_entity_that_stays_is_built_again_with_its_new_version(was: Any, will: Any, text: str) -> None:
    found = happens(Kind.RESTORE, {"config": config(will)}, live(config=config(was)))
    assert found == [("rebuild", text, "rollout", "a")]


def test_grants_are_given_changed_and_taken() -> None:
    higher = {**USERS, "permission_level": "CAN_MANAGE"}
    service = {"service_principal_name": "sp-1", "permission_level": "CAN_QUERY"}
    body = {"access_control_list": [higher, service, MANAGE]}
    assert happens(Kind.PERMISSIONS, body, live(), grants=[USERS, ADMINS, MANAGE]) == [
        ("grant", "users: CAN_QUERY becomes CAN_MANAGE", "instant", ""),
        ("grant", "ml-team loses CAN_VIEW", "instant", ""),
        ("grant", "sp-1 gets CAN_QUERY", "instant", ""),
    ]


def test_a_delete_ends_what_answers_and_who_may() -> None:
    now = live(config=config(entity(), entity(name="b"), a=100, b=0))
    assert happens(Kind.DELETE, {}, now, grants=[USERS, {"permission_level": "CAN_VIEW"}]) == [
        ("remove", "a stops answering (100 % of traffic)", "destroy", "a"),
        ("grant", "users loses CAN_QUERY", "destroy", ""),
    ]
    assert happens(Kind.DELETE, {}, live(config=None)) == []
    assert effects(Change(kind=Kind.DELETE, endpoint=NAME), None, None, []) == []


def test_what_needs_a_new_endpoint_is_said_where_there_was_something() -> None:
    capture = {"config": {**config(), "auto_capture_config": {"enabled": True}}}
    (first,) = happens(Kind.RESTORE, {"config": config()}, live(**capture))
    assert (first[0], first[2]) == ("recreate", "recreate")
    assert first[1] == "config.auto_capture_config needs a new endpoint: Legacy inference tables cannot be moved."
    assert [sort for sort, *_ in happens(Kind.CREATE, capture, None)] == ["add"]


def test_an_effect_as_the_api_gives_it() -> None:
    told = {"kind": "add", "text": "x is deployed", "reach": "rollout", "served_entity": "x"}
    assert Effect("add", "x is deployed", "rollout", "x").as_json() == told
    assert Effect("grant", "x", "instant").as_json()["served_entity"] == ""


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (config(a=100), {"a": 100}),
        ({"served_entities": [entity()]}, {"a": 100}),
        ({"served_entities": [entity(), entity(name="b")]}, {}),
        ({"served_entities": [entity()], "traffic_config": routes(a=40)}, {"a": 40}),
        ({"traffic_config": {"routes": [{"served_model_name": "m", "traffic_percentage": 7}, "x"]}}, {"m": 7}),
        ({"traffic_config": {"routes": [{"served_model_name": "m", "traffic_percentage": True}]}}, {}),
        ({"traffic_config": {"routes": [{"served_model_name": "m", "traffic_percentage": "7"}]}}, {}),
        ({}, {}),
    ],
)
def test_shares_of_the_traffic(shown: Any, found: dict[str, int]) -> None:
    assert shares(shown) == found


def test_what_the_losers_lose_goes_to_the_gainers_in_order() -> None:
    old, new = {"traffic_config": routes(a=50, b=40, c=10)}, {"traffic_config": routes(a=20, b=20, c=30, d=30)}
    assert moves(old, new) == [Move("a", "c", 20), Move("a", "d", 10), Move("b", "d", 20)]
    assert moves(old, old) == []
    assert moves(old, {"traffic_config": routes(a=100)}) == [Move("b", "a", 40), Move("c", "a", 10)]


def test_an_entity_is_built_again_when_its_own_fields_differ() -> None:
    assert rebuilt(TWO, config(entity(), entity(name="b", workload_size="Large"), entity(name="c"))) == ["b"]
    assert rebuilt(TWO, {"served_entities": [entity(x=None), {"entity_name": "nameless"}, "x"]}) == []
