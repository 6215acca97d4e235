"""Secrets, apps, SQL and the legacy registry."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import PermissionDenied, ResourceDoesNotExist
from databricks.sdk.service.apps import App, AppResource, AppResourceServingEndpoint
from databricks.sdk.service.apps import AppResourceServingEndpointServingEndpointPermission as AppLevel
from databricks.sdk.service.sql import StatementParameterListItem, StatementState

from tests.emulator.control_support import Caller
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]
SHARED, NIGHTLY = "8f3a2b1c9d4e5f60", "1a2b3c4d5e6f7081"
BY_ENDPOINT = """
SELECT e.endpoint_name, date_trunc('DAY', u.request_time) AS day, COUNT(*) AS requests,
       SUM(u.input_token_count + u.output_token_count) AS tokens,
       COUNT_IF(u.status_code >= 400) AS errors
FROM system.serving.endpoint_usage u
JOIN system.serving.served_entities e ON u.served_entity_id = e.served_entity_id
WHERE e.endpoint_name = :name AND u.request_time >= current_timestamp() - INTERVAL 7 DAYS
GROUP BY e.endpoint_name, day ORDER BY day
"""


def test_secret_scopes_are_listed_by_who_may_read(sdk: SDK) -> None:
    assert {scope.name for scope in sdk("alice").secrets.list_scopes()} == {"ml", "prod"}
    assert {scope.name for scope in sdk("bob").secrets.list_scopes()} == {"ml"}
    assert list(sdk("charlie").secrets.list_scopes()) == []
    assert {"openai", "anthropic", "tok"} <= {secret.key for secret in sdk("bob").secrets.list_secrets("ml")}
    with pytest.raises(PermissionDenied):
        list(sdk("bob").secrets.list_secrets("prod"))
    with pytest.raises(ResourceDoesNotExist):
        list(sdk("bob").secrets.list_secrets("ghost"))


def test_secrets_are_put_and_deleted_by_who_may_write(sdk: SDK) -> None:
    with pytest.raises(PermissionDenied):
        sdk("bob").secrets.put_secret("ml", "mine", string_value="x")
    sdk("bob").secrets.create_scope("bobs")
    sdk("bob").secrets.put_secret("bobs", "key", string_value="x")
    assert [secret.key for secret in sdk("bob").secrets.list_secrets("bobs")] == ["key"]
    sdk("bob").secrets.delete_secret("bobs", "key")
    sdk("bob").secrets.delete_scope("bobs")
    assert "bobs" not in {scope.name for scope in sdk("alice").secrets.list_scopes()}


def test_apps_are_listed_by_who_may_use_them(sdk: SDK) -> None:
    assert {app.name for app in islice(sdk("bob").apps.list(page_size=1), 10)} == {
        "retention-dashboard",
        "support-desk",
    }
    assert {app.name for app in sdk("charlie").apps.list()} == {"support-desk"}
    with pytest.raises(ResourceDoesNotExist):
        sdk("charlie").apps.get("finance-cockpit")


def _uses(name: str, endpoint: str) -> AppResource:
    return AppResource(name, serving_endpoint=AppResourceServingEndpoint(endpoint, AppLevel.CAN_QUERY))


def test_an_update_replaces_the_masked_fields_as_a_whole(workspace: Emulator, sdk: SDK) -> None:
    apps = sdk("bob").apps
    app = App("retention-dashboard", resources=[_uses("agent", "support-agent")], description="ignored")
    apps.create_update("retention-dashboard", "resources", app=app)
    changed = apps.get("retention-dashboard")
    assert [resource.name for resource in changed.resources or []] == ["agent"]
    assert changed.description == "Which customers may leave"
    status = apps.get_update("retention-dashboard").status
    assert status
    assert status.state
    assert status.state.value == "IN_PROGRESS"
    workspace.world.clock.advance(60)
    status = apps.get_update("retention-dashboard").status
    assert status
    assert status.state
    assert status.state.value == "SUCCEEDED"


def test_a_patch_empties_what_it_leaves_out(bob: Caller, charlie: Caller) -> None:
    path = "/api/2.0/apps/retention-dashboard"
    shown = bob("PATCH", path, {"description": "New"}).json()
    assert (shown["description"], shown["resources"]) == ("New", [])
    assert charlie("PATCH", "/api/2.0/apps/support-desk", {}).status_code == 403


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ({"name": "a", "serving_endpoint": {"name": "ghost", "permission": "CAN_QUERY"}}, 404),
        ({"name": "a", "serving_endpoint": {"name": "churn", "permission": "CAN_FLY"}}, 400),
        ({"name": "a"}, 400),
        ({"serving_endpoint": {"name": "churn", "permission": "CAN_QUERY"}}, 400),
    ],
)
def test_resources_an_app_cannot_have(bob: Caller, resource: dict[str, Any], status: int) -> None:
    body = {"update_mask": "resources", "app": {"resources": [resource]}}
    assert bob("POST", "/api/2.0/apps/support-desk/update", body).status_code == status


def test_app_permissions(bob: Caller) -> None:
    path = "/api/2.0/permissions/apps/retention-dashboard"
    grant = {"access_control_list": [{"user_name": "charlie@example.com", "permission_level": "CAN_USE"}]}
    assert bob("PATCH", path, grant).json()["object_type"] == "apps"
    assert "charlie@example.com" in bob("GET", path).text
    assert bob("PUT", path, {"access_control_list": []}).json()["access_control_list"][0]["group_name"] == "admins"


def _run(sdk: WorkspaceClient, statement: str, **parameters: str) -> Any:
    given = [StatementParameterListItem(name, value=value) for name, value in parameters.items()]
    return sdk.statement_execution.execute_statement(statement, SHARED, parameters=given)


def test_usage_is_asked_in_sql(sdk: SDK) -> None:
    answer = _run(sdk("alice"), BY_ENDPOINT, name="company-gpt")
    assert answer.status.state is StatementState.SUCCEEDED, answer.status
    columns = [column.name for column in answer.manifest.schema.columns]
    assert columns == ["endpoint_name", "day", "requests", "tokens", "errors"]
    rows = answer.result.data_array
    assert 7 <= len(rows) <= 8
    assert all(isinstance(cell, str) for row in rows for cell in row)
    assert sum(int(row[2]) for row in rows) > 50


def test_a_failed_statement_is_http_200(sdk: SDK) -> None:
    for statement, code in (
        ("SELECT * FROM nowhere", "TABLE_OR_VIEW_NOT_FOUND"),
        ("DROP TABLE x", "PARSE_SYNTAX_ERROR"),
    ):
        answer = _run(sdk("alice"), statement)
        assert answer.status.state is StatementState.FAILED
        assert code in answer.status.error.message
    answer = _run(sdk("bob"), "SELECT 1 FROM system.serving.endpoint_usage")
    assert "INSUFFICIENT_PERMISSIONS" in answer.status.error.message


def test_a_stopped_warehouse_starts_first(workspace: Emulator, sdk: SDK) -> None:
    states = {found.id: found.state.value for found in sdk("bob").warehouses.list() if found.state}
    assert states == {SHARED: "RUNNING", NIGHTLY: "STOPPED"}
    api = sdk("bob").statement_execution
    answer = api.execute_statement("SELECT 1 AS one, NULL AS absent", NIGHTLY)
    assert answer.status
    assert answer.status.state is StatementState.PENDING
    workspace.world.clock.advance(200)
    done = api.get_statement(answer.statement_id or "")
    assert done.result
    assert done.result.data_array == [["1", None]]


def test_the_legacy_registry_has_a_model(sdk: SDK) -> None:
    registry = sdk("bob").model_registry
    assert [model.name for model in registry.list_models()] == ["wine_quality_classic"]
    found = list(registry.search_model_versions(filter="name='wine_quality_classic'"))
    assert [version.version for version in found] == ["1", "2"]
    assert list(registry.search_model_versions(filter="name='ghost'")) == []
