"""PORTAL_APP_EXECUTES: the app changes permissions for whoever manages the endpoint, does nothing else for anybody, and
both of them are on record."""

import html
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.features.changes.support import change, fault, make, plan, writes
from tests.features.permissions.test_permissions import ACL, apply, form, grants, new, review
from tests.servers import Portal, app_environment

if TYPE_CHECKING:
    from web.emulator.server import Emulator

MINE = [{"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}]
APP = {"service_principal_name": "portal-app", "permission_level": "CAN_MANAGE"}
CHARLIE = {"user_name": "charlie@example.com", "permission_level": "CAN_QUERY"}
PEOPLE = ("bob", "charlie")
OWN = {"PORTAL_APP_EXECUTES": "true", "PORTAL_DATABASE_SCHEMA": "executing"}
"""A history of its own, also where portals share a Postgres."""


@pytest.fixture
def narrow(emulator: "Emulator") -> Iterator[None]:
    """People's tokens do not reach permissions; the app manages churn."""
    emulator.world.switches.user_token_scopes = "model-serving catalog.catalogs:read"
    emulator.world.endpoints["churn"].grants["service_principal_name"] = {"portal-app": "CAN_MANAGE"}
    yield
    emulator.world.switches.user_token_scopes = ""


@pytest.fixture(scope="module")
def executing(
    workspace_server: "Emulator",
    portal_server: Portal,
    database_settings: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("executing")
    portal = Portal(workspace_server.url, folder, {**database_settings, **OWN}).start()
    yield portal
    portal.stop()


@pytest.fixture
def at(narrow: None, executing: Portal) -> Iterator[dict[str, httpx.Client]]:
    """Both people at that portal, as the proxy hands them on."""
    clients = {person: httpx.Client(base_url=executing.url, headers=_headers(person), timeout=30) for person in PEOPLE}
    yield clients
    for each in clients.values():
        each.close()


def _headers(person: str) -> dict[str, str]:
    token = {"X-Forwarded-Access-Token": f"dapi-{person}", "X-Forwarded-Email": f"{person}@example.com"}
    return {**token, "Sec-Fetch-Site": "same-origin"}


def by_app(emulator: "Emulator") -> list[tuple[str, str]]:
    """(method, path) of what the app's own principal asked for."""
    log = httpx.get(f"{emulator.url}/_emulator/requests").json()["requests"]
    return [(one["method"], one["path"]) for one in log if one["user"] == "portal-app"]


def wanted(*entries: dict[str, str]) -> dict[str, Any]:
    return change("permissions.update", "churn", access_control_list=[*MINE, *entries])


def test_a_manager_grants_through_the_app_and_both_are_on_record(
    emulator: "Emulator", executing: Portal, at: dict[str, httpx.Client]
) -> None:
    bob = at["bob"]
    page = html.unescape(bob.get("/endpoints/churn/permissions").text)
    assert "The portal’s own principal does this for you" in page
    httpx.delete(f"{emulator.url}/_emulator/requests")
    location = review(bob, form(bob) | new("user", "charlie@example.com"))
    assert "carries this out for you" in html.unescape(bob.get(location).text)
    assert writes(emulator, ACL) == []
    assert apply(bob, location).status_code == 303
    assert grants(emulator)["user_name"] == {"bob@example.com": "CAN_MANAGE", "charlie@example.com": "CAN_QUERY"}

    (sent,) = writes(emulator, ACL)
    assert (sent["method"], sent["user"]) == ("PUT", "portal-app")
    own = f"{ACL}{emulator.world.endpoints['churn'].id}"
    assert {path for _, path in by_app(emulator)} == {own}
    done = bob.get("/api/v1/audit?endpoint=churn").json()["operations"][0]
    assert (done["actor"], done["executed_by"], done["outcome"]) == ("bob@example.com", "portal-app", "success")
    assert "portal-app, for bob@example.com" in html.unescape(bob.get(f"/audit/{done['id']}").text)
    assert _verified(emulator, executing)


def _verified(emulator: "Emulator", portal: Portal) -> bool:
    settings = app_environment(emulator.url, 0, portal.data_dir) | OWN
    settings["PORTAL_DATABASE_URL"] = portal.database_url
    command = [sys.executable, "-m", "web", "audit", "verify"]
    return subprocess.run(command, env=settings, check=False, cwd=Path(os.getcwd())).returncode == 0


def test_who_does_not_manage_the_endpoint_gets_nothing_of_it(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    emulator.world.endpoints["churn"].grants["user_name"]["charlie@example.com"] = "CAN_QUERY"
    charlie = at["charlie"]
    assert "portal-app" not in charlie.get("/endpoints/churn/permissions").text
    answer = make(charlie, wanted({"user_name": "charlie@example.com", "permission_level": "CAN_MANAGE"}))
    assert answer.status_code == 403
    assert writes(emulator, ACL) == []
    assert last(charlie) == ("charlie@example.com", "portal-app", "refused")
    assert [call for call in by_app(emulator) if "/permissions/" in call[1]] == []


def test_a_right_lost_right_before_the_send_stops_it(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    bob, endpoint = at["bob"], emulator.world.endpoints["churn"]
    location = review(bob, form(bob) | new("user", "charlie@example.com"))
    endpoint.grants["user_name"]["bob@example.com"] = endpoint.grants["group_name"]["ml-team"] = "CAN_QUERY"
    assert apply(bob, location).status_code == 403
    assert writes(emulator, ACL) == []
    assert last(bob) == ("bob@example.com", "portal-app", "refused")


def last(who: httpx.Client) -> tuple[str, str, str]:
    """Who asked, who was to carry it out, and what came of it: the newest operation on record."""
    done = who.get("/api/v1/audit").json()["operations"][0]
    return done["actor"], done["executed_by"], done["outcome"]


def test_a_proof_that_takes_too_long_or_fails_is_none_and_that_is_recorded(
    emulator: "Emulator", at: dict[str, httpx.Client]
) -> None:
    bob = at["bob"]
    # Apply asks for the endpoint and proves the read of its grants, twice; the fifth time is the proof of the send.
    for reads in (3, 4):
        fault(emulator, "GET", "/api/2.0/serving-endpoints/churn", "status", status=403, after=reads)
        answer = make(bob, wanted(CHARLIE, APP))
        assert answer.status_code == 403, answer.text
        assert writes(emulator, ACL) == []
        assert last(bob) == ("bob@example.com", "portal-app", "refused")


@pytest.mark.parametrize("entries", [[CHARLIE], [CHARLIE, APP | {"permission_level": "CAN_QUERY"}]])
def test_the_app_takes_no_rights_from_itself(
    emulator: "Emulator", at: dict[str, httpx.Client], entries: list[dict[str, str]]
) -> None:
    asked = wanted(*entries)
    assert "takes no rights from itself" in str(plan(at["bob"], asked)["blockers"])
    assert make(at["bob"], asked).status_code == 422
    assert writes(emulator, ACL) == []


def test_the_app_takes_nobodys_last_right_to_manage(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    emulator.world.endpoints["churn"].grants.pop("group_name", None)
    asked = change("permissions.update", "churn", access_control_list=[CHARLIE, APP])
    assert "you would not manage" in str(plan(at["bob"], asked)["blockers"])
    assert make(at["bob"], asked).status_code == 422
    assert writes(emulator, ACL) == []


def test_what_the_sign_in_reaches_is_done_with_it(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    emulator.world.switches.user_token_scopes = ""
    answer = make(at["bob"], wanted(CHARLIE, APP))
    assert answer.json()["operation"]["executed_by"] == ""
    (sent,) = writes(emulator, ACL)
    assert sent["user"] == "bob@example.com"


def test_other_changes_are_never_made_by_the_app(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    emulator.world.switches.user_token_scopes = "permissions"
    assert make(at["bob"], change("tags.update", "churn", add={"a": "b"})).status_code in (403, 404)
    assert writes(emulator) == []


DASHBOARD = "retention-dashboard"
USING = {"app": DASHBOARD, "resource_key": "serving-endpoint"}
ATTACH = change("app.attach", "churn", **USING, permission="CAN_QUERY")


def test_who_manages_endpoint_and_app_attaches_through_the_app(
    emulator: "Emulator", at: dict[str, httpx.Client]
) -> None:
    bob = at["bob"]
    emulator.world.apps.by_name[DASHBOARD].grants = {"group_name": {"ml-team": "CAN_MANAGE"}}
    page = html.unescape(bob.get("/endpoints/churn/integrate").text)
    assert "Name an app that you manage" in page
    assert 'value="attach">' in page
    before = len(emulator.world.apps.by_name[DASHBOARD].json["resources"])
    httpx.delete(f"{emulator.url}/_emulator/requests")
    location = bob.post(
        "/endpoints/churn/integrate", data={"do": "attach", "key": "serving-endpoint", "app": DASHBOARD}
    )
    assert "the Apps API" in html.unescape(bob.get(location.headers["location"]).text)
    assert apply(bob, location.headers["location"]).status_code == 303
    (sent,) = writes(emulator, "/api/2.0/apps/")
    assert (sent["path"], sent["user"]) == (f"/api/2.0/apps/{DASHBOARD}/update", "portal-app")
    assert len(emulator.world.apps.by_name[DASHBOARD].json["resources"]) == before + 1
    assert last(bob) == ("bob@example.com", "portal-app", "success")
    own = {f"/api/2.0/apps/{DASHBOARD}", f"/api/2.0/permissions/apps/{DASHBOARD}", sent["path"]}
    assert {path for _, path in by_app(emulator)} == own


@pytest.mark.parametrize("level", ["CAN_USE", ""])
def test_managing_the_endpoint_is_not_enough_to_change_an_app(
    emulator: "Emulator", at: dict[str, httpx.Client], level: str
) -> None:
    emulator.world.apps.by_name[DASHBOARD].grants = {"user_name": {"bob@example.com": level}} if level else {}
    answer = make(at["bob"], ATTACH)
    assert answer.status_code == 403, answer.text
    assert "as far as the portal can tell" in answer.json()["error"]["message"]
    assert writes(emulator, "/api/2.0/apps/") == []
    assert last(at["bob"]) == ("bob@example.com", "portal-app", "refused")


def test_managing_the_app_is_not_enough_to_give_it_an_endpoint(
    emulator: "Emulator", at: dict[str, httpx.Client]
) -> None:
    emulator.world.endpoints["churn"].grants["user_name"]["charlie@example.com"] = "CAN_QUERY"
    emulator.world.apps.by_name[DASHBOARD].grants = {"user_name": {"charlie@example.com": "CAN_MANAGE"}}
    assert make(at["charlie"], ATTACH).status_code == 403
    assert writes(emulator, "/api/2.0/apps/") == []
    assert f"/api/2.0/apps/{DASHBOARD}" not in [path for _, path in by_app(emulator)]


def test_the_portals_own_app_is_left_alone(emulator: "Emulator", at: dict[str, httpx.Client]) -> None:
    app = emulator.world.apps.by_name[DASHBOARD]
    app.grants, app.json["service_principal_client_id"] = {"group_name": {"ml-team": "CAN_MANAGE"}}, "portal-app"
    assert "changes no resources of the portal itself" in str(plan(at["bob"], ATTACH)["blockers"])
    assert make(at["bob"], ATTACH).status_code == 422
    assert writes(emulator, "/api/2.0/apps/") == []
