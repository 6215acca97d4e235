"""Programs with OAuth tokens at the front door: the workspace is asked who they are."""

import pytest
import requests

from tests.demo.echo_app import EchoApp
from web.emulator.front_door import FrontDoor
from web.emulator.server import Emulator


@pytest.fixture
def app_token(emulator: Emulator) -> str:
    """An access token of the app's own service principal."""
    grant = {"grant_type": "client_credentials", "scope": "all-apis"}
    reply = requests.post(f"{emulator.url}/oidc/v1/token", data=grant, auth=("portal-app", "portal-secret"), timeout=10)
    return str(reply.json()["access_token"])


def test_an_app_is_known_by_its_id_and_its_token_never_stands_for_a_person(
    echo: EchoApp, emulator: Emulator, app_token: str
) -> None:
    door = FrontDoor(echo.url, emulator.url).start()
    try:
        reply = requests.get(
            f"{door.url}/api/v1/endpoints", headers={"Authorization": f"Bearer {app_token}"}, timeout=10
        )
    finally:
        door.stop()
    headers = dict(reply.json()["headers"])
    assert headers["x-forwarded-email"] == "portal-app"
    assert "x-forwarded-access-token" not in headers
    assert app_token not in reply.text


def test_a_token_the_workspace_does_not_know_is_refused(echo: EchoApp, emulator: Emulator) -> None:
    door = FrontDoor(echo.url, emulator.url).start()
    try:
        reply = requests.get(f"{door.url}/api/x", headers={"Authorization": "Bearer made-up"}, timeout=10)
    finally:
        door.stop()
    assert reply.status_code == 401


def test_the_same_app_at_the_portal_is_nobody(door: FrontDoor, app_token: str) -> None:
    reply = requests.get(f"{door.url}/api/v1/endpoints", headers={"Authorization": f"Bearer {app_token}"}, timeout=10)
    assert reply.status_code == 401
    assert reply.json()["error"]["hint"]
