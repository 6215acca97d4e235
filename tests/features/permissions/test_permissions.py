"""The Permissions page: granted by name, merged, reviewed, and no way to lock out oneself without having said so."""

import html
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.features.changes.support import fault, make, plan, writes
from tests.features.create.support import beside, inputs

if TYPE_CHECKING:
    from web.emulator.server import Emulator

PAGE = "/endpoints/churn/permissions"
INVOKE = "/api/v1/endpoints/churn/invocations?served_entity=churn-3"
ACL = "/api/2.0/permissions/serving-endpoints/"
BOT = "5b0c1f3e-7a44-4d0e-9c57-2f1f3c9b6a10"


def form(who: httpx.Client, page: str = PAGE) -> dict[str, str]:
    return fields(who.get(page))


def fields(answer: httpx.Response) -> dict[str, str]:
    """The form's fields; a select without values is read by its texts, as browsers do."""
    found = re.search(r'<form id="grants-form".*?</form>', answer.text, re.DOTALL)
    assert found, answer.text[:800]
    text = re.sub(r"<option( selected)?>([^<]+)</option>", r'<option value="\2"\1>\2</option>', found[0])
    return {k: v for k, v in inputs(httpx.Response(200, text=text)).items() if k != "do"}


def review(who: httpx.Client, values: dict[str, str]) -> str:
    answer = who.post(PAGE, data={**values, "do": "review"})
    assert answer.status_code == 303, re.sub(r"<[^>]+>", " ", answer.text)[-2500:]
    return answer.headers["location"]


def apply(who: httpx.Client, location: str, *accepted: str) -> httpx.Response:
    page = who.get(location).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    sent = {"draft": location.rpartition("/")[2], "seen": seen[1] if seen else "", "acknowledge": list(accepted)}
    return who.post("/changes", data=sent)


def grants(emulator: "Emulator", name: str = "churn") -> dict[str, dict[str, str]]:
    return {kind: dict(given) for kind, given in emulator.world.endpoints[name].grants.items() if given}


def without(values: dict[str, str], name: str) -> dict[str, str]:
    """The form with one row removed."""
    row = next(key for key, value in values.items() if key.endswith("].name") and value == name).removesuffix("name")
    return {key: value for key, value in values.items() if not key.startswith(row)}


def new(kind: str, name: str, level: str = "CAN_QUERY") -> dict[str, str]:
    return {"new.kind": kind, "new.name": name, "new.level": level}


def test_names_levels_and_inherited_grants_are_shown(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/support-agent/permissions").text
    for words in (
        "Erin Eklund",
        "erin@example.com",
        "· you",
        "Can view the endpoint and send requests",
        "from all serving",
    ):
        assert words in page, words


def test_a_person_is_granted_by_display_name_and_can_then_query(
    emulator: "Emulator", bob: httpx.Client, charlie: httpx.Client
) -> None:
    ask = {"dataframe_records": [{"tenure_months": 12, "monthly_charges": 40.0, "age": 40, "contract": "monthly"}]}
    assert charlie.post(INVOKE, json=ask).status_code in (403, 404)
    assert apply(bob, review(bob, form(bob) | new("user", "charlie costa"))).status_code == 303
    (call,) = writes(emulator)
    endpoint_id = emulator.world.endpoints["churn"].id
    assert (call["method"], call["path"]) == ("PUT", f"{ACL}{endpoint_id}")
    assert grants(emulator)["user_name"]["charlie@example.com"] == "CAN_QUERY"
    assert charlie.post(INVOKE, json=ask).status_code == 200


def test_a_service_principal_is_found_by_name_or_id_and_its_id_is_shown(
    emulator: "Emulator", bob: httpx.Client
) -> None:
    for typed in ("ci-deployer", BOT):
        shown = bob.post(PAGE, data={**form(bob), **new("service_principal", typed), "do": "add-grant"})
        assert shown.status_code == 200
        assert f"Service principal · {BOT}" in shown.text
    again = fields(shown)
    apply(bob, review(bob, again))
    assert grants(emulator)["service_principal_name"] == {BOT: "CAN_QUERY"}


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("user", "Nobody Atall", "no person of this name"),
        ("group", "charlie@example.com", "no group of this name"),
        ("group", "ml-team", "in the list already"),
    ],
)
def test_a_name_that_does_not_fit_is_told_at_its_field(bob: httpx.Client, kind: str, name: str, message: str) -> None:
    for do in ("add-grant", "review"):
        answer = bob.post(PAGE, data={**form(bob), **new(kind, name), "do": do})
        assert answer.status_code == 422
        assert message in beside(answer, "new.name")
        assert fields(answer)["new.name"] == name


