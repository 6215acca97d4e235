"""Two editors and a foreign client: independent edits merge, the same field is a conflict, nothing is lost silently."""

import copy
import uuid
from typing import Any

import httpx
import pytest

from tests.features.changes.support import make, plan, ready, until_ready, writes
from web.changes.fields import writable_config
from web.emulator.server import Emulator


@pytest.fixture
def live(bob: httpx.Client) -> dict[str, Any]:
    return ready(bob, f"t-{uuid.uuid4().hex[:10]}", tags=[{"key": "team", "value": "ml"}])


def edit(live: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A config change that sets fields of the first entity."""
    body = copy.deepcopy(writable_config(live["config"]))
    body["served_entities"][0] |= fields
    return {"kind": "config.update", "endpoint": live["name"], "body": body}


def put(emulator: Emulator, live: dict[str, Any], **fields: Any) -> None:
    """A foreign client edits the same endpoint."""
    answer = httpx.put(
        f"{emulator.url}/api/2.0/serving-endpoints/{live['name']}/config",
        json=edit(live, **fields)["body"],
        headers={"Authorization": "Bearer dapi-alice"},
        timeout=10,
    )
    answer.raise_for_status()


def test_an_unmoved_base_applies(bob: httpx.Client, live: dict[str, Any]) -> None:
    wanted = edit(live, workload_size="Medium")
    base = plan(bob, wanted)["base"]
    assert make(bob, wanted, base).status_code == 201


def test_edits_of_different_fields_are_merged(bob: httpx.Client, emulator: Emulator, live: dict[str, Any]) -> None:
    mine = edit(live, workload_size="Medium")
    base = plan(bob, mine)["base"]
    put(emulator, live, scale_to_zero_enabled=True)
    until_ready(bob, live["name"])
    assert make(bob, mine, base).status_code == 201
    entity = until_ready(bob, live["name"])["config"]["served_entities"][0]
    assert (entity["workload_size"], entity["scale_to_zero_enabled"]) == ("Medium", True)


def test_the_same_field_changed_twice_is_a_conflict_with_all_three_sides(
    bob: httpx.Client, emulator: Emulator, live: dict[str, Any]
) -> None:
    mine = edit(live, workload_size="Medium")
    base = plan(bob, mine)["base"]
    put(emulator, live, workload_size="Large")
    until_ready(bob, live["name"])
    before = len(writes(emulator))
    answer = make(bob, mine, base)
    assert answer.status_code == 409
    told = answer.json()
    sizes = [told[side]["config"]["served_entities"][0]["workload_size"] for side in ("base", "live", "mine")]
    assert sizes == ["Small", "Large", "Medium"]
    assert [c["path"] for c in told["conflicts"]] == ["config.served_entities[churn-1].workload_size"]
    assert len(writes(emulator)) == before, "nothing is sent"


def test_a_tag_changed_elsewhere_does_not_stand_in_the_way(
    bob: httpx.Client, emulator: Emulator, live: dict[str, Any]
) -> None:
    mine = edit(live, workload_size="Medium")
    base = plan(bob, mine)["base"]
    httpx.patch(
        f"{emulator.url}/api/2.0/serving-endpoints/{live['name']}/tags",
        json={"add_tags": [{"key": "x", "value": "y"}]},
        headers={"Authorization": "Bearer dapi-alice"},
        timeout=10,
    ).raise_for_status()
    assert make(bob, mine, base).status_code == 201


def test_an_endpoint_that_is_gone_is_told_as_such(bob: httpx.Client, emulator: Emulator, live: dict[str, Any]) -> None:
    mine = edit(live, workload_size="Medium")
    base = plan(bob, mine)["base"]
    url = f"{emulator.url}/api/2.0/serving-endpoints/{live['name']}"
    httpx.delete(url, headers={"Authorization": "Bearer dapi-alice"}, timeout=10).raise_for_status()
    assert make(bob, mine, base).status_code == 404
