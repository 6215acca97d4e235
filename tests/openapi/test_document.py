"""Documents are read, however odd, and drawn as fields."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.openapi.signatures import generated, real_world, schema_of_model
from web.emulator.models.base import Model
from web.openapi.document import SchemaError, parse
from web.openapi.fields import Field, fields_of
from web.openapi.normal import normal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "properties", "items", "oneOf", "enum", "nullable", "required", "format", "x"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


def document(schema: Any) -> str:
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": {}}
    paths = {"/served-models/e/invocations": {"post": body}}
    return json.dumps({"info": {"title": "x", "version": "7"}, "paths": paths})


def test_a_document_has_its_entities_and_config_version() -> None:
    read = parse(document({"type": "object", "properties": {"messages": {"type": "array"}}}))
    assert (read.title, read.version, read.entities[0].name) == ("x", "7", "e")
    assert read.entities[0].alternatives[0].key == "messages"
    assert read.entity("other") is None


@pytest.mark.parametrize("text", ["", "<html>", "[]", "{}", '{"paths": {}}', '{"paths": {"/x": {}}}', "null"])
def test_what_is_no_document_is_said_to_be_none(text: str) -> None:
    with pytest.raises(SchemaError):
        parse(text)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_no_schema_however_odd_ends_in_a_crash(schema: Any) -> None:
    for entity in parse(document(schema)).entities:
        for way in entity.alternatives:
            fields_of(way.schema)


def test_nullable_becomes_a_type_and_unknown_formats_go() -> None:
    assert normal({"type": "integer", "nullable": True, "format": "unknown"}) == {"type": ["integer", "null"]}
    assert normal({"oneOf": [{"type": "string"}], "nullable": True})["oneOf"][-1] == {"type": "null"}
    assert normal({"type": "string", "enum": ["a"], "nullable": True})["enum"] == ["a", None]


MODELS = {**real_world(), **generated(10)}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_every_field_of_every_shape_has_a_path_of_its_own(model: Model) -> None:
    entity = schema_of_model(model)
    for way in entity.alternatives:
        paths = [one.path for one in walk(fields_of(way.schema))]
        assert paths
        assert len(paths) == len(set(paths))


def walk(fields: tuple[Field, ...]) -> list[Field]:
    return [one for field in fields for one in (field, *walk(field.children))]


def test_fields_say_type_limits_default_and_what_is_required() -> None:
    found = {one.path: one for one in walk(fields_of(schema_of_model(real_world()["reasoning chat"]).request))}
    assert found["messages"].required
    assert found["messages[].role"].values == ("system", "user", "assistant", "tool")
    assert found["temperature"].limits == ("≥ 0", "≤ 2")
    assert (found["temperature"].default, found["temperature"].nullable) == ("1.0", True)
    assert found["stop"].type == "string or list of string"


def test_places_of_a_row_are_named_by_their_columns() -> None:
    split = schema_of_model(real_world()["nullable column"]).alternatives[0]
    named = {one.path: one.name for one in walk(fields_of(split.schema))}
    assert named["dataframe_split.data[][3]"] == "contract"
