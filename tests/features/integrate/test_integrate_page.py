"""The Integrate page: one key in every text, apps that can be attached to, and the reason where they cannot."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.architecture.test_deploy_files import APP_RESOURCE, APP_YAML
from tests.features.changes.support import change, fault, make
from tests.features.create.support import beside
from tests.features.integrate.test_attach import APP, attach, resources
from web.emulator.server import Emulator


def at(name: str) -> str:
    return f"/endpoints/{name}/integrate"


def text(answer: httpx.Response, key: str) -> str:
    """The code in the tab `key`."""
    found = re.search(rf'role="tabpanel" id="[\w-]*-{key}".*?<code[^>]*>(.*?)</code>', answer.text, re.DOTALL)
    assert found, answer.text[:500]
    return html.unescape(found[1])


def test_one_key_is_shared_by_every_text(bob: httpx.Client) -> None:
    shown = bob.get(at("churn"), params={"key": "scores", "app": APP})
    bundle: Any = yaml.safe_load(text(shown, "bundle"))
    app = bundle["resources"]["apps"]["retention_dashboard"]
    assert app["resources"] == [
        {"name": "scores", "serving_endpoint": {"name": "${var.scores_name}", "permission": "CAN_QUERY"}}
    ]
    assert [e.message for e in Draft202012Validator(APP_RESOURCE).iter_errors(app)] == []
    assert bundle["variables"]["scores_name"]["default"] == "churn"
    env: Any = yaml.safe_load(text(shown, "app-yaml"))
    assert env == {"env": [{"name": "SCORES_NAME", "valueFrom": "scores"}]}
    assert [e.message for e in Draft202012Validator(APP_YAML).iter_errors(env)] == []
    assert app["config"]["env"] == [{"name": "SCORES_NAME", "value_from": "scores"}]
    assert 'os.environ["SCORES_NAME"]' in text(shown, "python")


def test_a_new_app_starts_from_the_template_with_this_endpoint(bob: httpx.Client) -> None:
    lines = text(bob.get(at("churn")), "init")
    assert "databricks apps manifest --profile <PROFILE>" in lines
    assert "--features serving" in lines
    assert "--set serving.serving-endpoint.name=churn --run none --profile <PROFILE>" in lines


def test_the_cli_text_keeps_the_other_resources(bob: httpx.Client, tmp_path: Path) -> None:
    script = text(bob.get(at("company-gpt"), params={"app": APP}), "cli")
    kept = {"name": "warehouse", "sql_warehouse": {"id": "1", "permission": "CAN_USE"}}
    (tmp_path / "app.json").write_text(json.dumps({"name": APP, "resources": [kept]}))
    program = script.partition("<<'PY'\n")[2].partition("\nPY\n")[0]
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, timeout=30)
    sent = json.loads((tmp_path / "update.json").read_text())
    assert sent["update_mask"] == "resources"
    assert [one["name"] for one in sent["app"]["resources"]] == ["warehouse", "serving-endpoint"]


@pytest.mark.parametrize("task", ["python", "javascript"])
def test_the_code_in_the_app_parses(bob: httpx.Client, task: str) -> None:
    code = text(bob.get(at("company-gpt")), task)
    assert "DATABRICKS_SERVING_ENDPOINT_NAME" in code
    if task == "python":
        compile(code, "app.py", "exec")


def test_the_endpoint_itself_is_shown_as_code(bob: httpx.Client) -> None:
    shown = bob.get(at("churn"))
    spec: Any = yaml.safe_load(text(shown, "bundle".replace("bundle", "code-bundle")))
    assert spec["resources"]["model_serving_endpoints"]["churn"]["name"] == "churn"
    assert "import {" in text(shown, "terraform")
    assert "databricks bundle deployment bind churn churn" in text(shown, "take-over")


def test_an_endpoint_of_databricks_can_be_wired_but_not_described(bob: httpx.Client) -> None:
    shown = bob.get(at("databricks-gpt-oss-120b"))
    assert "there is nothing of it to keep in a repository" in shown.text
    assert "Review attaching" in shown.text


def test_attaching_goes_through_review_and_shows_there(bob: httpx.Client, emulator: Emulator) -> None:
    sent = bob.post(at("company-gpt"), data={"key": "gpt", "app": APP, "permission": "CAN_QUERY"})
    review = bob.get(sent.headers["location"])
    assert "Attach to an app" in review.text or "attach to an app" in review.text
    draft = sent.headers["location"].rpartition("/")[2]
    back = bob.get(f"{at('company-gpt')}?draft={draft}")
    assert 'value="gpt"' in back.text
    applied = bob.post("/changes", data={"draft": draft, "seen": ""})
    assert applied.headers["location"] == at("company-gpt")
    shown = bob.get(at("company-gpt")).text
    assert f"Detach from {APP}" in shown
    assert "gpt" in resources(emulator)


def test_an_attach_is_undone_from_its_operation(bob: httpx.Client, emulator: Emulator) -> None:
    before = resources(emulator)
    op_id = make(bob, attach()).json()["operation"]["id"]
    assert "Undo" in bob.get(f"/audit/{op_id}").text
    sent = bob.post(at("company-gpt") + "/undo", data={"operation": op_id})
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    assert resources(emulator) == before


def test_a_detach_is_undone_with_what_was_there(bob: httpx.Client, emulator: Emulator) -> None:
    before = resources(emulator)
    op_id = make(bob, change("app.detach", "churn", app=APP, resource_key="churn-model")).json()["operation"]["id"]
    sent = bob.post(at("churn") + "/undo", data={"operation": op_id})
    bob.post("/changes", data={"draft": sent.headers["location"].rpartition("/")[2], "seen": ""})
    again = resources(emulator)["churn-model"]
    assert again["serving_endpoint"] == before["churn-model"]["serving_endpoint"]


@pytest.mark.parametrize(("fields", "field", "said"), [
    ({"key": "x", "app": APP}, "key", "2 to 30 letters"),
    ({"key": "a" * 31, "app": APP}, "key", "2 to 30 letters"),
    ({"key": "gpt", "app": ""}, "app", "Choose an app"),
])  # fmt: skip
def test_a_bad_field_is_told_beside_it(bob: httpx.Client, fields: dict[str, str], field: str, said: str) -> None:
    answer = bob.post(at("churn"), data=fields)
    assert answer.status_code == 422
    assert said in beside(answer, field)


def test_a_sign_in_without_the_scope_gets_the_reason_and_the_texts(bob: httpx.Client, emulator: Emulator) -> None:
    body = {"error_code": "PERMISSION_DENIED", "message": "Provided token does not have required scopes: apps"}
    fault(emulator, "GET", "/api/2.0/apps", "status", status=403, body=body)
    shown = bob.get(at("churn"))
    assert shown.status_code == 200
    assert "Attaching from here is not possible with this sign-in" in shown.text
    assert re.search(r'value="attach" disabled', shown.text)
    assert "databricks apps create-update" in shown.text


def test_a_list_of_apps_that_fails_takes_away_one_way_only(bob: httpx.Client, emulator: Emulator) -> None:
    fault(emulator, "GET", "/api/2.0/apps", "status", status=500, times=3)
    shown = bob.get(at("churn"))
    assert shown.status_code == 200
    assert "The apps could not be listed" in shown.text


def test_who_may_not_see_the_endpoint_sees_no_page(charlie: httpx.Client) -> None:
    assert charlie.get(at("churn")).status_code == 404
    assert charlie.get(at("wine-quality")).status_code == 200
