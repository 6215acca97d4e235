"""An endpoint becomes a resource of an app: the others stay, one call, recorded, undone, and never a full replace."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.features.changes.support import change, fault, make, operation, plan, writes
from web.emulator.server import Emulator

APP = "retention-dashboard"


def attach(name: str = "company-gpt", key: str = "serving-endpoint", **more: str) -> dict[str, Any]:
    return change("app.attach", name, **{"app": APP, "resource_key": key, "permission": "CAN_QUERY", **more})


def resources(emulator: Emulator, app: str = APP) -> dict[str, Any]:
    found = httpx.get(
        f"{emulator.url}/api/2.0/apps/{app}", headers={"Authorization": "Bearer dapi-alice"}, timeout=10
    ).json()
    return {one["name"]: one for one in found["resources"]}


def test_the_resource_is_added_and_the_others_stay(bob: httpx.Client, emulator: Emulator) -> None:
    before = resources(emulator)
    made = plan(bob, attach())
    assert made["calls"][0]["path"] == f"/api/2.0/apps/{APP}/update"
    assert made["calls"][0]["body"]["update_mask"] == "resources"
    assert [row["path"] for row in made["diff"]] == ["resources[serving-endpoint]"]
    assert made["blast_radius"] == "instant"
    assert f"databricks apps create-update {APP} --json" in made["as_code"]["cli"]
    done = make(bob, attach(), made["base"])
    assert done.status_code == 201, done.text
    served = {"name": "company-gpt", "permission": "CAN_QUERY"}
    mine = {"name": "serving-endpoint", "serving_endpoint": served}
    assert resources(emulator) == {**before, "serving-endpoint": mine}
    assert [w["path"] for w in writes(emulator, "/apps/")] == [f"/api/2.0/apps/{APP}/update"]
    kept = operation(bob, done.json()["operation"]["id"])
    assert (kept["kind"], kept["endpoint"], kept["outcome"]) == ("app.attach", "company-gpt", "success")
    assert set(before) < {one["name"] for one in kept["after"]["resources"]}


def test_a_second_attach_changes_nothing_and_another_permission_updates(bob: httpx.Client, emulator: Emulator) -> None:
    assert make(bob, attach()).status_code == 201
    again = make(bob, attach())
    assert (again.status_code, len(writes(emulator, "/apps/"))) == (409, 1)
    assert make(bob, attach(permission="CAN_VIEW")).status_code == 201
    assert resources(emulator)["serving-endpoint"]["serving_endpoint"]["permission"] == "CAN_VIEW"


def test_a_key_that_is_taken_is_refused_with_its_owner(bob: httpx.Client, emulator: Emulator) -> None:
    refused = make(bob, attach(key="warehouse"))
    assert refused.status_code == 422
    assert "uses the key 'warehouse' for a sql warehouse" in refused.json()["error"]["message"]
    assert writes(emulator, "/apps/") == []


@pytest.mark.parametrize(
    "wrong", [{"resource_key": "x"}, {"resource_key": "a" * 31}, {"resource_key": "a b"}, {"permission": "CAN_RUN"},
              {"app": "../../x"}, {"app": "No"}, {"app": "no-such-app"}]
)  # fmt: skip
def test_bad_values_send_nothing(bob: httpx.Client, emulator: Emulator, wrong: dict[str, str]) -> None:
    assert make(bob, attach(**wrong)).status_code == 422
    assert writes(emulator, "/apps/") == []


def test_detach_takes_away_only_this_one(bob: httpx.Client, emulator: Emulator) -> None:
    taken = make(bob, change("app.detach", "churn", app=APP, resource_key="churn-model"))
    assert taken.status_code == 201, taken.text
    assert set(resources(emulator)) == {"warehouse"}
    other = make(bob, change("app.detach", "churn", app=APP, resource_key="warehouse"))
    assert other.status_code == 422


def test_what_others_attached_meanwhile_stays(bob: httpx.Client, alice: httpx.Client, emulator: Emulator) -> None:
    base = plan(bob, attach())["base"]
    assert make(alice, attach("wine-quality", "wine")).status_code == 201
    assert make(bob, attach(), base).status_code == 201
    assert {"wine", "serving-endpoint", "churn-model", "warehouse"} == set(resources(emulator))


def test_the_same_key_taken_meanwhile_is_a_conflict(bob: httpx.Client, alice: httpx.Client, emulator: Emulator) -> None:
    base = plan(bob, attach())["base"]
    assert make(alice, attach("wine-quality")).status_code == 201
    clash = make(bob, attach(), base)
    assert clash.status_code == 409
    assert resources(emulator)["serving-endpoint"]["serving_endpoint"]["name"] == "wine-quality"


def test_an_app_one_does_not_manage_refuses_in_its_own_words(bob: httpx.Client, charlie: httpx.Client) -> None:
    refused = make(charlie, attach("wine-quality", app="support-desk"))
    assert refused.status_code == 403
    assert "CAN_MANAGE" in refused.json()["error"]["message"]


def test_a_lost_reply_is_settled_by_asking_the_app(bob: httpx.Client, emulator: Emulator) -> None:
    fault(emulator, "POST", f"/api/2.0/apps/{APP}/update", "drop_reply")
    lost = make(bob, attach())
    assert lost.status_code == 202
    op_id = lost.json()["operation"]["id"]
    bob.get(f"/audit/{op_id}")
    assert operation(bob, op_id)["outcome"] == "success"


def test_two_people_attaching_at_once_both_find_their_endpoint(
    bob: httpx.Client, alice: httpx.Client, emulator: Emulator
) -> None:
    wanted = ((bob, attach("company-gpt", "gpt")), (alice, attach("wine-quality", "wine")))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda pair: make(*pair), wanted))
    assert [answer.status_code for answer in answers] == [201, 201] or 409 in {a.status_code for a in answers}
    done = {"gpt": answers[0], "wine": answers[1]}
    assert {key for key, answer in done.items() if answer.status_code == 201} <= set(resources(emulator))
    assert {"churn-model", "warehouse"} <= set(resources(emulator))
