"""Who a caller is: personal tokens, client credentials, SCIM."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config
from databricks.sdk.errors import PermissionDenied

from tests.emulator.control_support import ENDPOINTS, Caller
from web.emulator.server import Emulator

SDK = Callable[[str], WorkspaceClient]
USERS = "/api/2.0/preview/scim/v2/Users"


def test_the_sdk_learns_the_workspace_from_the_host_metadata(workspace: Emulator) -> None:
    config = Config(host=workspace.url, token="dapi-bob", auth_type="pat", retry_timeout_seconds=2)
    assert config.workspace_id == "6051921418418893"
    assert config.account_id


def test_the_apps_service_principal_signs_in_with_client_credentials(workspace: Emulator) -> None:
    config = Config(
        host=workspace.url, client_id="portal-app", client_secret="portal-secret", auth_type="oauth-m2m",
        retry_timeout_seconds=2,
    )  # fmt: skip
    client = WorkspaceClient(config=config)
    assert client.current_user.me().user_name == "portal-app"
    assert "credit-risk" in {endpoint.name for endpoint in client.serving_endpoints.list()}
    assert workspace.world.requests.entries[-1].auth == "oauth"
    client.api_client._api_client._session.close()


def test_wrong_client_credentials_are_refused(nobody: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "portal-app", "client_secret": "wrong"}
    answer = nobody.http.post("/oidc/v1/token", data=form)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_an_issued_token_ends_after_an_hour(workspace: Emulator, nobody: Caller) -> None:
    form = {"grant_type": "client_credentials", "client_id": "portal-app", "client_secret": "portal-secret"}
    headers = {"Authorization": f"Bearer {nobody.http.post('/oidc/v1/token', data=form).json()['access_token']}"}
    assert nobody.http.get(ENDPOINTS, headers=headers).status_code == 200
    workspace.world.clock.advance(3601)
    assert nobody.http.get(ENDPOINTS, headers=headers).status_code == 401


def test_an_unknown_personal_token_is_forbidden_and_none_is_unauthenticated(nobody: Caller) -> None:
    unknown = nobody.http.get(ENDPOINTS, headers={"Authorization": "Bearer dapi-unknown"})
    assert (unknown.status_code, unknown.json()["message"]) == (403, "Invalid access token")
    without = nobody("GET", ENDPOINTS)
    assert (without.status_code, without.json()["error_code"]) == (401, "UNAUTHENTICATED")


def test_me_names_the_groups_that_make_an_admin(sdk: SDK) -> None:
    alice, bob = sdk("alice").current_user.me(), sdk("bob").current_user.me()
    assert "admins" in {group.display for group in alice.groups or []}
    assert {group.display for group in bob.groups or []} == {"users", "ml-team"}
    assert [email.value for email in bob.emails or []] == ["bob@example.com"]


def test_listings_of_people_end(sdk: SDK) -> None:
    names = [user.user_name for user in islice(sdk("bob").users.list(count=2), 100)]
    assert len(names) == len(set(names)) == 7
    groups = {group.display_name for group in islice(sdk("bob").groups.list(), 100)}
    assert groups >= {"users", "admins", "ml-team", "data-platform"}
    principals = {found.application_id for found in islice(sdk("bob").service_principals.list(), 100)}
    assert "portal-app" in principals


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "bob@example.com"', ["bob@example.com"]),
        ('userName co "BOB" or displayName sw "Charlie"', ["bob@example.com", "charlie@example.com"]),
        ('userName co "example" and displayName co "Erin"', ["erin@example.com"]),
        ('groups.value eq "nothing"', []),
    ],
)
def test_people_are_found_by_filter(bob: Caller, text: str, found: list[str]) -> None:
    answer = bob("GET", USERS, filter=text, attributes="id,userName").json()
    assert [user["userName"] for user in answer["Resources"]] == found
    assert all("groups" not in user for user in answer["Resources"])


def test_a_filter_that_is_none_is_refused(bob: Caller) -> None:
    assert bob("GET", USERS, filter="userName is bob").status_code == 400


def test_ordinary_people_may_be_kept_from_listing_others(workspace: Emulator, sdk: SDK) -> None:
    workspace.world.switches.scim_for_everyone = False
    with pytest.raises(PermissionDenied):
        next(iter(sdk("bob").users.list()))
    assert next(iter(sdk("alice").users.list()))


def test_somebody_who_has_left_cannot_call(workspace: Emulator, nobody: Caller) -> None:
    assert nobody.http.get(ENDPOINTS, headers={"Authorization": "Bearer dapi-dana"}).status_code == 403
