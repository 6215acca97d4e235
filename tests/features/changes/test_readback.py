"""After a change the workspace is asked what it has: what differs from what was asked is kept and told."""

import copy
import uuid
from typing import Any

import httpx
import pytest

from tests.features.changes.support import change, fault, make, operation, ready
from web.changes.fields import writable_config
from web.emulator.server import Emulator

PATH = "config.served_entities[churn-1].environment_vars"


@pytest.fixture
def live(bob: httpx.Client) -> dict[str, Any]:
    return ready(bob, f"t-{uuid.uuid4().hex[:10]}")


def edit(live: dict[str, Any], **fields: Any) -> dict[str, Any]:
    body = copy.deepcopy(writable_config(live["config"]))
    body["served_entities"][0] |= fields
    return change("config.update", live["name"], **body)


def forget(emulator: Emulator, field: str) -> None:
    httpx.patch(f"{emulator.url}/_emulator/switches", json={"config_drops": field}).raise_for_status()


def test_a_field_the_workspace_forgets_is_kept_and_shown(
    bob: httpx.Client, emulator: Emulator, live: dict[str, Any]
) -> None:
    forget(emulator, "environment_vars")
    made = make(bob, edit(live, environment_vars={"MODE": "s3cr3t-value"})).json()["operation"]
    assert [(row["path"], row["after"]) for row in made["readback"]] == [(PATH, None)]
    page = bob.get(f"/audit/{made['id']}").text
    assert "The workspace has something else than was asked" in page
    for text in (page, bob.get(f"/api/v1/changes/{made['id']}").text):
        assert "s3cr3t-value" not in text


def test_what_was_asked_and_is_there_says_nothing(bob: httpx.Client, live: dict[str, Any]) -> None:
    wanted = edit(live, environment_vars={"MODE": "fast"}, workload_type="CPU", scale_to_zero_enabled=True)
    made = make(bob, wanted)
    assert made.status_code == 201, made.text
    assert made.json()["operation"]["readback"] == []


def test_a_settled_outcome_is_read_back_as_well(bob: httpx.Client, emulator: Emulator, live: dict[str, Any]) -> None:
    forget(emulator, "environment_vars")
    fault(emulator, "PUT", f"/api/2.0/serving-endpoints/{live['name']}/config", "drop_reply")
    made = make(bob, edit(live, environment_vars={"MODE": "fast"}, workload_size="Medium")).json()["operation"]
    assert made["outcome"] == "unknown"
    assert bob.get(f"/audit/{made['id']}").status_code == 200
    settled = operation(bob, made["id"])
    assert (settled["outcome"], [row["path"] for row in settled["readback"]]) == ("success", [PATH])


def test_a_changed_key_shows_in_no_diff(bob: httpx.Client, live: dict[str, Any]) -> None:
    made = make(bob, edit(live, environment_vars={"KEY": "hunter2hunter2"})).json()["operation"]
    answer = bob.get(f"/api/v1/changes/{made['id']}")
    again = bob.post("/api/v1/changes/plan", json={"change": edit(live, environment_vars={"KEY": "hunter3hunter3"})})
    for text in (answer.text, again.text, bob.get(f"/audit/{made['id']}").text):
        assert "hunter" not in text


def test_a_past_change_is_shown_in_five_languages(bob: httpx.Client, live: dict[str, Any]) -> None:
    made = make(bob, change("tags.update", live["name"], add={"team": "ml"})).json()["operation"]
    page = bob.get(f"/audit/{made['id']}").text
    for label in ("CLI", "Python", "curl", "Terraform", "Bundle YAML"):
        assert label in page
    assert f"databricks serving-endpoints patch {live['name']}" in page


def test_a_creator_who_left_is_told_before_the_update_fails(bob: httpx.Client, emulator: Emulator) -> None:
    live = bob.get("/api/v1/endpoints/churn").json()
    wanted = change("traffic.update", "churn", routes={"churn-3": 89, "churn-4": 11})
    assert "run-as-gone" not in str(bob.post("/api/v1/changes/plan", json={"change": wanted}).json()["warnings"])
    emulator.world.endpoints["churn"].creator = "left@example.com"
    assert live["creator"] != "left@example.com"
    plan = bob.post("/api/v1/changes/plan", json={"change": wanted}).json()
    assert [w["code"] for w in plan["warnings"] if w.get("code", "").startswith("run-as")] == ["run-as-gone"]
