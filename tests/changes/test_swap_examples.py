"""Whether callers would notice, by example: the schemas of who loses traffic and who gains it, or why nobody knows."""

from typing import Any

import pytest

from tests.changes.lost import NAME, config, entity, live, tags
from tests.changes.wire import API, Wire
from web.changes.checks import Finding
from web.changes.kinds import Change, Kind
from web.changes.swap import schema_findings

SCHEMA = f"{API}/{NAME}/openapi"
TEXT, NUMBER = {"type": "string"}, {"type": "number"}
VERSIONS = iter(range(10_000, 99_999))
"""A document is remembered by the version of the config: each test has one of its own."""


def document(**schemas: Any) -> dict[str, Any]:
    """What the workspace says of its entities: the fields that each of them takes."""
    paths = {}
    for name, fields in schemas.items():
        schema = {"type": "object", "properties": {"inputs": {"type": "object", "properties": fields}}}
        body = {"content": {"application/json": {"schema": schema}}}
        paths[f"/served-models/{name}/invocations"] = {"post": {"requestBody": body, "responses": {}}}
    return {"openapi": "3.1.0", "info": {"title": NAME, "version": "1"}, "paths": paths}


def model(name: str, version: str = "1", **more: Any) -> dict[str, Any]:
    return entity(name=name, entity_version=version, **more)


def told(wire: Wire, was: Any, wanted: Any, kind: Kind = Kind.CONFIG, **more: Any) -> list[Finding]:
    """The findings of a change from this config to that one."""
    now = live(config={**was, "config_version": next(VERSIONS)} if was else was, **more)
    body = {"config": wanted} if kind is Kind.RESTORE else wanted
    return schema_findings(wire.door(), Change(kind=kind, endpoint=NAME, body=body), now)


def codes(found: list[Finding]) -> list[str]:
    return [finding.code for finding in found]


TWO = config(model("a"), model("b", "2"), a=90, b=10)
SHIFTED = config(model("a"), model("b", "2"), a=50, b=50)


@pytest.mark.parametrize("kind", [Kind.CONFIG, Kind.RESTORE])
def test_traffic_that_moves_to_a_narrower_schema_has_to_be_accepted(wire: Wire, kind: Kind) -> None:
    wire.says("GET", SCHEMA, document(a={"x": TEXT, "y": TEXT}, b={"x": TEXT}))
    (found,) = told(wire, TWO, SHIFTED, kind)
    assert (found.path, found.code, found.must_acknowledge) == ("traffic_config.routes", "schema-breaking", True)
    assert found.message == "Callers of 'a' may fail on 'b': its schema differs in 1 breaking ways."
    assert found.details == ("Request: 'inputs.y' is not taken any more.",)


def test_a_traffic_shift_is_looked_at_too(wire: Wire) -> None:
    wire.says("GET", SCHEMA, document(a={"x": TEXT}, b={"x": NUMBER}))
    assert codes(told(wire, TWO, {"routes": {"a": 50, "b": 50}}, Kind.TRAFFIC)) == ["schema-breaking"]


def test_a_wider_schema_is_told_and_the_same_one_is_not(wire: Wire) -> None:
    wire.says("GET", SCHEMA, document(a={"x": TEXT}, b={"x": TEXT, "y": TEXT}))
    (found,) = told(wire, TWO, SHIFTED)
    assert (found.path, found.code, found.must_acknowledge) == ("traffic_config.routes", "schema-safe", False)
    assert "'b' differs from that of 'a'; callers need not change" in found.message
    assert len(found.details) == 1
    wire.forget()
    wire.says("GET", SCHEMA, document(a={"x": TEXT}, b={"x": TEXT}))
    assert told(wire, TWO, SHIFTED) == []


@pytest.mark.parametrize(("fields", "more"), [(20, ()), (21, ("… and 1 more.",)), (23, ("… and 3 more.",))])
def test_twenty_differences_are_listed_and_the_rest_counted(wire: Wire, fields: int, more: tuple[str, ...]) -> None:
    wire.says("GET", SCHEMA, document(a={f"f{place}": TEXT for place in range(fields)}, b={}))
    (found,) = told(wire, TWO, SHIFTED)
    assert found.details[20:] == more
    assert len(set(found.details)) == min(fields, 20) + len(more)
    assert f"in {20 + bool(more)} breaking ways" in found.message


