"""What differs between two schemas, and what of it breaks callers."""

from typing import Any

from tests.openapi.signatures import schema_of_model
from web.emulator.models.chat import ChatModel
from web.emulator.models.demo_catalog import CHURN, CHURN_BREAKING, CHURN_SAFE, FRAUD
from web.emulator.models.tabular import TabularModel
from web.emulator.models.tensor import TensorModel
from web.openapi.compare import breaking, compare
from web.openapi.document import EntitySchema
from web.openapi.normal import normal


def entity(request: dict[str, Any], response: dict[str, Any] | None = None) -> EntitySchema:
    """A schema of an object with these properties, `required` given by a trailing `!` in the name."""

    def shaped(members: dict[str, Any]) -> dict[str, Any]:
        needed = [name.rstrip("!") for name in members if name.endswith("!")]
        return {
            "type": "object",
            "required": needed,
            "properties": {name.rstrip("!"): one for name, one in members.items()},
        }

    return EntitySchema("e", normal(shaped(request)), normal(shaped(response or {})))


def effects(before: EntitySchema, after: EntitySchema) -> set[tuple[str, bool]]:
    return {(f"{one.side}.{one.path}", one.breaking) for one in compare(before, after)}


NUMBER, WHOLE, TEXT = {"type": "number"}, {"type": "integer"}, {"type": "string"}


def test_equal_schemas_do_not_differ() -> None:
    churn = schema_of_model(TabularModel(CHURN))
    assert compare(churn, churn) == ()


def test_a_new_optional_column_is_safe() -> None:
    before, after = schema_of_model(TabularModel(CHURN)), schema_of_model(TabularModel(CHURN_SAFE))
    assert breaking(before, after) == ()
    assert ("request.dataframe_records[].contract", False) in effects(before, after)


def test_columns_that_come_required_or_go_break() -> None:
    found = breaking(schema_of_model(TabularModel(CHURN)), schema_of_model(TabularModel(CHURN_BREAKING)))
    assert {one.path for one in found} >= {
        "dataframe_records[].age",
        "dataframe_records[].tenure_years",
        "dataframe_split.columns",
        "predictions",
    }
    assert all(one.text.endswith(".") for one in found)


def test_another_way_of_sending_data_breaks() -> None:
    found = breaking(schema_of_model(TabularModel(CHURN)), schema_of_model(TensorModel(FRAUD)))
    assert "'dataframe_split' is no longer accepted." in {one.text for one in found}
    assert breaking(schema_of_model(TabularModel(CHURN)), schema_of_model(ChatModel()))


def test_a_request_may_widen_and_a_response_may_narrow() -> None:
    assert effects(entity({"a": WHOLE}, {"r": NUMBER}), entity({"a": NUMBER}, {"r": WHOLE})) == {
        ("request.a", False),
        ("response.r", False),
    }
    assert effects(entity({"a": NUMBER}, {"r": WHOLE}), entity({"a": WHOLE}, {"r": NUMBER})) == {
        ("request.a", True),
        ("response.r", True),
    }


def test_presence_and_null_break_in_one_direction_only() -> None:
    assert effects(entity({"a": TEXT}), entity({"a!": TEXT})) == {("request.a", True)}
    assert effects(entity({"a!": TEXT}), entity({"a": TEXT})) == {("request.a", False)}
    null = {**TEXT, "nullable": True}
    assert effects(entity({"a": null}, {"r": TEXT}), entity({"a": TEXT}, {"r": null})) == {
        ("request.a", True),
        ("response.r", True),
    }


def test_enums_limits_and_defaults() -> None:
    few, many = {"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["a", "b"]}
    assert effects(entity({"m": few}), entity({"m": many})) == {("request.m", False)}
    assert effects(entity({"m": many}), entity({"m": few})) == {("request.m", True)}
    assert effects(entity({}, {"m": few}), entity({}, {"m": many})) == {("response.m", True)}
    assert effects(entity({"m": NUMBER}), entity({"m": {**NUMBER, "maximum": 2}})) == {("request.m", True)}
    assert effects(entity({"m": {**NUMBER, "default": 1}}), entity({"m": {**NUMBER, "default": 2}})) == {
        ("request.m", False)
    }


def test_breaking_differences_come_first() -> None:
    found = compare(entity({"a": TEXT, "b": WHOLE}), entity({"b": NUMBER}))
    assert [one.breaking for one in found] == [True, False]
