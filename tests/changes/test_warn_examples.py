"""What a person should know before a change is applied, and that what was so before is no news: by small examples."""

from typing import Any

import pytest

from tests.changes.lost import NAME, config, entity, live, routes
from web.changes.kinds import Change, Kind
from web.changes.warn import warnings_for


def warned(kind: Kind, body: Any, now: Any) -> list[tuple[str, str]]:
    """(path, code) of each warning."""
    found = warnings_for(Change(kind=kind, endpoint=NAME, body=body), now)
    assert all(warning.message for warning in found)
    return [(warning.path, warning.code) for warning in found]


ZERO, IDLE = "scale-to-zero", "no-traffic"


@pytest.mark.parametrize(
    ("kind", "body", "now", "found"),
    [
        (Kind.STOP, {}, live(), [("", "stops-serving")]),
        (Kind.START, {}, live(), [("", "new-version")]),
        (Kind.DELETE, {}, live(), [("", "serving"), ("", "no-undo"), ("", "new-id")]),
        (Kind.DELETE, {}, live(state={"ready": "NOT_READY"}), [("", "no-undo"), ("", "new-id")]),
        (Kind.DELETE, {}, live(state=None), [("", "no-undo"), ("", "new-id")]),
        (Kind.DELETE, {}, None, []),
        (Kind.TAGS, {"add": {"a": "1"}}, live(), []),
        (Kind.RESTORE, {"tags": []}, live(), []),
        (Kind.RESTORE, {"config": config(entity(name="b"), b=100)}, live(),
         [("served_entities", "entity-removed"), ("served_entities", "nothing-stays")]),
        (Kind.APP_DETACH, {"app": "shop", "resource_key": "model"}, live(), [("", "")]),
        (Kind.CREATE, {}, None, []),
        (Kind.CREATE, {"config": config(entity(scale_to_zero_enabled=True))}, None,
         [("served_entities[0].scale_to_zero_enabled", ZERO)]),
        (Kind.CREATE, {"config": config(entity(), entity(name="b"), a=100)}, None, [("served_entities[1]", IDLE)]),
    ],
)  # fmt: skip
def test_what_a_person_should_know_of_each_kind(kind: Kind, body: Any, now: Any, found: Any) -> None:
    assert warned(kind, body, now) == found


def small(name: str = "a", *, zero: bool = False) -> dict[str, Any]:
    return entity(name=name, scale_to_zero_enabled=zero)


@pytest.mark.parametrize(
    ("was", "will", "found"),
    [
        (config(small()), config(small()), []),
        (config(small()), config(small(zero=True)), [("served_entities[0].scale_to_zero_enabled", ZERO)]),
        (config(small(zero=True)), config(small(zero=True)), []),
        (config(small(zero=True)), config(small()), []),
        (config(small()), config(small(), small("b"), a=100, b=0), [("served_entities[1]", IDLE)]),
        (config(small(), small("b"), a=100, b=0), config(small(), small("b"), a=100, b=0), []),
        (config(small(), small("b"), a=90, b=10), config(small(), small("b"), a=100, b=0),
         [("served_entities[1]", IDLE)]),
        (config(small(), small("b", zero=True), a=100, b=0), config(small(), small("b", zero=True), a=90, b=10),
         [("served_entities[1].scale_to_zero_enabled", ZERO)]),
        (config(small(), small("b"), a=100, b=0), config(small(), small("b", zero=True), a=100, b=0), []),
        (config(small(), small("b"), a=90, b=10), config(small()), [("served_entities", "entity-removed")]),
        (config(small(), small("b"), a=100, b=0), config(small("b")),
         [("served_entities", "entity-removed"), ("served_entities", "nothing-stays")]),
        (config(small(), small("b"), a=100, b=0), config(small(), small("b"), a=50, b=50),
         [("traffic_config.routes", "big-shift")]),
        (config(small(), small("b"), a=100, b=0), config(small(), small("b"), a=51, b=49), []),
        (config(small(), small("b"), a=99, b=1), config(small(), small("b"), a=1, b=99), []),
        (config(small()), config(small(), small("b"), a=40, b=60), [("traffic_config.routes", "big-shift")]),
    ],
)  # fmt: skip
def test_what_was_so_before_is_no_news(was: Any, will: Any, found: Any) -> None:
    nothing = ("served_entities", "nothing-stays")
    assert warned(Kind.CONFIG, will, live(config=was)) == [
        one for one in found if one != nothing or was["served_entities"]
    ]


def test_an_entity_that_only_stands_in_needs_no_traffic() -> None:
    fallback = {"ai_gateway": {"fallback_config": {"enabled": True}}}
    idle = config(small(), small("b"), a=100, b=0)
    assert warned(Kind.CONFIG, idle, live(config=config(small()), **fallback)) == []
    off = {"ai_gateway": {"fallback_config": {"enabled": False}}}
    assert warned(Kind.CONFIG, idle, live(config=config(small()), **off)) == [("served_entities[1]", IDLE)]


def test_a_warning_names_the_entity_or_its_place() -> None:
    body = {"config": {"served_entities": [small(), {**small(zero=True), "name": ""}], "traffic_config": routes(a=100)}}
    (idle,) = warnings_for(Change(kind=Kind.CREATE, endpoint=NAME, body=body), None)
    assert idle.message == "'2' gets no traffic (0 %)."
    lone = {"config": {"served_entities": [{**small(zero=True), "name": None}]}}
    (cold,) = warnings_for(Change(kind=Kind.CREATE, endpoint=NAME, body=lone), None)
    assert cold.message.startswith("'1' scales to zero")


def test_an_app_and_the_gateway_have_warnings_of_their_own() -> None:
    attach = {"app": "shop", "resource_key": "model", "permission": "CAN_MANAGE"}
    assert warned(Kind.APP_ATTACH, attach, live()) == [("permission", "")]
    closed = {"rate_limits": [{"key": "endpoint", "calls": 0, "renewal_period": "minute"}]}
    assert warned(Kind.GATEWAY, closed, live()) == [("rate_limits[0]", "")]
    assert warned(Kind.GATEWAY, closed, live(ai_gateway=closed)) == []