def test_an_entity_that_the_schema_does_not_name_is_not_compared(wire: Wire) -> None:
    wire.says("GET", SCHEMA, document(a={"x": TEXT}))
    (found,) = told(wire, TWO, SHIFTED)
    assert (found.path, found.code) == ("traffic_config.routes", "schema-unread")
    assert found.message == "The schemas of 'a' and 'b' are not known, so they were not compared."
    assert codes(told(wire, TWO, config(model("a"), model("b", "2"), a=99, b=1))) == ["schema-unread"]


@pytest.mark.parametrize(
    ("status", "answer", "why"),
    [
        (404, {"message": "no"}, "The model has no signature"),
        (403, {"message": "no"}, "You may not read this schema"),
        (200, b"<html>", "not"),
    ],
)
def test_a_schema_that_cannot_be_read_is_told(wire: Wire, status: int, answer: Any, why: str) -> None:
    wire.says("GET", SCHEMA, answer, status)
    (found,) = told(wire, TWO, SHIFTED)
    assert (found.path, found.code) == ("traffic_config.routes", "schema-unread")
    assert found.message.startswith("The schemas of these entities could not be compared: ")
    assert why in found.message


@pytest.mark.parametrize("state", [{"suspend": "STOPPED"}, {"ready": "NOT_READY"}])
def test_what_nobody_calls_yet_has_no_schema_and_needs_no_word(wire: Wire, state: dict[str, str]) -> None:
    assert told(wire, TWO, SHIFTED, state=state) == []
    assert wire.asked == []


def test_external_models_have_no_schema_and_need_no_word(wire: Wire) -> None:
    gpt = [{"name": name, "external_model": {"provider": "openai", "name": name}} for name in ("a", "b")]
    wire.says("GET", SCHEMA, {"message": "no"}, 404)
    assert told(wire, config(*gpt, a=90, b=10), config(*gpt, a=50, b=50)) == []
    assert wire.reads(SCHEMA) == 1


def test_a_version_that_serves_nowhere_yet_is_unknown_where_it_takes_traffic(wire: Wire) -> None:
    (found,) = told(wire, config(model("a")), config(model("a", "7")))
    assert (found.path, found.code) == ("traffic_config.routes", "schema-unknown")
    assert found.message.startswith("'a' does not serve this version yet, so its schema cannot be compared")
    assert codes(told(wire, config(model("a")), config(model("a"), model("new", "7"), a=90, new=10))) == [
        "schema-unknown"
    ]
    assert told(wire, config(model("a")), config(model("a"), model("new", "7"), a=100, new=0)) == []
    assert wire.asked == [], "nothing moves between two that serve"


def test_the_same_model_built_again_or_under_another_name_is_known(wire: Wire) -> None:
    assert told(wire, config(model("a")), config(model("a", workload_size="Large"))) == []
    assert told(wire, config(model("a")), config(model("a"), model("copy"), a=50, copy=50)) == []


def test_a_version_that_another_entity_serves_is_compared_with_it(wire: Wire) -> None:
    wire.says("GET", SCHEMA, document(a={"x": TEXT, "y": TEXT}, b={"x": TEXT}))
    (found,) = told(wire, TWO, config(model("a", "2"), model("b", "2"), a=90, b=10))
    assert found.message.startswith("Callers of 'a' may fail on 'b'")
    idle = config(model("a"), model("b", "2"), a=0, b=100)
    assert told(wire, idle, config(model("a", "2"), model("b", "2"), a=0, b=100)) == []
    assert told(wire, TWO, config(model("a", "2"), model("b", "2"), a=0, b=100)) != [], "its traffic goes to b"
    new = config(model("a", "2", workload_size="Large"), model("b", "2"), a=90, b=10)
    assert codes(told(wire, TWO, new)) == ["schema-breaking"]


def test_what_shifts_no_traffic_asks_nothing(wire: Wire) -> None:
    now = live(config=TWO)
    for kind, body in ((Kind.TAGS, {"add": {"a": "1"}}), (Kind.GATEWAY, {}), (Kind.CREATE, {"config": TWO})):
        assert schema_findings(wire.door(), Change(kind=kind, endpoint=NAME, body=body), now) == []
    shift = Change(kind=Kind.CONFIG, endpoint=NAME, body=SHIFTED)
    assert schema_findings(wire.door(), shift, None) == []
    assert schema_findings(wire.door(), shift, live(config=None)) == []
    assert told(wire, TWO, tags(a="1"), Kind.RESTORE) == []
    assert told(wire, TWO, None, Kind.RESTORE) == []
    assert told(wire, TWO, TWO) == []
    assert wire.asked == []
