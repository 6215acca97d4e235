"""The AI Gateway page: what is in force in words, what this kind lacks, and a full replacement that loses nothing."""

import re
from typing import Any

import httpx
import pytest

from tests.features.changes.support import change, fault, make, ready, writes
from tests.features.create.support import Fields, beside, inputs, messages, textarea
from web.emulator.server import Emulator

LIMIT = "gateway.rate_limits[0]."


def at(name: str) -> str:
    return f"/endpoints/{name}/gateway"


def review(who: httpx.Client, name: str, do: str = "review", /, **fields: str) -> httpx.Response:
    """Press a button of the form that is on the page now, with some fields filled in otherwise; "" unticks."""
    there = {**inputs(who.get(at(name))), **{k.replace("__", "."): v for k, v in fields.items()}}
    return who.post(at(name), data={**there, "do": do})


def apply(who: httpx.Client, sent: httpx.Response) -> httpx.Response:
    assert sent.status_code == 303, messages(sent)
    draft = sent.headers["location"].rpartition("/")[2]
    return who.post("/changes", data={"draft": draft, "seen": ""})


def live(who: httpx.Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = who.get(f"/api/v1/endpoints/{name}").json()["ai_gateway"]
    return found


def limit(who: httpx.Client, name: str, fields: Fields) -> httpx.Response:
    there = inputs(who.get(at(name)))
    return who.post(at(name), data={**there, **{LIMIT + k: v for k, v in fields.items()}, "do": "review"})


def words(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)).replace("&#39;", "'")


def test_what_is_in_force_is_said_in_plain_words(bob: httpx.Client) -> None:
    said = words(bob.get(at("company-gpt")))
    assert "The whole endpoint takes 600 calls a minute, from everybody together." in said
    assert "Each user may make 60 calls and spend 40,000 tokens a minute." in said
    assert "Personal data in what people send is masked." in said
    assert "AI Gateway (legacy) for serving endpoints" in said


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("churn", "Guardrails are for foundation and external models."),
        ("support-agent", "Agents take inference tables only."),
        ("databricks-gpt-oss-120b", "Databricks runs this endpoint for every workspace"),
    ],
)
def test_what_a_kind_lacks_is_said_with_the_reason(bob: httpx.Client, name: str, reason: str) -> None:
    shown = bob.get(at(name))
    assert reason in words(shown)
    assert 'name="gateway.input_pii"' not in shown.text


def test_one_limit_is_added_and_everything_else_stays(bob: httpx.Client, emulator: Emulator) -> None:
    before = live(bob, "company-gpt")
    named = {"key": "user", "principal": "bob@example.com", "calls": "10"}
    there = inputs(bob.get(at("company-gpt")))
    sent = bob.post(
        at("company-gpt"),
        data={**there, **{f"gateway.rate_limits[2].{k}": v for k, v in named.items()}, "do": "review"},
    )
    applied = apply(bob, sent)
    assert applied.headers["location"] == at("company-gpt")
    after = live(bob, "company-gpt")
    assert after["rate_limits"][-1] == {
        "key": "user", "principal": "bob@example.com", "calls": 10, "renewal_period": "minute"
    }  # fmt: skip
    assert {**after, "rate_limits": after["rate_limits"][:-1]} == before
    assert [w["method"] for w in writes(emulator)] == ["PUT"]
    assert "bob@example.com may make 10 calls a minute." in words(bob.get(at("company-gpt")))


def test_a_zero_is_refused_beside_its_field_and_the_switch_blocks(bob: httpx.Client, emulator: Emulator) -> None:
    ready(bob, "g-block")
    refused = limit(bob, "g-block", {"key": "endpoint", "calls": "0"})
    assert refused.status_code == 422
    assert "To block" in beside(refused, LIMIT + "calls")
    sent = review(bob, "g-block", gateway__block_all="on")
    assert "Blocks all calls" in words(bob.get(sent.headers["location"]))
    apply(bob, sent)
    assert live(bob, "g-block")["rate_limits"] == [{"key": "endpoint", "renewal_period": "minute", "calls": 0}]
    shown = bob.get(at("g-block"))
    assert "All calls are blocked" in words(shown)
    assert inputs(shown)["gateway.block_all"] == "on"


def test_a_limit_of_one_user_names_them(bob: httpx.Client, emulator: Emulator) -> None:
    nameless = limit(bob, "churn", {"key": "user", "calls": "5"})
    assert "Name the person" in beside(nameless, LIMIT + "principal")
    apply(bob, limit(bob, "churn", {"key": "user_default", "calls": "5"}))
    assert live(bob, "churn")["rate_limits"] == [{"key": "user", "renewal_period": "minute", "calls": 5}]
    assert inputs(bob.get(at("churn")))[LIMIT + "key"] == "user_default"


