"""What Databricks Apps is given: only keys it honours, the same start command everywhere, settings that exist."""

import re
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from tests.architecture.source import text
from web.config import Settings

ENV_NAME = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
APP_YAML = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "command": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "env": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"name": ENV_NAME, "value": {"type": "string"}, "valueFrom": {"type": "string"}},
                "additionalProperties": False,
                "required": ["name"],
                "oneOf": [{"required": ["value"]}, {"required": ["valueFrom"]}],
            },
        },
    },
}
"""Only these two keys are honoured; there is no published schema."""

APP_RESOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "source_code_path", "config"],
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "source_code_path": {"const": "."},
        "compute_size": {"enum": ["MEDIUM", "LARGE", "XLARGE"]},
        "user_api_scopes": {"type": "array", "contains": {"const": "model-serving"}},
        "lifecycle": {"type": "object"},
        "permissions": {"type": "array", "items": {"required": ["level"]}},
        "resources": {"type": "array"},
        "config": {
            "additionalProperties": False,
            "properties": {
                "command": {"type": "array"},
                "env": {
                    "items": {
                        "properties": {"name": ENV_NAME, "value": {"type": "string"}, "value_from": {"type": "string"}},
                        "additionalProperties": False,
                    }
                },
            },
        },
    },
}
"""The fields of a bundle's `resources.apps.<key>`, as far as this project uses them; here it is `value_from`."""


RESOURCE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "minProperties": 2,
    "properties": {
        "name": {"type": "string", "pattern": "^[a-zA-Z0-9_-]{2,30}$"},
        "description": {"type": "string"},
        "uc_securable": {
            "additionalProperties": False,
            "required": ["securable_full_name", "securable_type", "permission"],
            "properties": {
                "securable_full_name": {"type": "string"},
                "securable_type": {"enum": ["VOLUME", "TABLE", "FUNCTION", "CONNECTION"]},
                "permission": {
                    "enum": ["READ_VOLUME", "WRITE_VOLUME", "SELECT", "MODIFY", "EXECUTE", "USE_CONNECTION"]
                },
            },
        },
        "postgres": {
            "additionalProperties": False,
            "required": ["branch", "database", "permission"],
            "properties": {
                "branch": {"type": "string"},
                "database": {"type": "string"},
                "permission": {"const": "CAN_CONNECT_AND_CREATE"},
            },
        },
    },
}
"""A resource attached to the app, of the two kinds used here."""


def load(name: str) -> Any:
    return yaml.safe_load(text(Path(name)))


def bundled_app() -> dict[str, Any]:
    app: dict[str, Any] = load("databricks.yml")["resources"]["apps"]["serving_portal"]
    return app


def test_app_yaml_holds_only_what_the_platform_reads() -> None:
    assert [error.message for error in Draft202012Validator(APP_YAML).iter_errors(load("app.yaml"))] == []


def test_the_bundle_describes_one_app_with_known_fields() -> None:
    assert [error.message for error in Draft202012Validator(APP_RESOURCE).iter_errors(bundled_app())] == []


def attached(target: str) -> dict[str, Any]:
    """What a target adds to the app."""
    added = load("databricks.yml")["targets"][target].get("resources", {}).get("apps", {}).get("serving_portal", {})
    return dict(added)


def test_a_target_attaches_only_what_the_platform_knows() -> None:
    for target in load("databricks.yml")["targets"]:
        for resource in attached(target).get("resources", []):
            assert [error.message for error in Draft202012Validator(RESOURCE).iter_errors(resource)] == []


def test_every_value_from_names_a_resource_of_its_target() -> None:
    for target in load("databricks.yml")["targets"]:
        keys = {resource["name"] for resource in attached(target).get("resources", [])}
        env = [*bundled_app()["config"]["env"], *attached(target).get("config", {}).get("env", [])]
        assert {item["value_from"] for item in env if "value_from" in item} <= keys
        assert len({item["name"] for item in env}) == len(env), "no variable is set twice"


def test_each_target_gives_the_app_a_name_the_platform_takes() -> None:
    for target in load("databricks.yml")["targets"]:
        name = bundled_app()["name"].replace("${bundle.target}", target)
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,29}", name)


def test_both_files_start_the_portal_in_the_same_way() -> None:
    assert load("app.yaml")["command"] == bundled_app()["config"]["command"] == ["python", "-m", "web", "serve"]


def test_every_portal_variable_they_set_is_a_setting() -> None:
    env = [*load("app.yaml").get("env", []), *bundled_app()["config"]["env"]]
    for target in load("databricks.yml")["targets"]:
        env += attached(target).get("config", {}).get("env", [])
    named = {item["name"] for item in env if item["name"].startswith("PORTAL_")}
    assert named <= {f"PORTAL_{name.upper()}" for name in Settings.model_fields}


def test_the_built_assets_are_deployed_though_git_ignores_them() -> None:
    assert "static/vendor/**" in load("databricks.yml")["sync"]["include"]
    assert "static/vendor/" in text(Path(".gitignore"))


def test_every_variable_and_reference_in_the_bundle_is_declared() -> None:
    whole = text(Path("databricks.yml"))
    assert set(re.findall(r"\$\{var\.(\w+)\}", whole)) == set(load("databricks.yml")["variables"])
