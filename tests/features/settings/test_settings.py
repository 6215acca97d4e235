"""The Settings page: tags and notifications through Review, at their fields, lossless; what is fixed says why."""

import html
import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.features.changes.support import fault, writes
from tests.features.create.support import beside, inputs

if TYPE_CHECKING:
    from web.emulator.server import Emulator

API = "/api/2.0/serving-endpoints"
PAGE = "/endpoints/churn/settings"
LOCATION = re.compile(r"/changes/review/([0-9a-f]{32})")


def form(who: httpx.Client, which: str, page: str = PAGE) -> dict[str, str]:
    """The fields of one of the two forms as a browser would send them."""
    return fields(who.get(page), which)


def fields(answer: httpx.Response, which: str) -> dict[str, str]:
    found = re.search(rf'<form class="form" id="{which}-form".*?</form>', answer.text, re.DOTALL)
    assert found, answer.text[:500]
    return inputs(httpx.Response(200, text=found[0]))


def tag(values: dict[str, str], key: str) -> str:
    """The prefix of the row with this key."""
    return next(name for name, value in values.items() if name.endswith(".key") and value == key).removesuffix("key")


def apply(who: httpx.Client, answer: httpx.Response) -> None:
    assert answer.status_code == 303, answer.text
    draft = LOCATION.fullmatch(answer.headers["location"])
    assert draft
    page = who.get(answer.headers["location"])
    seen = re.search(r'name="seen" value="([^"]*)"', page.text)
    sent = who.post("/changes", data={"draft": draft[1], "seen": seen[1] if seen else ""})
    assert sent.status_code == 303, sent.text


def live_tags(who: httpx.Client) -> dict[str, str]:
    return {t["key"]: t["value"] for t in who.get("/api/v1/endpoints/churn").json()["tags"]}


def other_tool(emulator: "Emulator", method: str, path: str, body: object) -> None:
    httpx.request(
        method, emulator.url + path, json=body, headers={"Authorization": "Bearer dapi-bob"}
    ).raise_for_status()


def test_tags_are_added_changed_and_removed_and_nothing_else_is_sent(emulator: "Emulator", bob: httpx.Client) -> None:
    emulator.world.endpoints["churn"].tags["bare"] = None
    emulator.world.endpoints["churn"].tags["odd"] = " two\nlines "
    values = form(bob, "tags")
    values[tag(values, "env") + "value"] = "test"
    gone = tag(values, "team")
    values = {name: value for name, value in values.items() if not name.startswith(gone)}
    values |= {"tags[7].key": " owner ", "tags[7].value": "bob", "do": "review"}
    apply(bob, bob.post(PAGE + "/tags", data=values))
    (call,) = writes(emulator)
    assert (call["method"], call["path"]) == ("PATCH", API + "/churn/tags")
    assert live_tags(bob) == {
        "cost-center": "4711", "env": "test", "owner": "bob", "bare": "", "odd": " two\nlines ",
    }  # fmt: skip
    assert emulator.world.endpoints["churn"].tags["bare"] is None


def test_a_tag_that_somebody_adds_meanwhile_stays(emulator: "Emulator", bob: httpx.Client) -> None:
    values = form(bob, "tags")
    other_tool(emulator, "PATCH", API + "/churn/tags", {"add_tags": [{"key": "theirs", "value": "1"}]})
    values[tag(values, "env") + "value"] = "mine"
    apply(bob, bob.post(PAGE + "/tags", data={**values, "do": "review"}))
    assert {"theirs": "1", "env": "mine", "team": "growth"}.items() <= live_tags(bob).items()


def test_the_same_tag_changed_on_both_sides_is_a_conflict(emulator: "Emulator", bob: httpx.Client) -> None:
    values = form(bob, "tags")
    other_tool(emulator, "PATCH", API + "/churn/tags", {"add_tags": [{"key": "env", "value": "theirs"}]})
    values[tag(values, "env") + "value"] = "mine"
    page = bob.get(bob.post(PAGE + "/tags", data={**values, "do": "review"}).headers["location"])
    assert "has changed since you began" in page.text
    assert live_tags(bob)["env"] == "theirs"


@pytest.mark.parametrize(
    ("key", "value", "field", "message"),
    [
        ("", "x", "tags[9].key", "needs a key"),
        ("k" * 128, "x", "tags[9].key", "at most 127"),
        ("env", "x", "tags[9].key", "Keys are unique"),
        ("k", "v" * 256, "tags[9].value", "at most 255"),
    ],
)
def test_a_limit_of_tags_is_told_at_its_field(
    emulator: "Emulator", bob: httpx.Client, key: str, value: str, field: str, message: str
) -> None:
    values = form(bob, "tags") | {"tags[9].key": key, "tags[9].value": value}
    answer = bob.post(PAGE + "/tags", data=values)
    assert answer.status_code == 422
    assert message in beside(answer, field.replace("[9]", "[3]"))
    assert fields(answer, "tags")["tags[3].value"] == value
    assert writes(emulator) == []