@pytest.mark.parametrize(
    "odd",
    [{"guardrails": ["x"], "rate_limits": {"key": 1}}, {"guardrails": {"input": {"pii": "MASK"}}}, {"rate_limits": [1]},
     {"inference_table_config": "on"}, {"rate_limits": [{"key": "new_key", "calls": None, "principal": "<b>x</b>"}]}],
)  # fmt: skip
def test_settings_of_odd_shapes_are_shown_and_kept(bob: httpx.Client, emulator: Emulator, odd: dict[str, Any]) -> None:
    emulator.world.endpoints["company-gpt"].ai_gateway = odd
    shown = bob.get(at("company-gpt"))
    assert shown.status_code == 200
    assert "<b>x</b>" not in shown.text
    assert bob.post(at("company-gpt") + "/convert?to=json", data=inputs(shown)).status_code == 200


def test_a_full_inference_table_is_moved_step_by_step(bob: httpx.Client) -> None:
    assert "cannot be changed while it is on" in words(bob.get(at("churn")))
    moved_at_once = make(
        bob, change("gateway.update", "churn", inference_table_config={"enabled": True, "catalog_name": "main",
                                                                        "schema_name": "agents"})
    )  # fmt: skip
    assert moved_at_once.status_code == 422
    apply(bob, review(bob, "churn", "move-table"))
    off = live(bob, "churn")["inference_table_config"]
    assert off == {"enabled": False, "catalog_name": "main", "schema_name": "ml", "table_name_prefix": "churn"}
    assert "Choose the new place" in words(bob.get(at("churn")))
    apply(bob, review(bob, "churn", gateway__table="on", gateway__schema_name="agents", gateway__table_name_prefix=""))
    assert live(bob, "churn") == {
        "usage_tracking_config": {"enabled": True},
        "inference_table_config": {"enabled": True, "catalog_name": "main", "schema_name": "agents"},
    }


def test_unknown_settings_travel_through_form_and_json(bob: httpx.Client) -> None:
    there = {**inputs(bob.get(at("churn"))), "gateway.extra": '{"new_block": {"mode": "FAST"}}'}
    shown = bob.post(at("churn") + "/convert?to=json", data=there)
    assert '"new_block"' in textarea(shown)
    back = bob.post(at("churn") + "/convert?to=form", data={**inputs(shown), "tab": "json"})
    assert "new_block" in inputs(back)["gateway.extra"]


def test_broken_json_is_marked_at_its_line(bob: httpx.Client) -> None:
    typed = '{\n  "rate_limits": [}\n'
    answer = bob.post(at("churn"), data={"tab": "json", "json": typed, "do": "review"})
    assert answer.status_code == 422
    assert "line 2" in messages(answer)
    assert textarea(answer).strip() == typed.strip()


def test_a_rule_on_the_json_tab_names_the_path(bob: httpx.Client) -> None:
    typed = '{"guardrails": {"input": {"safety": true}}}'
    answer = bob.post(at("churn"), data={"tab": "json", "json": typed, "do": "review"})
    assert "Guardrails are for foundation and external models" in messages(answer)


def test_back_from_review_the_form_is_as_it_was(bob: httpx.Client) -> None:
    sent = review(bob, "churn", gateway__usage="", gateway__block_all="on")
    draft = sent.headers["location"].rpartition("/")[2]
    shown = bob.get(sent.headers["location"]).text
    assert f"{at('churn')}?draft={draft}" in shown
    form = inputs(bob.get(f"{at('churn')}?draft={draft}"))
    assert form["gateway.block_all"] == "on"


def test_an_edit_is_put_on_top_of_what_others_changed(bob: httpx.Client, alice: httpx.Client) -> None:
    ready(bob, "g-merge")
    there = inputs(bob.get(at("g-merge")))
    assert make(alice, change("gateway.update", "g-merge", usage_tracking_config={"enabled": True})).status_code == 201
    sent = bob.post(at("g-merge"), data={**there, "gateway.block_all": "on", "do": "review"})
    assert "Changed since you began" in bob.get(sent.headers["location"]).text
    draft = sent.headers["location"].rpartition("/")[2]
    seen = inputs(bob.get(sent.headers["location"]))["seen"]
    bob.post("/changes", data={"draft": draft, "seen": seen})
    assert live(bob, "g-merge") == {
        "usage_tracking_config": {"enabled": True},
        "rate_limits": [{"key": "endpoint", "renewal_period": "minute", "calls": 0}],
    }


def test_a_viewer_sees_what_is_in_force_and_no_form(charlie: httpx.Client) -> None:
    shown = charlie.get(at("wine-quality"))
    assert "Changing it needs CAN_MANAGE" in words(shown)
    assert 'id="gateway-form"' not in shown.text
    assert charlie.get(at("churn")).status_code == 404


@pytest.mark.parametrize("status", [429, 500])
def test_a_workspace_in_trouble_is_told_in_its_true_status(bob: httpx.Client, emulator: Emulator, status: int) -> None:
    fault(emulator, "GET", "/api/2.0/serving-endpoints/churn", "status", status=status, times=3)
    assert bob.get(at("churn")).status_code == status
