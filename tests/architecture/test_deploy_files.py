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


def load(name: str) -> Any:
    return yaml.safe_load(text(Path(name)))


def bundled_app() -> dict[str, Any]:
    app: dict[str, Any] = load("databricks.yml")["resources"]["apps"]["serving_portal"]
    return app


def test_app_yaml_holds_only_what_the_platform_reads() -> None:
    assert [error.message for error in Draft202012Validator(APP_YAML).iter_errors(load("app.yaml"))] == []


def test_the_bundle_describes_one_app_with_known_fields() -> None:
    assert [error.message for error in Draft202012Validator(APP_RESOURCE).iter_errors(bundled_app())] == []


def test_each_target_gives_the_app_a_name_the_platform_takes() -> None:
    for target in load("databricks.yml")["targets"]:
        name = bundled_app()["name"].replace("${bundle.target}", target)
        assert re.fullmatch(r"[a-z][a-z0-9-]{1,29}", name)


def test_both_files_start_the_portal_in_the_same_way() -> None:
    assert load("app.yaml")["command"] == bundled_app()["config"]["command"] == ["python", "-m", "web", "serve"]


def test_every_portal_variable_they_set_is_a_setting() -> None:
    env = [*load("app.yaml").get("env", []), *bundled_app()["config"]["env"]]
    named = {item["name"] for item in env if item["name"].startswith("PORTAL_")}
    assert named <= {f"PORTAL_{name.upper()}" for name in Settings.model_fields}


def test_the_built_assets_are_deployed_though_git_ignores_them() -> None:
    assert "static/vendor/**" in load("databricks.yml")["sync"]["include"]
    assert "static/vendor/" in text(Path(".gitignore"))


def test_every_variable_and_reference_in_the_bundle_is_declared() -> None:
    whole = text(Path("databricks.yml"))
    assert set(re.findall(r"\$\{var\.(\w+)\}", whole)) == set(load("databricks.yml")["variables"])
