"""What Review shows as code is run for real and leaves the workspace in the same state as Apply does."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hcl2
import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.changes.bundle_schema import BUNDLE
from tests.changes.spell_bench import APP, ENDPOINTS, Bench
from tests.changes.spell_cases import NASTY, entity
from web.changes.kinds import Kind

if TYPE_CHECKING:
    from web.emulator.server import Emulator

Before = list[tuple[str, str, Any]]
OPENAI = {
    "name": "gpt",
    "external_model": {
        "provider": "openai",
        "name": "gpt-4o",
        "task": "llm/v1/chat",
        "openai_config": {"openai_api_key": "{{secrets/spelled/key}}"},
    },
}
MISTRAL = {"name": "m", "entity_name": "system.ai.mistral_7b_instruct_v0_2", "entity_version": "4"}
THROUGHPUT = {**MISTRAL, "min_provisioned_throughput": 0, "max_provisioned_throughput": 1960}
UNITS = {**MISTRAL, "provisioned_model_units": 50}
SPLIT = {"served_entities": [entity(), entity("churn-4", "4", workload_size="Large")]}
ROUTES = {"routes": [{"served_entity_name": n, "traffic_percentage": p} for n, p in (("churn-3", 60), ("churn-4", 40))]}
ALL = {"served_entity_name": "churn-3", "traffic_percentage": 100}
STOPPED: Before = [("POST", f"{ENDPOINTS}/churn/config:stop", {})]
TELEMETRY = {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"], "table_names": {"logs_table": "main.ml.logs"}}
TOLD: Before = [("PATCH", f"{ENDPOINTS}/churn/telemetry-config", {"telemetry_config": TELEMETRY})]
MADE: Before = [("POST", f"{ENDPOINTS}/pt", {"name": "spelled", "config": {"served_entities": [UNITS]}})]
GATEWAY = {
    "usage_tracking_config": {"enabled": True},
    "rate_limits": [{"calls": 5, "key": "user", "renewal_period": "minute"}],
}
Case = tuple[str, dict[str, Any], str, Before]
CASES: dict[str, Case] = {
    "create external": (
        "endpoint.create",
        {
            "description": NASTY.replace("\x00", ""),
            "config": {"served_entities": [OPENAI]},
            "tags": [{"key": "note", "value": 'it\'s $HOME `id` \\ "q"'}],
            "email_notifications": {"on_update_failure": ["ops@example.com"]},
            "permissions": [{"group_name": "users", "permission_level": "CAN_QUERY"}],
        },
        "spelled",
        [],
    ),
    "create custom": ("endpoint.create", {"config": {**SPLIT, "traffic_config": ROUTES}}, "spelled", []),
    "create with a field nobody knows": (
        "endpoint.create",
        {"config": {"served_entities": [entity(future_field={"x": [None]})]}},
        "spelled",
        [],
    ),
    "create provisioned": ("endpoint.create", {"config": {"served_entities": [THROUGHPUT]}}, "spelled", []),
    "create model units": (
        "endpoint.create",
        {"config": {"served_entities": [UNITS]}, "tags": [{"key": "team", "value": "nlp"}], "ai_gateway": GATEWAY},
        "spelled",
        [],
    ),
    "config": ("config.update", {**SPLIT, "traffic_config": ROUTES}, "churn", []),
    "config of model units": (
        "config.update",
        {"served_entities": [{**UNITS, "provisioned_model_units": 100}]},
        "spelled",
        MADE,
    ),
    "traffic": ("traffic.update", {"routes": {"churn-3": 60, "churn-4": 40}}, "churn", []),
    "tags": ("tags.update", {"add": {"k'\"$": "it's 漢 $x", "bare": ""}, "delete": ["team"]}, "churn", []),
    "gateway": ("gateway.update", GATEWAY, "churn", []),
    "gateway emptied": ("gateway.update", {}, "churn", []),
    "permissions": (
        "permissions.update",
        {
            "access_control_list": [
                {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"},
                {"user_name": "charlie@example.com", "permission_level": "CAN_VIEW"},
                {"service_principal_name": "portal-app", "permission_level": "CAN_QUERY"},
            ]
        },
        "churn",
        [],
    ),
    "notifications": (
        "notifications.update",
        {"email_notifications": {"on_update_success": ["a@example.com"], "on_update_failure": []}},
        "churn",
        [],
    ),
    "telemetry": (
        "telemetry.update",
        {"telemetry_config": TELEMETRY},
        "churn",
        [],
    ),
    "telemetry taken away": ("telemetry.update", {"telemetry_config": {}}, "churn", TOLD),
    "attach to an app": (
        "app.attach",
        {"app": APP, "resource_key": "more", "permission": "CAN_QUERY"},
        "support-agent",
        [],
    ),
    "detach from an app": ("app.detach", {"app": APP, "resource_key": "churn-model"}, "churn", []),
    "restore": (
        "endpoint.restore",
        {
            "config": {"served_entities": [entity()], "traffic_config": {"routes": [ALL]}},
            "tags": [{"key": "team", "value": "older"}],
            "ai_gateway": {},
            "email_notifications": {"on_update_success": ["a@example.com"]},
            "permissions": [{"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}],
        },
        "churn",
        [],
    ),
    "stop": ("endpoint.stop", {}, "churn", []),
    "start": ("endpoint.start", {}, "churn", STOPPED),
    "delete": ("endpoint.delete", {}, "churn", []),
}  # fmt: skip


@pytest.fixture
def bench(emulator: "Emulator", bob: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The workspace, bob at the portal, and a folder with a profile file that the SDK reads."""
    made = Bench(emulator, bob, tmp_path)
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", str(made.profile))
    yield made
    made.client.close()


@pytest.mark.parametrize("name", CASES)
def test_curl_python_and_cli_leave_what_apply_leaves(bench: Bench, name: str) -> None:
    kind, body, endpoint, before = CASES[name]
    wanted = {"kind": kind, "endpoint": endpoint, "body": body}
    bench.afresh(before)
    bench.apply(wanted)
    applied = bench.state(endpoint)
    bench.afresh(before)
    describes(bench.texts(wanted), kind)
    for language in ("curl", "python", "cli"):
        bench.afresh(before)
        text = bench.texts(wanted)[language]
        getattr(bench, language)(text)
        assert json.dumps(bench.state(endpoint), sort_keys=True) == json.dumps(applied, sort_keys=True), language


def describes(code: dict[str, str], kind: str) -> None:
    """Terraform and the bundle are read by their languages' own rules."""
    assert hcl2.loads(code["terraform"])
    bundle = yaml.safe_load(code["bundle"])
    if kind == "endpoint.delete":
        assert bundle is None
    elif kind.startswith("app."):
        [app] = bundle["resources"]["apps"].values()
        assert "warehouse" in [one["name"] for one in app["resources"]]
    else:
        Draft202012Validator(BUNDLE).validate(bundle)


def test_every_kind_of_change_is_run() -> None:
    assert {kind for kind, *_ in CASES.values()} == set(Kind)
