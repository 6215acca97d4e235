"""The five texts of a Change: quoted so that nothing breaks out, free of secrets, and readable by their tools."""

import ast
import json
import shlex
from typing import Any, get_args, get_origin, get_type_hints

import hcl2
import pytest
import yaml
from databricks.sdk.service import apps, serving
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.changes.bundle_schema import BUNDLE
from tests.changes.spell_cases import CUSTOM, EDITS, EVERY, HOST, LEAKY, NASTY, SECRETS, UNITS, change, entity, live
from web.changes.calls import calls_for
from web.changes.kinds import Change
from web.changes.spell import as_code
from web.changes.spell.operations import OPERATIONS, Operation, operation_of

NAMES = [f"{c.kind}-{i}" for i, c in enumerate(EVERY)]


LASTING = ("create", "update-config", "update-provisioned")


def spell(it: Change, state: dict[str, Any] | None = None) -> dict[str, str]:
    """The texts of a Change of the cast's live endpoint."""
    known = state or (None if it.kind == "endpoint.create" else live())
    return as_code(it, calls_for(it, known), host=HOST, live=known)


def commands(text: str) -> list[list[str]]:
    """The shell words of each command of a CLI text, its placeholder profile filled in."""
    words = shlex.split(text.replace("<PROFILE>", "dev"), comments=True)
    found: list[list[str]] = []
    for word in words:
        if word == "databricks":
            found.append([])
        if found:
            found[-1].append(word)
    return found


@pytest.mark.parametrize("it", EVERY, ids=NAMES)
def test_the_same_change_is_always_spelled_the_same(it: Change) -> None:
    assert spell(it) == spell(it)
    assert set(spell(it)) == {"cli", "python", "curl", "terraform", "bundle"}


@pytest.mark.parametrize("it", EVERY, ids=NAMES)
def test_every_cli_command_names_the_profile_and_carries_its_body_unharmed(it: Change) -> None:
    for call, words in zip(calls_for(it, live()), commands(spell(it)["cli"].split("ENDPOINT_ID=")[0]), strict=False):
        assert words[-2:] == ["--profile", "dev"]
        if it is not LEAKY and call.body:
            assert json.loads(words[words.index("--json") + 1]) == call.body


@pytest.mark.parametrize("it", [CUSTOM, UNITS, *EDITS], ids=lambda it: str(it.kind))
def test_the_json_of_the_cli_builds_the_sdks_classes_without_loss(it: Change) -> None:
    for call, words in zip(calls_for(it, live()), commands(spell(it)["cli"]), strict=False):
        operation, _ = operation_of(call)
        body = json.loads(words[words.index("--json") + 1]) if "--json" in words else {}
        for key, name in operation.classes.items() if operation else ():
            for item in body[key] if isinstance(body.get(key), list) else [body.get(key)]:
                assert item is None or getattr(serving, name).from_dict(item).as_dict() == item


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: str(o.sdk))
def test_the_shapes_are_those_of_the_sdk(operation: Operation) -> None:
    api = apps.AppsAPI if operation.group == "apps" else serving.ServingEndpointsAPI
    assert callable(getattr(api, operation.sdk))
    for key, name in operation.classes.items():
        shape = operation.shape[key]
        assert_same_fields(shape[0] if isinstance(shape, list) else shape, getattr(serving, name))


def assert_same_fields(shape: dict[str, Any], cls: Any) -> None:
    """`shape` has the fields of the SDK's dataclass `cls`, all the way down."""
    hints = get_type_hints(cls)
    assert set(shape) == set(hints) - ({"name"} if cls is serving.EndpointCoreConfigInput else set())
    for field, hint in hints.items():
        inner = next((a for a in (*get_args(hint), hint) if a is not type(None)), hint)
        inner = get_args(inner)[0] if get_origin(inner) is list else inner
        if field in shape and isinstance(shape[field], dict | list):
            assert_same_fields(shape[field][0] if isinstance(shape[field], list) else shape[field], inner)
        elif field in shape and isinstance(shape[field], frozenset):
            assert shape[field] == {member.value for member in inner}


@pytest.mark.parametrize("it", EVERY, ids=NAMES)
def test_a_known_operation_is_spelled_with_its_subcommand(it: Change) -> None:
    text = spell(it)["cli"]
    for call in calls_for(it, live()):
        operation, _ = operation_of(call)
        assert (operation is None) == (":stop" in call.path or ":start" in call.path)
        if operation is not None and it is not LEAKY:
            assert f"databricks serving-endpoints {operation.cli} " in text


def test_a_command_that_would_wait_for_a_deployment_is_told_not_to() -> None:
    for it in EVERY:
        for words in commands(spell(it)["cli"]):
            lasting = words[1] == "serving-endpoints" and words[2].startswith(
                ("create", "update-config", "update-prov")
            )
            assert ("--no-wait" in words) == lasting, words


def test_a_field_the_typed_clients_would_drop_goes_through_the_plain_api() -> None:
    it = change("config.update", {"served_entities": [entity(brand_new=1)]})
    texts = spell(it)
    assert "databricks api put /api/2.0/serving-endpoints/churn/config --json" in texts["cli"]
    assert 'w.api_client.do(\n    "PUT",' in texts["python"]
    assert "brand_new" in texts["terraform"].splitlines()[0]


@pytest.mark.parametrize("it", EVERY, ids=NAMES)
def test_python_parses_and_holds_the_nasty_text_as_one_literal(it: Change) -> None:
    tree = ast.parse(spell(it)["python"])
    literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    if NASTY in json.dumps(it.body, ensure_ascii=False) or it is CUSTOM:
        assert NASTY in literals


