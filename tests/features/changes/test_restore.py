"""Going back: any version, also of an endpoint that is gone; and what others changed is noticed."""

import re
import uuid
from typing import Any

import httpx

from tests.features.changes.support import change, make, ready, until_ready
from web.changes.diff import canonical
from web.changes.fields import editable, writable_config
from web.emulator.server import Emulator

REFS = re.compile(r"/restore\?version=([sd][0-9a-f]+)")
DRAFT = re.compile(r'name="draft" value="([0-9a-f]+)"')
SEEN = re.compile(r'name="seen" value="([0-9a-f]*)"')
BASE = re.compile(r'name="base_hash" value="([0-9a-f]+)"')


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(canonical({**editable(one), "id": ""}) == canonical({**editable(other), "id": ""}))


def restore(who: httpx.Client, name: str, ref: str) -> httpx.Response:
    """Through the pages: restore, review, apply."""
    ask = who.get(f"/endpoints/{name}/restore", params={"version": ref})
    assert ask.status_code == 200, ask.text
    found = BASE.search(ask.text)
    form = {"version": ref, "base_hash": found.group(1) if found else ""}
    review = who.post(f"/endpoints/{name}/restore", data=form, follow_redirects=True)
    assert review.status_code == 200, review.text
    draft, seen = DRAFT.search(review.text), SEEN.search(review.text)
    assert draft, review.text
    assert seen, review.text
    return who.post("/changes", data={"draft": draft.group(1), "seen": seen.group(1)})


def test_a_deleted_endpoint_comes_back_with_traffic_tags_gateway_notifications_and_grants(bob: httpx.Client) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name, tags=[{"key": "team", "value": "ml"}])
    body = writable_config(live["config"])
    body["served_entities"].append({**body["served_entities"][0], "name": "churn-2", "entity_version": "2"})
    shares = {"churn-1": 60, "churn-2": 40}
    body["traffic_config"] = {"routes": [{"served_entity_name": e, "traffic_percentage": p} for e, p in shares.items()]}
    assert make(bob, change("config.update", name, **body)).status_code == 201
    until_ready(bob, name)
    grants = {"access_control_list": [{"group_name": "users", "permission_level": "CAN_QUERY"}]}
    grants["access_control_list"].append({"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"})
    for wanted in (
        change("tags.update", name, add={"stage": "prod"}),
        change("gateway.update", name, usage_tracking_config={"enabled": True}),
        change("notifications.update", name, email_notifications={"on_update_failure": ["bob@example.com"]}),
        change("permissions.update", name, **grants),
    ):
        answer = make(bob, wanted)
        assert answer.status_code == 201, answer.text
    was = bob.get(f"/api/v1/endpoints/{name}").json()
    assert make(bob, change("endpoint.delete", name)).status_code == 201
    assert bob.get(f"/endpoints/{name}").status_code == 404
    history = bob.get(f"/endpoints/{name}/history")
    assert "does not exist any more" in history.text
    ref = next(r for r in REFS.findall(history.text) if r.startswith("d"))
    assert restore(bob, name, ref).status_code == 303
    now = until_ready(bob, name)
    assert same(was, now)
    assert now["id"] != was["id"]
    audit = bob.get("/api/v1/audit", params={"endpoint": name, "kind": "endpoint.create"}).json()["operations"]
    assert [o["outcome"] for o in audit] == ["success", "success"]


def test_the_grants_are_bound_to_the_new_id(bob: httpx.Client, emulator: Emulator) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    live = ready(bob, name)
    wanted = [{"group_name": "users", "permission_level": "CAN_QUERY"}]
    wanted.append({"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"})
    assert make(bob, change("permissions.update", name, access_control_list=wanted)).status_code == 201
    assert make(bob, change("endpoint.delete", name)).status_code == 201
    ref = next(r for r in REFS.findall(bob.get(f"/endpoints/{name}/history").text) if r.startswith("d"))
    assert restore(bob, name, ref).status_code == 303
    again = bob.get(f"/api/v1/endpoints/{name}").json()
    assert again["id"] != live["id"]
    answer = httpx.get(
        f"{emulator.url}/api/2.0/permissions/serving-endpoints/{again['id']}",
        headers={"Authorization": "Bearer dapi-bob"},
        timeout=10,
    ).json()
    assert {"group_name": "users"}.items() <= next(
        e for e in answer["access_control_list"] if e.get("group_name") == "users"
    ).items()


def test_an_earlier_config_of_a_live_endpoint_comes_back(bob: httpx.Client) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    was = ready(bob, name, tags=[{"key": "team", "value": "ml"}])
    body = writable_config(was["config"])
    body["served_entities"][0]["workload_size"] = "Large"
    assert make(bob, {"kind": "config.update", "endpoint": name, "body": body}).status_code == 201
    until_ready(bob, name)
    assert make(bob, change("tags.update", name, add={"x": "y"}, delete=["team"])).status_code == 201
    refs = [r for r in REFS.findall(bob.get(f"/endpoints/{name}/history").text) if r.startswith("s")]
    assert restore(bob, name, refs[-1]).status_code == 303
    assert same(was, until_ready(bob, name))


def test_a_change_made_elsewhere_is_noticed_and_can_be_reverted(bob: httpx.Client, emulator: Emulator) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    ready(bob, name)
    assert "Not made here" not in bob.get(f"/endpoints/{name}/history").text
    httpx.patch(
        f"{emulator.url}/api/2.0/serving-endpoints/{name}/tags",
        json={"add_tags": [{"key": "sneaky", "value": "1"}]},
        headers={"Authorization": "Bearer dapi-alice"},
        timeout=10,
    ).raise_for_status()
    page = bob.get(f"/endpoints/{name}/history").text
    assert "Not made here" in page
    assert "sneaky" in page
    assert "Changed outside this portal since your last change here" in bob.get(f"/endpoints/{name}").text
    assert ">Revert</a>" in page
    assert restore(bob, name, REFS.findall(page)[0]).status_code == 303
    assert "outside this portal since" not in bob.get(f"/endpoints/{name}").text
    assert not bob.get(f"/api/v1/endpoints/{name}").json().get("tags")


def test_whoever_cannot_see_an_endpoint_learns_nothing_of_its_past(bob: httpx.Client, charlie: httpx.Client) -> None:
    name = f"t-{uuid.uuid4().hex[:10]}"
    ready(bob, name)
    for path in ("history", "history?before=1", "history/compare?a=live", "restore?version=s1"):
        assert charlie.get(f"/endpoints/{name}/{path}").status_code == 404
    assert make(bob, change("endpoint.delete", name)).status_code == 201
    assert charlie.get(f"/endpoints/{name}/history").status_code == 404
    assert charlie.get("/api/v1/audit", params={"endpoint": name}).json()["operations"] == []