def test_two_people_of_one_name_have_to_be_told_apart(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.people.add_user("c.costa@example.com", "Charlie Costa")
    answer = bob.post(PAGE, data={**form(bob), **new("user", "Charlie Costa"), "do": "add-grant"})
    assert "charlie@example.com" in beside(answer, "new.name")
    assert "c.costa@example.com" in beside(answer, "new.name")


def test_where_the_directory_is_closed_free_text_does(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.switches.scim_for_everyone = False
    try:
        answer = bob.post(PAGE, data={**form(bob), **new("user", "Charlie Costa"), "do": "add-grant"})
        assert "Write the e-mail address" in beside(answer, "new.name")
        apply(bob, review(bob, form(bob) | new("user", "charlie@example.com", "CAN_VIEW")))
        page = bob.get(f"{PAGE}/why?kind=user&who=erin@example.com").text
    finally:
        emulator.world.switches.scim_for_everyone = True
    assert grants(emulator)["user_name"]["charlie@example.com"] == "CAN_VIEW"
    assert "is not known: no grant names them, and their groups could not be read" in html.unescape(page)


def test_levels_change_and_grants_go(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.endpoints["churn"].grants["user_name"]["erin@example.com"] = "CAN_VIEW"
    values = without(form(bob), "erin@example.com")
    level = next(k for k, v in values.items() if v == "ml-team" and k.endswith("].name")).replace("name", "level")
    apply(bob, review(bob, values | {level: "CAN_QUERY"}))
    assert grants(emulator) == {"user_name": {"bob@example.com": "CAN_MANAGE"}, "group_name": {"ml-team": "CAN_QUERY"}}


def test_a_grant_made_meanwhile_by_somebody_else_stays(emulator: "Emulator", bob: httpx.Client) -> None:
    values = form(bob)
    emulator.world.endpoints["churn"].grants["user_name"]["erin@example.com"] = "CAN_QUERY"
    location = review(bob, values | new("user", "charlie@example.com"))
    assert "Changed since you began" in bob.get(location).text
    assert apply(bob, location).status_code == 303
    assert set(grants(emulator)["user_name"]) == {"bob@example.com", "erin@example.com", "charlie@example.com"}


def test_back_from_review_the_rows_are_as_they_were_left(bob: httpx.Client) -> None:
    location = review(bob, form(bob) | new("service_principal", "ci-deployer", "CAN_VIEW"))
    back = re.search(r'href="([^"]+)">Back<', bob.get(location).text)
    assert back
    page = bob.get(html.unescape(back[1]))
    assert "ci-deployer" in page.text
    assert BOT in fields(page).values()


def test_locking_out_oneself_has_to_be_accepted_on_review(emulator: "Emulator", bob: httpx.Client) -> None:
    values = without(without(form(bob), "bob@example.com"), "ml-team") | new("user", "charlie@example.com")
    location = review(bob, values)
    shown = bob.get(location).text
    assert "You lose CAN_MANAGE" in shown
    assert "Nobody but workspace admins" in shown
    half = apply(bob, location, "lockout-you")
    assert half.status_code == 409
    assert "Nothing was sent: accept this first" in half.text
    assert writes(emulator) == []
    assert apply(bob, location, "lockout-you", "lockout-last").status_code == 303
    assert grants(emulator) == {"user_name": {"charlie@example.com": "CAN_QUERY"}}


def test_the_portals_own_principal_is_not_dropped_in_silence(emulator: "Emulator", alice: httpx.Client) -> None:
    emulator.world.endpoints["churn"].grants["service_principal_name"] = {"portal-app": "CAN_MANAGE"}
    location = review(alice, without(form(alice), "portal-app"))
    assert "own service principal loses rights" in alice.get(location).text
    assert apply(alice, location).status_code == 409
    assert writes(emulator) == []


def test_the_json_api_sends_a_lock_out_only_with_its_code(emulator: "Emulator", bob: httpx.Client) -> None:
    entries = [{"user_name": "charlie@example.com", "permission_level": "CAN_MANAGE"}]
    wanted = {"kind": "permissions.update", "endpoint": "churn", "body": {"access_control_list": entries}}
    told = {w["code"]: w for w in plan(bob, wanted)["warnings"] if w.get("code", "").startswith("lockout")}
    assert list(told) == ["lockout-you"]
    assert told["lockout-you"]["must_acknowledge"] is True
    assert make(bob, wanted).status_code == 409
    assert writes(emulator) == []
    body = {"change": wanted, "acknowledged": ["lockout-you"]}
    made = bob.post("/api/v1/changes", json=body, headers={"Idempotency-Key": "lockout-accepted"})
    assert made.status_code == 201, made.text
    assert grants(emulator) == {"user_name": {"charlie@example.com": "CAN_MANAGE"}}


def test_a_restore_that_locks_out_asks_as_well(emulator: "Emulator", bob: httpx.Client) -> None:
    entries = [{"user_name": "charlie@example.com", "permission_level": "CAN_MANAGE"}]
    wanted = {"kind": "endpoint.restore", "endpoint": "churn", "body": {"permissions": entries}}
    assert "lockout-you" in [w.get("code") for w in plan(bob, wanted)["warnings"]]
    assert make(bob, wanted).status_code == 409
    assert writes(emulator) == []


def test_nothing_changed_is_said(bob: httpx.Client) -> None:
    assert "Nothing differs" in bob.post(PAGE, data={**form(bob), "do": "review"}).text


def test_somebody_who_may_only_query_sees_who_to_ask(emulator: "Emulator", charlie: httpx.Client) -> None:
    page = charlie.get("/endpoints/wine-quality/permissions").text
    assert "Those who have CAN_MANAGE: Alice Anders, admins" in page
    assert "grants-form" not in page
    emulator.world.switches.permissions_read_level = "CAN_MANAGE"
    try:
        page = charlie.get("/endpoints/wine-quality/permissions").text
        assert "You may not read who has access" in page
        assert "alice@example.com and workspace admins have it" in page
        assert (
            charlie.post("/endpoints/wine-quality/permissions/grant", data={"kind": "user", "who": "x@y.z"}).status_code
            == 403
        )
    finally:
        emulator.world.switches.permissions_read_level = "CAN_VIEW"
    assert charlie.get(PAGE).status_code == 404
    assert charlie.get(f"{PAGE}/why?who=bob@example.com").status_code == 404


def test_an_endpoint_of_databricks_has_none_and_says_so(bob: httpx.Client) -> None:
    page = bob.get("/endpoints/databricks-gpt-oss-120b/permissions")
    assert page.status_code == 200
    assert "Everybody in the workspace may query it" in page.text
    assert "There is no history here" in bob.get("/endpoints/databricks-gpt-oss-120b/history").text


def test_the_overview_pulls_in_who_has_access(bob: httpx.Client, charlie: httpx.Client) -> None:
    assert 'hx-get="/endpoints/churn/permissions/summary"' in bob.get("/endpoints/churn").text
    short = bob.get(f"{PAGE}/summary").text
    assert "Bob Berger" in short
    assert "Change permissions" in short
    assert "All permissions" in charlie.get("/endpoints/wine-quality/permissions/summary").text
    assert charlie.get(f"{PAGE}/summary").status_code == 404


@pytest.mark.parametrize(("order", "status"), [({"status": 429}, 429), ({"status": 500}, 500)])
def test_a_workspace_in_trouble_is_told(
    emulator: "Emulator", bob: httpx.Client, order: dict[str, Any], status: int
) -> None:
    endpoint_id = emulator.world.endpoints["churn"].id
    fault(emulator, "GET", f"{ACL}{endpoint_id}", "status", **{**order, "times": 9})
    answer = bob.get(PAGE)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text


def test_the_missing_grant_is_one_press_away(emulator: "Emulator", bob: httpx.Client) -> None:
    page = html.unescape(bob.get(f"{PAGE}/why?kind=user&who=Charlie Costa").text)
    assert "Charlie Costa cannot query churn: no grant reaches them" in page
    assert "May EXECUTE main.ml.churn" in page
    endpoint_id = emulator.world.endpoints["churn"].id
    assert f"update-permissions {endpoint_id} --json" in page
    before = grants(emulator)
    answer = bob.post(f"{PAGE}/grant", data={"kind": "user", "who": "charlie@example.com"})
    apply(bob, answer.headers["location"])
    after = grants(emulator)
    assert after["user_name"].pop("charlie@example.com") == "CAN_QUERY"
    assert after == before
    assert "Charlie Costa can query churn." in html.unescape(bob.get(f"{PAGE}/why?kind=user&who=Charlie Costa").text)


def test_somebody_who_has_left_and_a_stopped_endpoint_are_told(emulator: "Emulator", bob: httpx.Client) -> None:
    assert "deactivated" in bob.get(f"{PAGE}/why?who=dana@example.com").text
    assert "knows nobody" in bob.get(f"{PAGE}/why?who=nobody@example.com").text
    assert "is stopped" in bob.get("/endpoints/price-forecast/permissions/why?who=bob@example.com").text