def test_twenty_one_tags_and_no_change_at_all_are_told(bob: httpx.Client) -> None:
    values = form(bob, "tags")
    assert "Nothing differs" in bob.post(PAGE + "/tags", data=values).text
    many = values | {f"tags[{n}].key": f"k{n}" for n in range(3, 21)}
    answer = bob.post(PAGE + "/tags", data=many)
    assert answer.status_code == 422
    assert "at most 20 tags; these are 21" in answer.text


def test_rows_come_and_go_without_scripts(bob: httpx.Client) -> None:
    values = form(bob, "tags")
    answer = bob.post(PAGE + "/tags", data={**values, "do": "add-tag", "tags[0].value": "typed"})
    assert answer.status_code == 200
    again = fields(answer, "tags")
    assert (again["tags[0].value"], again["tags[3].key"]) == ("typed", "")
    fewer = fields(bob.post(PAGE + "/tags", data={**again, "do": "remove-tag-0"}), "tags")
    assert "tags[3].key" not in fewer
    assert fewer["was"] == values["was"]


def test_back_from_review_the_form_is_as_it_was_left(bob: httpx.Client) -> None:
    values = form(bob, "tags")
    values[tag(values, "env") + "value"] = "staging"
    review = bob.post(PAGE + "/tags", data={**values, "do": "review"}).headers["location"]
    back = re.search(r'href="([^"]+)">Back<', bob.get(review).text)
    assert back
    again = form(bob, "tags", html.unescape(back[1]))
    assert again[tag(again, "env") + "value"] == "staging"
    assert (json.loads(again["was"]), again["base_hash"]) == (json.loads(values["was"]), values["base_hash"])


def test_notifications_are_changed_and_cleared(emulator: "Emulator", bob: httpx.Client) -> None:
    values = form(bob, "mail")
    assert values["on_failure"] == "ml-team@example.com"
    typed = {**values, "on_success": "a@example.com, b@example.com\na@example.com"}
    review = bob.post(PAGE + "/notifications", data=typed)
    back = form(bob, "mail", PAGE + "?draft=" + review.headers["location"].rpartition("/")[2])
    assert back["on_success"].split() == ["a@example.com", "b@example.com"]
    apply(bob, review)
    told = bob.get("/api/v1/endpoints/churn").json()["email_notifications"]
    assert told == {
        "on_update_failure": ["ml-team@example.com"],
        "on_update_success": ["a@example.com", "b@example.com"],
    }
    apply(bob, bob.post(PAGE + "/notifications", data={**form(bob, "mail"), "on_failure": "", "on_success": ""}))
    assert not bob.get("/api/v1/endpoints/churn").json().get("email_notifications")
    assert len(writes(emulator)) == 2


def test_a_bad_address_is_named_at_its_field(bob: httpx.Client) -> None:
    values = form(bob, "mail")
    for wrong in ("nobody", "a@b", "a b@c.de", "<i>@x"):
        answer = bob.post(PAGE + "/notifications", data={**values, "on_success": f"ok@example.com\n{wrong}"})
        assert answer.status_code == 422
        assert f"'{wrong}' is not an e-mail address" in beside(answer, "on_success")
    assert "Nothing differs" in bob.post(PAGE + "/notifications", data=values).text


def test_what_cannot_be_changed_says_why_and_the_way_out(emulator: "Emulator", bob: httpx.Client) -> None:
    page = bob.get("/endpoints/churn-legacy/settings").text
    for words in (
        "a new name is a new endpoint",
        "takes a description at creation only",
        "Route optimization is chosen at creation only",
        "fixed for good",
        "console only",
        "Legacy inference tables cannot be moved",
        "churn_legacy",
        "/endpoints/new?from=churn-legacy",
    ):
        assert words in page, words
    emulator.world.endpoints["churn"].telemetry_config = {"enabled_telemetry_features": ["TELEMETRY_FEATURE_LOGS"]}
    emulator.world.endpoints["churn"].budget_policy_id = "policy-9"
    page = bob.get(PAGE).text
    assert "policy-9" in page
    assert "on a page of its own" in page


def test_somebody_who_may_only_look_sees_the_values_and_the_reason(charlie: httpx.Client) -> None:
    page = charlie.get("/endpoints/wine-quality/settings").text
    assert "Changing its settings needs CAN_MANAGE on this endpoint" in page
    assert "training" in page
    assert 'name="tags[0].key"' not in page
    assert charlie.get(PAGE).status_code == 404


def test_an_endpoint_of_databricks_says_that_nothing_applies(bob: httpx.Client) -> None:
    answer = bob.get("/endpoints/databricks-gpt-oss-120b/settings")
    assert answer.status_code == 200
    assert "There is nothing to set here" in answer.text
    assert "it has no id" in answer.text


def test_a_workspace_in_trouble_is_told(emulator: "Emulator", bob: httpx.Client) -> None:
    bob.get(PAGE)
    fault(emulator, "GET", API + "/churn", "garbage")
    assert bob.get(PAGE).status_code == 503
