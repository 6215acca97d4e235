"""Looking at a change before it is made: its plan, the endpoint under it, and a base that explains a later conflict."""

from typing import Any

import httpx

from tests.conftest import SPEED
from tests.features.changes.support import custom
from web.audit import queries
from web.audit.ledger import Ledger
from web.changes.calls import calls_for
from web.changes.kinds import Change, Kind
from web.changes.preview import look
from web.emulator.server import Emulator
from web.workspace.client import Workspace


def change(kind: Kind, **body: Any) -> Change:
    return Change(kind=kind, endpoint="churn", body=body)


def test_what_a_person_has_seen_is_remembered_by_its_hash(ledger: Ledger, ws: Workspace) -> None:
    seen = look(ledger, ws, change(Kind.TAGS, add={"k": "v"}))
    base = seen.plan.base
    assert seen.live is not None
    kept = queries.snapshot(ledger.engine, "churn", "tags.update", base.hash)
    assert kept is not None
    assert kept.body == {"tags": sorted(seen.live["tags"], key=lambda tag: str(tag["key"]))}
    assert kept.config_version == base.config_version == seen.live["config"]["config_version"]
    assert "access_control_list" not in seen.live, "nothing asked for the grants"
    again = look(ledger, ws, change(Kind.TAGS, add={"k": "v"}), base)
    assert (again.plan.base, again.plan.change, again.rebased.moved) == (base, seen.plan.change, False)


def test_grants_that_were_read_lie_with_the_endpoint(ledger: Ledger, ws: Workspace) -> None:
    grants = [{"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"}]
    seen = look(ledger, ws, change(Kind.PERMISSIONS, access_control_list=grants))
    assert seen.live is not None
    assert {"user_name": "bob@example.com", "permission_level": "CAN_MANAGE"} in seen.live["access_control_list"]
    kept = queries.snapshot(ledger.engine, "churn", "permissions.update", seen.plan.base.hash)
    assert kept is not None
    assert kept.body == {"access_control_list": seen.live["access_control_list"]}


def test_a_new_endpoint_has_nothing_under_it(ledger: Ledger, ws: Workspace) -> None:
    seen = look(ledger, ws, Change.model_validate(custom("brand-new")))
    assert (seen.live, seen.plan.base.hash) == (None, "")
    assert queries.snapshots(ledger.engine, "brand-new") == []


def test_a_change_may_be_looked_at_on_top_of_the_update_in_progress(
    ledger: Ledger, ws: Workspace, emulator: Emulator
) -> None:
    wanted = change(Kind.TRAFFIC, routes={"churn-3": 50, "churn-4": 50})
    assert look(ledger, ws, wanted, ahead=True).live == look(ledger, ws, wanted).live, "nothing runs"
    serves = look(ledger, ws, wanted).live or {}
    emulator.world.clock.speed = 1.0
    try:
        update = calls_for(change(Kind.TRAFFIC, routes={"churn-3": 1, "churn-4": 99}), serves)[0]
        headers = {"Authorization": "Bearer dapi-bob"}
        httpx.put(emulator.url + update.path, json=update.body, headers=headers, timeout=20).raise_for_status()
        now, ahead = look(ledger, ws, wanted), look(ledger, ws, wanted, ahead=True)
    finally:
        emulator.world.clock.speed = SPEED
    assert now.live is not None
    assert ahead.live is not None
    assert now.live["config"]["traffic_config"] == serves["config"]["traffic_config"]
    shares = {
        r["served_entity_name"]: r["traffic_percentage"] for r in ahead.live["config"]["traffic_config"]["routes"]
    }
    assert shares == {"churn-3": 1, "churn-4": 99}
