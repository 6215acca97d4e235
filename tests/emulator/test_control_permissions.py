"""What somebody may see and change, and how grants are changed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import PermissionDenied
from databricks.sdk.service.serving import (
    ServingEndpointAccessControlRequest as Grant,
)
from databricks.sdk.service.serving import (
    ServingEndpointPermissionLevel as Level,
)

from tests.emulator.control_support import ENDPOINTS, Caller, entity
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]


def _path(workspace: Emulator, name: str) -> str:
    return f"/api/2.0/permissions/serving-endpoints/{workspace.world.endpoints[name].id}"


def _levels(caller: Caller, path: str) -> dict[str, str]:
    entries = caller("GET", path).json()["access_control_list"]
    who = ("user_name", "group_name", "service_principal_name")
    return {next(e[k] for k in who if k in e): e["all_permissions"][0]["permission_level"] for e in entries}


def test_the_listing_holds_only_what_the_caller_may_see(sdk: SDK) -> None:
    seen = {
        who: {endpoint.name for endpoint in sdk(who).serving_endpoints.list()} for who in ("alice", "bob", "charlie")
    }
    assert seen["bob"] < seen["alice"]
    assert seen["alice"] - seen["bob"] == {"credit-risk", "board-assistant"}
    shared = {name for name in seen["charlie"] if name and not name.startswith("databricks-")}
    assert shared == {"wine-quality"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("DELETE", "", None),
        ("PUT", "/config", {"served_entities": [entity()]}),
        ("PATCH", "/tags", {"add_tags": [{"key": "a", "value": "b"}]}),
        ("PUT", "/ai-gateway", {}),
        ("PATCH", "/notifications", {}),
        ("PATCH", "/telemetry-config", {}),
        ("POST", "/config:stop", None),
        ("GET", "/served-models/churn-3/build-logs", None),
        ("GET", "/served-models/churn-3/logs", None),
        ("GET", "/metrics", None),
        ("GET", "/openapi", None),
    ],
)
def test_charlie_gets_nowhere_near_bobs_endpoint(
    workspace: Emulator, charlie: Caller, method: str, path: str, body: object
) -> None:
    answer = charlie(method, f"{ENDPOINTS}/churn{path}", body)
    assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    assert answer.json()["message"] == "User does not have permission 'View' on Endpoint churn"
    workspace.world.switches.hidden_endpoint_status = 404
    assert charlie(method, f"{ENDPOINTS}/churn{path}", body).status_code == 404
    assert "churn" in workspace.world.endpoints


def test_who_may_query_may_not_manage(workspace: Emulator, charlie: Caller) -> None:
    assert charlie("GET", f"{ENDPOINTS}/wine-quality").json()["permission_level"] == "CAN_QUERY"
    answer = charlie("DELETE", f"{ENDPOINTS}/wine-quality")
    assert answer.json()["message"] == "User does not have permission 'Manage' on Endpoint wine-quality"


def test_admins_come_inherited(workspace: Emulator, bob: Caller) -> None:
    answer = bob("GET", _path(workspace, "churn")).json()
    assert answer["object_type"] == "serving-endpoint"
    admins = next(entry for entry in answer["access_control_list"] if entry.get("group_name") == "admins")
    inherited = {"permission_level": "CAN_MANAGE", "inherited": True, "inherited_from_object": ["/serving-endpoints/"]}
    assert admins["all_permissions"] == [inherited]


def test_patch_merges_and_put_replaces(workspace: Emulator, sdk: SDK, bob: Caller, charlie: Caller) -> None:
    endpoint_id = workspace.world.endpoints["churn"].id or ""
    api, path = sdk("bob").serving_endpoints, _path(workspace, "churn")
    api.update_permissions(
        endpoint_id, access_control_list=[Grant(user_name="charlie@example.com", permission_level=Level.CAN_QUERY)]
    )
    assert _levels(bob, path)["ml-team"] == "CAN_MANAGE"
    assert charlie("GET", f"{ENDPOINTS}/churn").json()["permission_level"] == "CAN_QUERY"
    api.set_permissions(
        endpoint_id, access_control_list=[Grant(service_principal_name="portal-app", permission_level=Level.CAN_VIEW)]
    )
    assert charlie("GET", f"{ENDPOINTS}/churn").status_code == 403
    with pytest.raises(PermissionDenied):
        api.get("churn")


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({"user_name": "ghost@example.com", "permission_level": "CAN_VIEW"}, 404),
        ({"group_name": "bob@example.com", "permission_level": "CAN_VIEW"}, 404),
        ({"service_principal_name": "bob@example.com", "permission_level": "CAN_VIEW"}, 404),
        ({"user_name": "bob@example.com", "permission_level": "CAN_DREAM"}, 400),
        ({"user_name": "bob@example.com", "group_name": "users", "permission_level": "CAN_VIEW"}, 400),
        ({"permission_level": "CAN_VIEW"}, 400),
    ],
)
def test_bad_grants_are_refused_and_change_nothing(
    workspace: Emulator, bob: Caller, entry: dict[str, str], status: int
) -> None:
    path = _path(workspace, "churn")
    before = _levels(bob, path)
    assert bob("PUT", path, {"access_control_list": [entry]}).status_code == status
    assert _levels(bob, path) == before


def test_there_are_three_levels(workspace: Emulator, sdk: SDK) -> None:
    found = sdk("bob").serving_endpoints.get_permission_levels(workspace.world.endpoints["churn"].id or "")
    levels = [level.permission_level.value for level in found.permission_levels or [] if level.permission_level]
    assert levels == ["CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"]


def test_an_unknown_id_is_not_found(bob: Caller) -> None:
    assert bob("GET", "/api/2.0/permissions/serving-endpoints/" + "0" * 32).status_code == 404