@pytest.mark.parametrize("it", EVERY, ids=NAMES)
def test_terraform_parses(it: Change) -> None:
    assert hcl2.loads(spell(it)["terraform"])


def test_terraform_describes_the_endpoint_and_its_grants() -> None:
    text = spell(CUSTOM)["terraform"]
    assert '"it\'s \\"q\\" $HOME `id` $(id) $${var.x} %%{if} \\\\ \\t\\r\\n' in text
    assert "\\u202e\\u2028\\u0000\\u001b" in text
    blocks = hcl2.loads(text)["resource"]
    assert [next(iter(b)).strip('"') for b in blocks] == ["databricks_model_serving", "databricks_permissions"]
    assert "  serving_endpoint_id = databricks_model_serving.churn.serving_endpoint_id\n" in text


def test_terraform_imports_what_exists_and_removes_what_is_deleted() -> None:
    texts = {it.kind.value: spell(it)["terraform"] for it in EDITS}
    assert 'import {\n  to = databricks_model_serving.churn\n  id = "churn"\n}' in texts["tags.update"]
    assert texts["endpoint.delete"].splitlines()[1:3] == ["removed {", "  from = databricks_model_serving.churn"]
    assert "import {" not in spell(CUSTOM)["terraform"]
    assert 'resource "databricks_model_serving_provisioned_throughput" "llama"' in spell(UNITS)["terraform"]


@pytest.mark.parametrize("it", [CUSTOM, UNITS, *EDITS[:-1]], ids=lambda it: str(it.kind))
def test_a_bundle_has_only_the_documented_fields(it: Change) -> None:
    data = yaml.safe_load(spell(it)["bundle"])
    Draft202012Validator(BUNDLE).validate(data)
    endpoint = next(iter(data["resources"]["model_serving_endpoints"].values()))
    assert endpoint["name"] == it.endpoint


def test_a_bundle_takes_telemetry_without_its_tables_name() -> None:
    table = {"name": "main.ml.t", "sampling_fraction": 0.5}
    telemetry = {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "inference_table_config": table}
    text = spell(EDITS[3], live(telemetry_config={**telemetry, "telemetry_profile_id": "p"}))["bundle"]
    Draft202012Validator(BUNDLE).validate(yaml.safe_load(text))
    assert "no field for it: telemetry_config.inference_table_config.name" in text
    assert "sampling_fraction: 0.5" in text


def test_a_bundle_keeps_every_value_and_the_known_grants() -> None:
    endpoint = yaml.safe_load(spell(CUSTOM)["bundle"])["resources"]["model_serving_endpoints"]["churn"]
    assert endpoint["description"] == NASTY
    assert endpoint["permissions"] == [{"level": "CAN_QUERY", "group_name": "ml-team"}]
    granted = {"user_name": "a@b.c", "all_permissions": [{"permission_level": "CAN_VIEW", "inherited": False}]}
    admins = {"group_name": "admins", "all_permissions": [{"permission_level": "CAN_MANAGE", "inherited": True}]}
    texts = spell(EDITS[3], live(access_control_list=[granted, admins]))
    known = yaml.safe_load(texts["bundle"])["resources"]["model_serving_endpoints"]["churn"]
    assert known["permissions"] == [{"level": "CAN_VIEW", "user_name": "a@b.c"}]


def test_no_secret_is_in_any_text() -> None:
    for language, text in spell(LEAKY).items():
        for what, secret in SECRETS.items():
            assert str(secret) not in text, f"{what} in {language}"
    assert "<OPENAI_API_KEY>" in spell(LEAKY)["curl"].splitlines()[0]
    assert "_plaintext" not in spell(LEAKY)["terraform"] + spell(LEAKY)["bundle"]
    assert "{{secrets/s/k}}" in spell(LEAKY)["bundle"]


def test_a_plain_environment_variable_of_the_live_endpoint_is_not_shown() -> None:
    state = live()
    state["config"]["served_entities"][0]["environment_vars"] = {"A": "tip-top-secret"}
    for it in EDITS:
        assert all("tip-top-secret" not in text for text in spell(it, state).values())


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_text_survives_shell_python_and_yaml(value: str, key: str) -> None:
    it = change("tags.update", {"add": {key: value}})
    texts = spell(it, live(tags=[]))
    if "<SECRET>" in texts["cli"] or "<CREDENTIALS>" in texts["cli"]:
        return
    (words,) = commands(texts["cli"])
    wanted = [{"key": key, "value": value}]
    assert json.loads(words[words.index("--json") + 1])["add_tags"] == wanted
    heredoc = texts["curl"].split("<<'JSON'\n")[1].split("\nJSON\n")[0]
    assert json.loads(heredoc)["add_tags"] == wanted
    assert value in {n.value for n in ast.walk(ast.parse(texts["python"])) if isinstance(n, ast.Constant)}
    assert hcl2.loads(texts["terraform"])
    tag = yaml.safe_load(texts["bundle"])["resources"]["model_serving_endpoints"]["churn"]["tags"][0]
    assert tag == {"key": key, "value": value}


def test_a_body_of_a_senseless_shape_is_spelled_without_failing() -> None:
    for body in ({"config": "x"}, {"config": {"served_entities": "x"}}, {"tags": {"a": 1}, "config": {}}, {"x": [1]}):
        it = change("endpoint.create", body)
        calls = [c.model_copy(update={"body": {"name": "churn", **body}}) for c in calls_for(CUSTOM, None)]
        texts = as_code(it, calls, host=HOST)
        assert hcl2.loads(texts["terraform"])
        ast.parse(texts["python"])
