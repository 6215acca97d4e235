"""A token that carries few scopes: the pages say so, give the CLI's words, and send nothing."""

import html
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.changes.support import writes
from tests.servers import Portal

if TYPE_CHECKING:
    from web.emulator.server import Emulator

REAL = "Provided OAuth token does not have required scopes: permissions"
GRANTS = {"access_control_list": [{"user_name": "charlie@example.com", "permission_level": "CAN_QUERY"}]}


@pytest.fixture
def narrow(emulator: "Emulator") -> Iterator[None]:
    """People's tokens reach serving and the catalogs, nothing else."""
    emulator.world.switches.user_token_scopes = "model-serving catalog.catalogs:read"
    yield
    emulator.world.switches.user_token_scopes = ""


@pytest.fixture
def bob_narrow(narrow: None, start_portal: Callable[..., Portal]) -> Iterator[httpx.Client]:
    """bob, as the proxy hands him on, at a portal that has not asked about his token yet."""
    headers = {
        "X-Forwarded-Access-Token": "dapi-bob",
        "X-Forwarded-Email": "bob@example.com",
        "Sec-Fetch-Site": "same-origin",
    }
    with httpx.Client(base_url=start_portal().url, headers=headers, timeout=30, trust_env=False) as person:
        yield person


def test_what_a_narrow_sign_in_reaches_is_said_and_nothing_is_sent(
    emulator: "Emulator", bob_narrow: httpx.Client
) -> None:
    scopes = bob_narrow.get("/readyz").json()["scopes"]
    assert scopes["model-serving"] == scopes["catalog"] == "ok"
    assert scopes["permissions"] == f"missing: {REAL}"
    about = html.unescape(bob_narrow.get("/about").text)
    assert "An app cannot ask for it: use the CLI." in about
    assert "Add it to the app, stop and start the app" in about

    page = html.unescape(bob_narrow.get("/endpoints/churn/permissions").text)
    endpoint_id = emulator.world.endpoints["churn"].id
    assert REAL in page
    assert f"databricks serving-endpoints update-permissions {endpoint_id} --json" in page
    assert page.count("--profile <PROFILE>") >= 2
    assert '<button class="btn btn-primary" disabled>Review</button>' in page

    why = html.unescape(bob_narrow.get("/endpoints/churn/permissions/why?who=charlie@example.com").text)
    assert "your sign-in does not reach permissions" in why
    assert 'disabled aria-describedby="grant-reach">Grant CAN_QUERY' in why
    assert f"databricks serving-endpoints update-permissions {endpoint_id} --json" in why
    summary = bob_narrow.get("/endpoints/churn/permissions/summary").text
    assert "Your sign-in does not reach permissions" in summary
    assert "You may not read" not in summary

    apps = html.unescape(bob_narrow.get("/endpoints/churn/integrate").text)
    assert "required scopes: apps" in apps
    assert 'value="attach" disabled' in apps
    assert "databricks apps create-update" in apps
    assert "--profile" in apps

    stale = {"new.kind": "user", "new.name": "charlie@example.com", "new.level": "CAN_QUERY", "do": "review"}
    refused = bob_narrow.post("/endpoints/churn/permissions", data=stale)
    assert refused.status_code == 403
    assert "--profile <PROFILE>" in html.unescape(refused.text)
    change = {"change": {"kind": "permissions.update", "endpoint": "churn", "body": GRANTS}}
    assert bob_narrow.post("/api/v1/changes", json=change, headers={"Idempotency-Key": "narrow"}).status_code == 403
    assert writes(emulator) == []


def test_the_apps_own_principal_is_not_narrowed(emulator: "Emulator", narrow: None) -> None:
    form = {"grant_type": "client_credentials", "scope": "all-apis"}
    token = httpx.post(f"{emulator.url}/oidc/v1/token", data=form, auth=("portal-app", "portal-secret")).json()
    for bearer, status in ((token["access_token"], 200), ("dapi-bob", 403)):
        answer = httpx.get(f"{emulator.url}/api/2.0/apps", headers={"Authorization": f"Bearer {bearer}"})
        assert answer.status_code == status


def test_without_a_narrow_sign_in_everything_is_reached(bob: httpx.Client) -> None:
    page = bob.get("/about").text
    assert "Scope missing" not in page
    assert page.count(">Reached<") + page.count("Reached</span>") >= 5
    assert "bob@example.com" in page
